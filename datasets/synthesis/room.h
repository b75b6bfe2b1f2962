// From the dry sound of a score to the recording: reverberation, a tilted
// spectrum, hiss, level.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_ROOM_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_ROOM_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "datasets/synthesis/score.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {

// 24 kHz samples in, as many 16-bit samples out. Reverberation is Schroeder's
// ("Natural sounding artificial reverberation", 1962): four comb filters, here
// with damped feedback, and two all-passes. The tilt is a first-order shelf
// around 800 Hz, the hiss white noise of `noise`. The RMS is that of the room's
// level, unless a peak would leave 95 % of full scale; then the whole is as
// much lower. The first and last 5 ms are faded. Silence stays silence.
std::vector<std::int16_t> Record(const Room& room, const RandomStream& noise,
                                 absl::Span<const float> dry);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_ROOM_H_
