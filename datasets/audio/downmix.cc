#include "datasets/audio/downmix.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace culturemert {
namespace {

// NaN compares false with everything.
bool IsAudio(float sample) { return std::fabs(sample) <= kMaxMagnitude; }

// Branchless, for the speed of the good case.
bool AllAudio(absl::Span<const float> samples) {
  std::size_t bad = 0;
  for (const float sample : samples) bad += IsAudio(sample) ? 0 : 1;
  return bad == 0;
}

absl::Status NotAudio(float sample, std::uint64_t frame, std::size_t channel) {
  return absl::InvalidArgumentError(absl::StrCat(
      "the sample of frame ", frame, ", channel ", channel + 1, " is ", sample,
      ", expected numbers around -1 to 1 and at most ", kMaxMagnitude));
}

}  // namespace

absl::Status Downmix(absl::Span<const float> interleaved, int channels,
                     std::uint64_t first_frame, absl::Span<float> mono) {
  const std::size_t width = channels;
  if (!AllAudio(interleaved)) {
    for (std::size_t i = 0; i < interleaved.size(); ++i) {
      if (IsAudio(interleaved[i])) continue;
      return NotAudio(interleaved[i], first_frame + i / width, i % width);
    }
  }
  if (channels == 1) {
    std::copy(interleaved.begin(), interleaved.end(), mono.begin());
  } else if (channels == 2) {
    for (std::size_t i = 0; i < mono.size(); ++i) {
      mono[i] = 0.5f * (interleaved[2 * i] + interleaved[2 * i + 1]);
    }
  } else {
    for (std::size_t i = 0; i < mono.size(); ++i) {
      double sum = 0;
      for (std::size_t channel = 0; channel < width; ++channel) {
        sum += interleaved[i * width + channel];
      }
      mono[i] = static_cast<float>(sum / channels);
    }
  }
  return absl::OkStatus();
}

}  // namespace culturemert
