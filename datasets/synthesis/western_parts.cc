#include "datasets/synthesis/western_parts.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace culturemert {
namespace {

constexpr int kTuneSteps = kStepsPerBar * kBarsPerTune;

double DegreeCents(const WesternTune& tune, int degree) {
  const int octave = degree >= 0 ? degree / 7 : -((6 - degree) / 7);
  return tune.scale[static_cast<std::size_t>(degree - 7 * octave)] +
         1200.0 * octave;
}

int ChordRoot(const WesternTune& tune, int bar) {
  return tune
      .progression[static_cast<std::size_t>(bar) % tune.progression.size()];
}

// The chord tone nearest to a degree.
int NearestChordTone(int root, int degree) {
  int best = root;
  for (int octave = -2; octave <= 2; ++octave) {
    for (const int interval : {0, 2, 4}) {
      const int tone = root + interval + 7 * octave;
      if (std::abs(tone - degree) < std::abs(best - degree)) best = tone;
    }
  }
  return best;
}

// The eighths of a bar that have a note; the first always has.
std::vector<bool> MakeFigure(double density, Draws* draws) {
  std::vector<bool> figure(kStepsPerBar);
  figure[0] = true;
  for (int step = 2; step < kStepsPerBar; step += 2) {
    const double strength = step % 8 == 0 ? 1.6 : step % 4 == 0 ? 1.2 : 0.8;
    figure[static_cast<std::size_t>(step)] =
        draws->Chance(std::min(0.97, density * strength));
  }
  return figure;
}

// The bars of a recording: function(bar, onset_seconds of its first step).
template <typename Function>
void ForEachBar(const WesternStage& stage, const Function& function) {
  for (int bar = stage.first_bar;; ++bar) {
    const double onset =
        (bar - stage.first_bar) * kStepsPerBar * stage.seconds_per_step;
    if (onset >= stage.seconds) return;
    function(bar, onset);
  }
}

// Adds notes to a part as long as they begin within the recording.
class NoteWriter {
 public:
  NoteWriter(const WesternStage& stage, const WesternInstrument& instrument,
             Draws* draws, Part* part)
      : stage_(stage),
        octave_cents_(1200.0 * instrument.octave),
        draws_(draws),
        part_(part) {
    if (!instrument.tags.empty()) {
      const std::string& tag = instrument.tags.front();
      part->instrument = tag.substr(tag.find(':') + 1);
    }
    part->program = draws->Pick(instrument.programs);
    part->gain_db = instrument.gain_db;
  }

  void Add(double onset, double steps, int degree, int softer) {
    const double at = std::max(0.0, onset + draws_->Around0(0.008));
    if (at >= stage_.seconds) return;
    part_->notes.push_back(
        {at,
         steps * stage_.seconds_per_step,
         stage_.tonic_cents + octave_cents_ + DegreeCents(*stage_.tune, degree),
         stage_.velocity - softer + draws_->Integer(-5, 5),
         {}});
  }

 private:
  const WesternStage& stage_;
  const double octave_cents_;
  Draws* draws_;
  Part* part_;
};

}  // namespace

WesternTune ComposeWesternTune(const WesternStyle& style, Draws* draws) {
  WesternTune tune;
  if (draws->Chance(style.minor_chance)) {
    tune.scale = {0, 200, 300, 500, 700, 800, 1000};
  } else {
    tune.scale = {0, 200, 400, 500, 700, 900, 1100};
  }
  tune.progression = draws->Pick(style.progressions);
  const std::vector<bool> figures[] = {MakeFigure(style.lead_density, draws),
                                       MakeFigure(style.lead_density, draws)};
  int degree = 4;
  for (int bar = 0; bar < kBarsPerTune; ++bar) {
    const std::vector<bool>& figure = figures[bar % 4 == 3 ? 1 : 0];
    for (int step = 0; step < kStepsPerBar; ++step) {
      if (!figure[static_cast<std::size_t>(step)]) continue;
      degree += draws->Integer(-2, 2);
      degree = std::clamp(degree, -3, 10);
      if (step % 8 == 0)
        degree = NearestChordTone(ChordRoot(tune, bar), degree);
      tune.melody.push_back({bar * kStepsPerBar + step, 2, degree});
    }
  }
  for (std::size_t i = 0; i + 1 < tune.melody.size(); ++i) {
    tune.melody[i].steps = std::min(
        kStepsPerBar / 2, tune.melody[i + 1].step - tune.melody[i].step);
  }
  return tune;
}

