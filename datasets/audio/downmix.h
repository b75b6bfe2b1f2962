// From any number of channels to one.

#ifndef CULTUREMERT_DATASETS_AUDIO_DOWNMIX_H_
#define CULTUREMERT_DATASETS_AUDIO_DOWNMIX_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace culturemert {

// The largest sample that still counts as audio, where full scale is 1: 48 dB
// above it. Beyond are files of float samples scaled as integers.
inline constexpr float kMaxMagnitude = 256;

// mono[i] = the mean of the `channels` samples of frame i, summed in the order
// of the channels (in double precision for more than two). The size of
// `interleaved` must be channels * mono.size(). kInvalidArgument, naming the
// frame (counted from `first_frame`) and the channel (from 1), for NaN, an
// infinity or a sample beyond kMaxMagnitude.
absl::Status Downmix(absl::Span<const float> interleaved, int channels,
                     std::uint64_t first_frame, absl::Span<float> mono);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_DOWNMIX_H_
