#include "datasets/synthesis/rhythm.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace culturemert {

Rhythm MakeRhythm(absl::string_view name, double pulses_per_minute_low,
                  double pulses_per_minute_high, absl::string_view cycle) {
  Rhythm rhythm = {
      std::string(name), 0, pulses_per_minute_low, pulses_per_minute_high, {}};
  for (const absl::string_view word :
       absl::StrSplit(cycle, ' ', absl::SkipEmpty())) {
    if (word == "|") continue;
    const std::vector<absl::string_view> shared = absl::StrSplit(word, '.');
    for (std::size_t i = 0; i < shared.size(); ++i) {
      if (shared[i] == "-" || shared[i].empty()) continue;
      rhythm.syllables.push_back(
          {rhythm.pulses +
               static_cast<double>(i) / static_cast<double>(shared.size()),
           std::string(shared[i]),
           absl::ascii_isupper(static_cast<unsigned char>(shared[i][0]))});
    }
    ++rhythm.pulses;
  }
  return rhythm;
}

}  // namespace culturemert
