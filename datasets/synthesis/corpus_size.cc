#include "datasets/synthesis/corpus_size.h"

#include <cmath>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace culturemert {

absl::StatusOr<SplitSizes> SplitSizesOfHours(double hours,
                                             double clip_seconds) {
  if (!(hours > 0 && hours <= 100000)) {
    return absl::InvalidArgumentError(
        absl::StrCat("a corpus of ", hours, " hours; expected 0 to 100000"));
  }
  if (!(clip_seconds >= 1 && clip_seconds <= 600)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "recordings of ", clip_seconds, " seconds; expected 1 to 600"));
  }
  constexpr double kSecondsPerHour = 3600;
  const auto twenties = static_cast<std::uint64_t>(
      std::ceil(hours * kSecondsPerHour / clip_seconds / 20));
  return SplitSizes{14 * twenties, 2 * twenties, 4 * twenties};
}

}  // namespace culturemert
