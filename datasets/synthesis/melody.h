// Melodies as tunes: what is handed down, before someone plays it.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_MELODY_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_MELODY_H_

#include <vector>

#include "datasets/synthesis/draws.h"
#include "datasets/synthesis/mode.h"
#include "datasets/synthesis/rhythm.h"

namespace culturemert {

struct MelodyNote {
  double pulse;  // From the beginning of the tune.
  double pulses;
  double cents;     // Above the tonic: a degree of the mode.
  double strength;  // 0 to 1: how much the metre stresses it.
};

struct Melody {
  std::vector<MelodyNote> notes;      // In order; they do not overlap.
  std::vector<double> phrase_starts;  // Pulses.
  double pulses = 0;                  // Its whole length.
};

struct MelodyStyle {
  double density = 1;  // 1: about one note a stroke; up to 3 for fast runs.
  double repetition = 0.15;  // Chance that a note repeats the one before.
  double leap = 0.08;        // Chance of a leap to a resting degree.
};

// A tune of eight phrases, in pairs of a question that rests on the dominant
// and an answer that comes home to the tonic. Each phrase lasts whole cycles,
// at least `pulses_per_phrase` pulses, and begins with the cycle. Rhythmic
// figures come back within a tune.
Melody ComposeMelody(const Mode& mode, const Rhythm& rhythm,
                     const MelodyStyle& style, double pulses_per_phrase,
                     Draws* draws);

// An unmetred improvisation of eight phrases: held notes and quick runs, one
// pulse a second.
Melody ComposeFreeMelody(const Mode& mode, const MelodyStyle& style,
                         Draws* draws);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_MELODY_H_