Part PlayWesternMelody(const WesternStage& stage,
                       const WesternInstrument& instrument, Draws* draws) {
  Part part;
  NoteWriter writer(stage, instrument, draws, &part);
  const int first_step = stage.first_bar * kStepsPerBar;
  for (int round = 0;; round += kTuneSteps) {
    for (const WesternMelodyNote& note : stage.tune->melody) {
      const int step = round + note.step - first_step;
      const double onset = step * stage.seconds_per_step;
      if (onset >= stage.seconds) return part;
      if (step >= 0) writer.Add(onset, 0.95 * note.steps, note.degree, -8);
    }
    if (stage.tune->melody.empty()) return part;
  }
}

Part PlayWesternChords(const WesternStage& stage, ChordFigure figure,
                       const WesternInstrument& instrument, Draws* draws) {
  Part part;
  NoteWriter writer(stage, instrument, draws, &part);
  const double step_seconds = stage.seconds_per_step;
  ForEachBar(stage, [&](int bar, double onset) {
    const int root = NearestChordTone(ChordRoot(*stage.tune, bar), -7);
    const auto chord = [&](int step, double steps, int softer) {
      for (const int interval : {0, 2, 4}) {
        writer.Add(onset + step * step_seconds, steps, root + interval, softer);
      }
    };
    const auto one = [&](int step, double steps, int interval) {
      writer.Add(onset + step * step_seconds, steps, root + interval, 6);
    };
    switch (figure) {
      case ChordFigure::kPad:
        chord(0, kStepsPerBar, 4);
        break;
      case ChordFigure::kBlock:
        chord(0, 7, 4);
        chord(8, 7, 8);
        break;
      case ChordFigure::kArpeggio: {
        constexpr int kIntervals[] = {0, 4, 7, 9, 11, 9, 7, 4};
        for (int i = 0; i < 8; ++i) one(2 * i, 4, kIntervals[i]);
        break;
      }
      case ChordFigure::kAlberti: {
        constexpr int kIntervals[] = {0, 4, 2, 4};
        for (int i = 0; i < 8; ++i) one(2 * i, 2, kIntervals[i % 4]);
        break;
      }
      case ChordFigure::kStrum:
        for (const int step : {0, 4, 6, 10, 12, 14}) chord(step, 2, 6);
        break;
      case ChordFigure::kPower:
        for (int step = 0; step < kStepsPerBar; step += 2) {
          one(step, 1.8, 0);
          one(step, 1.8, 4);
        }
        break;
      case ChordFigure::kOffbeat:
        for (const int step : {2, 6, 10, 14}) chord(step, 1.2, 4);
        break;
    }
  });
  return part;
}

Part PlayWesternBass(const WesternStage& stage, BassFigure figure,
                     const WesternInstrument& instrument, Draws* draws) {
  Part part;
  NoteWriter writer(stage, instrument, draws, &part);
  const double step_seconds = stage.seconds_per_step;
  ForEachBar(stage, [&](int bar, double onset) {
    const int root = NearestChordTone(ChordRoot(*stage.tune, bar), 0) - 7;
    const int spacing = figure == BassFigure::kLong    ? kStepsPerBar
                        : figure == BassFigure::kBeats ? 4
                                                       : 2;
    for (int step = 0; step < kStepsPerBar; step += spacing) {
      const bool up = figure == BassFigure::kOctaves && step % 4 == 2;
      const bool fifth = figure == BassFigure::kBeats && step == 8;
      writer.Add(onset + step * step_seconds, 0.9 * spacing,
                 root + (up      ? 7
                         : fifth ? 4
                                 : 0),
                 0);
    }
  });
  return part;
}

Part PlayBeat(const WesternStage& stage, const Beat& beat, Draws* draws) {
  Part part;
  part.instrument = "drums";
  part.source = SoundSource::kDrumKit;
  part.program = beat.kit;
  part.gain_db = -3;
  ForEachBar(stage, [&](int bar, double bar_onset) {
    for (const Beat::Line& line : beat.lines) {
      for (int step = 0; step < kStepsPerBar; ++step) {
        const char mark = line.steps[static_cast<std::size_t>(step)];
        const bool fill = bar % 4 == 3 && step >= 12 && draws->Chance(0.15);
        if (mark == '.' && !fill) continue;
        const double onset =
            std::max(0.0, bar_onset + step * stage.seconds_per_step +
                              draws->Around0(0.005));
        if (onset >= stage.seconds) continue;
        part.notes.push_back(
            {onset,
             0.1,
             100.0 * line.key,
             stage.velocity - (mark == 'x' ? 0 : 25) + draws->Integer(-6, 6),
             {}});
      }
    }
  });
  return part;
}

}  // namespace culturemert
