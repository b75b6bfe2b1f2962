// Where the samples of segments come from.

#ifndef CULTUREMERT_DATASETS_SAMPLING_SEGMENT_READER_H_
#define CULTUREMERT_DATASETS_SAMPLING_SEGMENT_READER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace culturemert {

// Read is called by many threads at once, and must be safe for that.
class SegmentReader {
 public:
  virtual ~SegmentReader() = default;

  // Fills all of `out` with the samples of `recording`, its place in the list
  // that the SegmentSampler was made of, from `first_sample` on: mono, full
  // scale at -1 and 1. An error leaves `out` in any state; kOutOfRange if there
  // is no such recording or it ends before.
  virtual absl::Status Read(std::int64_t recording, std::int64_t first_sample,
                            absl::Span<float> out) const = 0;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SAMPLING_SEGMENT_READER_H_
