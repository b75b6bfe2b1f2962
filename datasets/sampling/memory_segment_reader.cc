#include "datasets/sampling/memory_segment_reader.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"

namespace culturemert {

MemorySegmentReader::MemorySegmentReader(
    std::vector<std::vector<std::int16_t>> recordings)
    : recordings_(std::move(recordings)) {}

absl::Status MemorySegmentReader::Read(std::int64_t recording,
                                       std::int64_t first_sample,
                                       absl::Span<float> out) const {
  if (recording < 0 ||
      recording >= static_cast<std::int64_t>(recordings_.size())) {
    return absl::OutOfRangeError(absl::StrCat(
        "there is no recording ", recording, " among ", recordings_.size()));
  }
  const std::vector<std::int16_t>& samples = recordings_[recording];
  const std::int64_t size = static_cast<std::int64_t>(samples.size());
  if (first_sample < 0 || first_sample > size ||
      out.size() > static_cast<std::size_t>(size - first_sample)) {
    return absl::OutOfRangeError(absl::StrCat(
        out.size(), " samples from ", first_sample, " on are not within the ",
        size, " of recording ", recording));
  }
  const std::int16_t* from = samples.data() + first_sample;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = from[i] * 0x1p-15f;
  return absl::OkStatus();
}

}  // namespace culturemert
