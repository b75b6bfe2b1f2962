#include "datasets/synthesis/melody.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace culturemert {
namespace {

constexpr int kPhrases = 8;
constexpr double kOctaveCents = 1200;

// The degrees a phrase starts from, passes and ends on.
struct Outline {
  double start;
  double middle;
  double end;
};

Outline OutlineOf(const Mode& mode, int phrase) {
  const double dominant = mode.dominant;
  const double low = 0;
  const double high = kOctaveCents;
  const Outline outlines[3][4] = {
      {{low, dominant, dominant},
       {dominant, DegreeAbove(mode, dominant), low},
       {dominant, high, dominant},
       {dominant, DegreeBelow(mode, low), low}},
      {{dominant, DegreeAbove(mode, dominant), dominant},
       {dominant, high, low},
       {high, dominant, dominant},
       {low, dominant, low}},
      {{high, DegreeAbove(mode, high), dominant},
       {high, dominant, low},
       {high, DegreeAbove(mode, high), high},
       {dominant, high, low}}};
  return outlines[static_cast<int>(mode.contour)][phrase % 4];
}

// One step of a walk that has `left` more notes to reach `target`.
void Step(const Mode& mode, const MelodyStyle& style, double target, int left,
          LadderPosition* position, Draws* draws) {
  const int distance = position->StepsTo(target);
  const bool up = target > position->cents();
  if (left <= 1 && distance <= 4) {
    position->JumpTo(target);
  } else if (distance >= left) {
    up ? position->MoveUp() : position->MoveDown();
  } else if (draws->Chance(style.repetition)) {
    return;
  } else if (draws->Chance(style.leap)) {
    const double resting[] = {0, mode.dominant};
    const std::vector<double>& dwelt_on = mode.dwelt_on;
    const std::size_t choice = draws->Below(2 + dwelt_on.size());
    position->JumpTo(choice < 2 ? resting[choice] : dwelt_on[choice - 2]);
  } else {
    const bool towards = draws->Chance(distance == 0 ? 0.5 : 0.65);
    up == towards ? position->MoveUp() : position->MoveDown();
  }
}

// The degrees of `count` notes along an outline.
std::vector<double> Walk(const Mode& mode, const MelodyStyle& style,
                         const Outline& outline, int count, Draws* draws) {
  LadderPosition position(mode, outline.start);
  std::vector<double> degrees = {outline.start};
  const int turn = count / 2;
  for (int i = 1; i < count; ++i) {
    const double target = i < turn ? outline.middle : outline.end;
    const int left = i < turn ? turn - i : count - i;
    Step(mode, style, target, left, &position, draws);
    degrees.push_back(position.cents());
  }
  degrees.back() = outline.end;
  return degrees;
}

struct Onset {
  double pulse;
  double strength;
};

// A rhythmic figure of whole cycles: notes fall on strokes first, bass strokes
// before all.
std::vector<Onset> MakeFigure(const Rhythm& rhythm, double density, int cycles,
                              Draws* draws) {
  std::vector<Onset> figure;
  for (int half = 0; half < 2 * rhythm.pulses * cycles; ++half) {
    const double pulse = half / 2.0;
    const double in_cycle = std::fmod(pulse, rhythm.pulses);
    double strength = half % 2 == 0 ? 0.3 : 0.08;
    for (const Syllable& syllable : rhythm.syllables) {
      if (std::fabs(syllable.pulse - in_cycle) > 0.01) continue;
      strength = syllable.bass ? 0.9 : 0.6;
    }
    if (in_cycle == 0) strength = 1;
    if (half == 0 || draws->Chance(std::min(1.0, strength * density))) {
      figure.push_back({pulse, strength});
    }
  }
  return figure;
}

}  // namespace

Melody ComposeMelody(const Mode& mode, const Rhythm& rhythm,
                     const MelodyStyle& style, double pulses_per_phrase,
                     Draws* draws) {
  const int cycles = std::max(
      1, static_cast<int>(std::ceil(pulses_per_phrase / rhythm.pulses - 0.01)));
  const double length = static_cast<double>(rhythm.pulses) * cycles;
  const std::vector<Onset> figures[] = {
      MakeFigure(rhythm, style.density, cycles, draws),
      MakeFigure(rhythm, style.density, cycles, draws),
      MakeFigure(rhythm, style.density, cycles, draws)};
  constexpr int kFigureOfPhrase[kPhrases] = {0, 1, 2, 1, 0, 1, 2, 1};
  Melody melody;
  for (int phrase = 0; phrase < kPhrases; ++phrase) {
    std::vector<Onset> figure = figures[kFigureOfPhrase[phrase]];
    // The last note of an answer is held.
    const double held = std::max(1.0, length / 6);
    while (figure.size() > 2 && figure.back().pulse > length - held) {
      figure.pop_back();
    }
    const std::vector<double> degrees =
        Walk(mode, style, OutlineOf(mode, phrase),
             static_cast<int>(figure.size()), draws);
    melody.phrase_starts.push_back(melody.pulses);
    for (std::size_t i = 0; i < figure.size(); ++i) {
      const double end = i + 1 < figure.size() ? figure[i + 1].pulse : length;
      melody.notes.push_back({melody.pulses + figure[i].pulse,
                              end - figure[i].pulse, degrees[i],
                              figure[i].strength});
    }
    melody.pulses += length;
  }
  return melody;
}

Melody ComposeFreeMelody(const Mode& mode, const MelodyStyle& style,
                         Draws* draws) {
  Melody melody;
  for (int phrase = 0; phrase < kPhrases; ++phrase) {
    melody.phrase_starts.push_back(melody.pulses);
    const int count = draws->Integer(7, 12);
    const std::vector<double> degrees =
        Walk(mode, style, OutlineOf(mode, phrase), count, draws);
    bool run = false;
    for (int i = 0; i < count; ++i) {
      if (draws->Chance(0.35)) run = !run;
      const bool last = i + 1 == count;
      const double seconds = last  ? draws->Between(0.9, 1.5)
                             : run ? draws->Between(0.11, 0.2)
                                   : draws->Between(0.3, 0.8);
      const double pause = last ? 0.15 : 0;
      melody.notes.push_back({melody.pulses, seconds / style.density,
                              degrees[static_cast<std::size_t>(i)],
                              run ? 0.4 : 0.8});
      melody.pulses += seconds / style.density + pause;
    }
  }
  return melody;
}

}  // namespace culturemert
