// The audio that segments can come from, laid end to end, so that one point on
// that line names a recording, a piece of it and an offset.

#ifndef CULTUREMERT_DATASETS_SAMPLING_DRAWABLE_AUDIO_H_
#define CULTUREMERT_DATASETS_SAMPLING_DRAWABLE_AUDIO_H_

#include <cstdint>
#include <vector>

#include "datasets/sampling/segment.h"

namespace culturemert {

// Lengths in samples. A recording is cut into pieces of piece_samples from its
// start, the last of them shorter (one piece, if piece_samples is 0); pieces
// shorter than minimum_samples are left out.
struct SegmentLengths {
  std::int64_t segment_samples = 0;  // >= 1
  std::int64_t minimum_samples = 0;  // >= 1
  std::int64_t piece_samples = 0;    // 0, or >= minimum_samples
};

class DrawableAudio {
 public:
  static constexpr std::int64_t kMaxRecordingSamples = std::int64_t{1} << 40;

  explicit DrawableAudio(const SegmentLengths& lengths) : lengths_(lengths) {}

  // Appends what can be drawn of a recording of `samples`, which is at most
  // kMaxRecordingSamples. False if that is nothing.
  bool Add(std::int64_t recording, std::int64_t samples);

  // The length of the line.
  std::uint64_t samples() const { return ends_.empty() ? 0 : ends_.back(); }
  std::int64_t recordings() const {
    return static_cast<std::int64_t>(recordings_.size());
  }
  // Of the pieces on the line; 0 if there is none.
  std::int64_t shortest_piece_samples() const {
    return shortest_piece_samples_;
  }

  // The segment at `point` + `fraction` / 2^32 samples of the line, where
  // point < samples(). It lies in the piece of L samples that holds the point:
  // S = min(segment_samples, L) samples of it, whose offset goes from 0 to
  // L - S, both included, in even steps as the point goes through the piece.
  // So a uniform point draws pieces in proportion to their length, and within
  // a piece every offset alike (the relative bias is below 2^-32). Logarithmic
  // in the number of recordings.
  Segment At(std::uint64_t point, std::uint32_t fraction) const;

 private:
  SegmentLengths lengths_;
  std::int64_t shortest_piece_samples_ = 0;
  // By recordings on the line: where it ends there, its number, its duration.
  std::vector<std::uint64_t> ends_;
  std::vector<std::int64_t> recordings_;
  std::vector<std::int64_t> durations_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SAMPLING_DRAWABLE_AUDIO_H_
