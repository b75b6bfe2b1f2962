#include "datasets/synthesis/performance.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "datasets/synthesis/ornaments.h"

namespace culturemert {
namespace {

constexpr double kOctaveCents = 1200;
constexpr double kTremoloSeconds = 0.095;
constexpr double kRingSeconds = 0.5;  // How long a plucked string is let ring.
constexpr double kShortestSeconds = 0.05;

Part EmptyPart(const Instrument& instrument, Draws* draws) {
  Part part;
  if (instrument.tagged) part.instrument = instrument.name;
  part.program = draws->Pick(instrument.programs);
  part.gain_db = instrument.gain_db;
  return part;
}

double OctaveCents(const Instrument& instrument, Draws* draws) {
  const bool lower = draws->Chance(instrument.lower_chance);
  return kOctaveCents * (instrument.octave - (lower ? 1 : 0));
}

// Calls function(note, onset_seconds) for the notes that begin within the
// recording.
template <typename Function>
void ForEachNote(const Stage& stage, const Melody& melody,
                 const Function& function) {
  for (double round = 0;; round += melody.pulses) {
    for (const MelodyNote& note : melody.notes) {
      const double onset =
          (round + note.pulse - stage.first_pulse) * stage.seconds_per_pulse;
      if (onset >= stage.seconds) return;
      if (onset >= -1e-9) function(note, onset);
    }
  }
}

// Calls function(syllable, onset_seconds) for the syllables of all cycles in
// the recording; tunes begin with a cycle.
template <typename Function>
void ForEachSyllable(const Stage& stage, const Rhythm& rhythm,
                     const Function& function) {
  const double first_cycle = std::floor(stage.first_pulse / rhythm.pulses);
  for (double start = first_cycle * rhythm.pulses;; start += rhythm.pulses) {
    for (const Syllable& syllable : rhythm.syllables) {
      const double onset = (start + syllable.pulse - stage.first_pulse) *
                           stage.seconds_per_pulse;
      if (onset >= stage.seconds) return;
      if (onset >= -1e-9) function(syllable, onset);
    }
  }
}

double Jitter(double onset, double seconds, Draws* draws) {
  return std::max(0.0, onset + draws->Around0(seconds));
}

void AddTremolo(const Stage& stage, const Note& note, Draws* draws,
                Part* part) {
  for (double at = 0; at < note.seconds; at += kTremoloSeconds) {
    Note stroke = note;
    stroke.onset_seconds = note.onset_seconds + at;
    if (stroke.onset_seconds >= stage.seconds) return;
    stroke.seconds = kTremoloSeconds;
    stroke.velocity += at == 0 ? 0 : draws->Integer(-18, -8);
    part->notes.push_back(stroke);
  }
}

}  // namespace

Part PlayMelody(const Stage& stage, const Melody& melody,
                const Instrument& instrument, Ornament ornament,
                double looseness, Draws* draws) {
  Part part = EmptyPart(instrument, draws);
  const double octave = OctaveCents(instrument, draws);
  double previous = melody.notes.front().cents;
  ForEachNote(stage, melody, [&](const MelodyNote& tune, double onset) {
    if (tune.strength < 0.5 && draws->Chance(0.25 * looseness)) return;
    Note note;
    note.onset_seconds = Jitter(onset, 0.008 + 0.02 * looseness, draws);
    const double seconds = tune.pulses * stage.seconds_per_pulse;
    const bool rings = instrument.touch == Touch::kPlucked ||
                       instrument.touch == Touch::kPulled;
    note.seconds =
        std::max(kShortestSeconds, rings ? seconds + kRingSeconds
                                         : seconds * draws->Between(0.88, 1));
    note.pitch_cents =
        stage.tonic_cents + octave + tune.cents + draws->Around0(4);
    note.velocity = stage.velocity +
                    static_cast<int>(std::lround(18 * tune.strength)) +
                    draws->Integer(-5, 5);
    const NoteContext context = {stage.mode, tune.cents, previous, seconds};
    note.curve = ShapePitch(ornament, instrument.touch, context, draws);
    previous = tune.cents;
    if (instrument.touch == Touch::kTremolo && seconds > 3 * kTremoloSeconds) {
      AddTremolo(stage, note, draws, &part);
    } else {
      part.notes.push_back(note);
    }
  });
  return part;
}

Part PlayDrone(const Stage& stage, const Instrument& instrument, Draws* draws) {
  Part part = EmptyPart(instrument, draws);
  const double tonic = stage.tonic_cents + kOctaveCents * instrument.octave;
  if (instrument.touch == Touch::kBowedOrBlown) {
    part.notes.push_back({0, stage.seconds, tonic, 80, {}});
    if (IsOnLadder(*stage.mode, 702)) {
      part.notes.push_back({0, stage.seconds, tonic + 702, 66, {}});
    }
    return part;
  }
  const double first = IsOnLadder(*stage.mode, 702)   ? 702
                       : IsOnLadder(*stage.mode, 498) ? 498
                                                      : stage.mode->dominant;
  const double round[] = {first - kOctaveCents, 0, 0, -kOctaveCents};
  const double pace = draws->Between(0.55, 0.8);
  std::size_t string = draws->Below(4);
  for (double onset = draws->Between(0, 0.2); onset < stage.seconds;
       onset += pace) {
    part.notes.push_back({Jitter(onset, 0.03, draws),
                          3.5 * pace,
                          tonic + round[string],
                          62 + draws->Integer(-6, 6),
                          {}});
    string = (string + 1) % 4;
  }
  return part;
}

Part PlayChords(const Stage& stage, const Rhythm& rhythm,
                const Instrument& instrument, Draws* draws) {
  Part part = EmptyPart(instrument, draws);
  const double tonic = stage.tonic_cents + kOctaveCents * instrument.octave;
  double root = 0;
  ForEachSyllable(stage, rhythm, [&](const Syllable& syllable, double onset) {
    if (syllable.pulse == 0) {
      root = draws->Chance(0.7) ? 0 : stage.mode->dominant - kOctaveCents;
    }
    const double seconds = 0.3;
    const double at = Jitter(onset, 0.008, draws);
    const int velocity = stage.velocity - 6 + draws->Integer(-5, 5);
    if (syllable.bass) {
      part.notes.push_back({at, seconds, tonic + root, velocity, {}});
      return;
    }
    double delay = 0;
    for (const double interval : {700.0, 1200.0, 1900.0}) {
      part.notes.push_back(
          {at + delay, seconds, tonic + root + interval, velocity - 4, {}});
      delay += 0.008;
    }
  });
  return part;
}

Part PlayBass(const Stage& stage, const Rhythm& rhythm,
              const Instrument& instrument, Draws* draws) {
  Part part = EmptyPart(instrument, draws);
  const double tonic = stage.tonic_cents + kOctaveCents * instrument.octave;
  ForEachSyllable(stage, rhythm, [&](const Syllable& syllable, double onset) {
    if (!syllable.bass) return;
    const double root = syllable.pulse == 0 || draws->Chance(0.6)
                            ? 0
                            : stage.mode->dominant - kOctaveCents;
    part.notes.push_back({Jitter(onset, 0.006, draws),
                          0.35,
                          tonic + root,
                          stage.velocity + 6 + draws->Integer(-4, 4),
                          {}});
  });
  return part;
}

Part PlayDrum(const Stage& stage, const Rhythm& rhythm, const Drum& drum,
              Draws* draws) {
  Part part;
  part.instrument = drum.name;
  part.source = drum.entries.front().hits.front().source;
  part.gain_db = drum.gain_db;
  const double tuning = draws->Around0(120);
  const auto strike = [&](const std::string& name, double onset, double gain) {
    if (onset >= stage.seconds) return;
    for (const Drum::Entry& entry : drum.entries) {
      if (entry.syllable != name) continue;
      for (const DrumHit& hit : entry.hits) {
        if (hit.source == SoundSource::kTabla) {
          part.strokes.push_back(
              {onset, hit.sound, hit.cents + tuning, hit.gain * gain});
        } else {
          part.notes.push_back(
              {onset,
               0.1,
               100.0 * hit.sound,
               static_cast<int>(std::lround(110 * hit.gain * gain)),
               {}});
        }
      }
    }
  };
  ForEachSyllable(stage, rhythm, [&](const Syllable& syllable, double onset) {
    const double accent = syllable.pulse == 0 ? 1.0
                          : syllable.bass     ? 0.85
                                              : 0.7;
    strike(syllable.name, Jitter(onset, 0.006, draws),
           accent * draws->Between(0.85, 1));
    if (draws->Chance(0.12) && stage.seconds_per_pulse > 0.2) {
      strike(drum.entries.back().syllable, onset + stage.seconds_per_pulse / 2,
             0.4);
    }
  });
  return part;
}

}  // namespace culturemert
