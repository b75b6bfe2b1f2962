// Float samples as 16-bit ones and back.

#ifndef CULTUREMERT_DATASETS_AUDIO_PCM16_H_
#define CULTUREMERT_DATASETS_AUDIO_PCM16_H_

#include <cstdint>

#include "absl/types/span.h"

namespace culturemert {

// out[i] = samples[i] * 32768 rounded to the nearest integer, halves to the
// even one, and then clipped to [-32768, 32767]. Returns how many were clipped:
// those that rounded to something outside, as +1.0 does. NaN becomes 0 and
// counts as clipped. The sizes must be equal.
std::uint64_t ToPcm16(absl::Span<const float> samples,
                      absl::Span<std::int16_t> out);

// out[i] = samples[i] / 32768, exactly; ToPcm16 gives the same samples back.
// The sizes must be equal.
void FromPcm16(absl::Span<const std::int16_t> samples, absl::Span<float> out);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_PCM16_H_
