// Recordings that are held in memory: rendered ones, and those of tests.

#ifndef CULTUREMERT_DATASETS_SAMPLING_MEMORY_SEGMENT_READER_H_
#define CULTUREMERT_DATASETS_SAMPLING_MEMORY_SEGMENT_READER_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "datasets/sampling/segment_reader.h"

namespace culturemert {

class MemorySegmentReader final : public SegmentReader {
 public:
  // recordings[i] holds the samples of recording i.
  explicit MemorySegmentReader(
      std::vector<std::vector<std::int16_t>> recordings);

  // Each sample divided by 32768, so in [-1, 1).
  absl::Status Read(std::int64_t recording, std::int64_t first_sample,
                    absl::Span<float> out) const override;

 private:
  const std::vector<std::vector<std::int16_t>> recordings_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SAMPLING_MEMORY_SEGMENT_READER_H_
