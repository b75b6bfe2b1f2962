#include "datasets/sampling/drawable_audio.h"

#include <algorithm>
#include <cstddef>

#include "absl/numeric/int128.h"

namespace culturemert {

bool DrawableAudio::Add(std::int64_t recording, std::int64_t samples) {
  const std::int64_t piece =
      lengths_.piece_samples == 0 ? samples : lengths_.piece_samples;
  if (samples < lengths_.minimum_samples) return false;
  const std::int64_t tail = samples % piece;
  const bool drops_tail = tail < lengths_.minimum_samples;
  const std::int64_t shortest =
      samples < piece || (tail > 0 && !drops_tail) ? tail : piece;
  if (ends_.empty() || shortest < shortest_piece_samples_) {
    shortest_piece_samples_ = shortest;
  }
  const std::int64_t drawable = drops_tail ? samples - tail : samples;
  ends_.push_back(this->samples() + static_cast<std::uint64_t>(drawable));
  recordings_.push_back(recording);
  durations_.push_back(samples);
  return true;
}

Segment DrawableAudio::At(std::uint64_t point, std::uint32_t fraction) const {
  const std::size_t place =
      std::upper_bound(ends_.begin(), ends_.end(), point) - ends_.begin();
  const std::uint64_t begin = place == 0 ? 0 : ends_[place - 1];
  const std::int64_t sample = static_cast<std::int64_t>(point - begin);
  const std::int64_t duration = durations_[place];
  const std::int64_t piece_begin =
      lengths_.piece_samples == 0
          ? 0
          : sample / lengths_.piece_samples * lengths_.piece_samples;
  const std::int64_t piece_samples =
      lengths_.piece_samples == 0
          ? duration
          : std::min(lengths_.piece_samples, duration - piece_begin);

  Segment segment;
  segment.recording = recordings_[place];
  segment.samples = std::min(lengths_.segment_samples, piece_samples);
  const std::uint64_t offsets =
      static_cast<std::uint64_t>(piece_samples - segment.samples) + 1;
  const absl::uint128 position =
      (absl::uint128(static_cast<std::uint64_t>(sample - piece_begin)) << 32) +
      fraction;
  const absl::uint128 offset =
      (position * offsets / static_cast<std::uint64_t>(piece_samples)) >> 32;
  segment.first_sample =
      piece_begin + static_cast<std::int64_t>(absl::Uint128Low64(offset));
  return segment;
}

}  // namespace culturemert
