// A stretch of one recording that the model is shown: the unit of pre-training.

#ifndef CULTUREMERT_DATASETS_SAMPLING_SEGMENT_H_
#define CULTUREMERT_DATASETS_SAMPLING_SEGMENT_H_

#include <cstdint>

namespace culturemert {

// Samples [first_sample, first_sample + samples) of a recording, counted from
// the recording's start at the corpus' rate (24 kHz).
struct Segment {
  std::int64_t recording = 0;  // Its place in the list the sampler was given.
  std::int64_t first_sample = 0;
  std::int64_t samples = 0;
};

inline bool operator==(const Segment& a, const Segment& b) {
  return a.recording == b.recording && a.first_sample == b.first_sample &&
         a.samples == b.samples;
}
inline bool operator!=(const Segment& a, const Segment& b) { return !(a == b); }

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SAMPLING_SEGMENT_H_
