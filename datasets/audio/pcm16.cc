#include "datasets/audio/pcm16.h"

#include <cmath>
#include <cstddef>

namespace culturemert {

std::uint64_t ToPcm16(absl::Span<const float> samples,
                      absl::Span<std::int16_t> out) {
  std::uint64_t clipped = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const float scaled = std::nearbyint(samples[i] * 32768.0f);
    const bool fits = scaled >= -32768.0f && scaled <= 32767.0f;
    if (fits) {
      out[i] = static_cast<std::int16_t>(scaled);
      continue;
    }
    ++clipped;
    out[i] = scaled > 0 ? 32767 : scaled < 0 ? -32768 : 0;
  }
  return clipped;
}

void FromPcm16(absl::Span<const std::int16_t> samples, absl::Span<float> out) {
  for (std::size_t i = 0; i < samples.size(); ++i) {
    out[i] = static_cast<float>(samples[i]) * (1.0f / 32768.0f);
  }
}

}  // namespace culturemert
