// A rhythmic cycle (usul, tala, dance metre): pulses, and what the drum says on
// each of them.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_RHYTHM_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_RHYTHM_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace culturemert {

// A spoken drum stroke (bol, solkattu, düm and tek) at its place in the cycle.
struct Syllable {
  double pulse;  // From 0.
  std::string name;
  bool bass;  // A stroke of the bass side: an accent of the cycle.
};

struct Rhythm {
  std::string name;  // The value of its tag; empty if it has none.
  int pulses;        // Of one cycle.
  // The conventional range.
  double pulses_per_minute_low;
  double pulses_per_minute_high;
  std::vector<Syllable> syllables;
};

// Reads a cycle as it is spoken: one word a pulse, "-" for silence, "." between
// the syllables that share a pulse, "|" between sections. A syllable counts as
// bass if it begins with an upper-case letter.
Rhythm MakeRhythm(absl::string_view name, double pulses_per_minute_low,
                  double pulses_per_minute_high, absl::string_view cycle);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_RHYTHM_H_
