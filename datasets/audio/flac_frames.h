// The frames of a FLAC file (RFC 9639), walked without decoding. libsndfile
// gives silence in place of a damaged frame, without a word, and nothing behind
// a frame that is too damaged; so this checks all of them first.

#ifndef CULTUREMERT_DATASETS_AUDIO_FLAC_FRAMES_H_
#define CULTUREMERT_DATASETS_AUDIO_FLAC_FRAMES_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace culturemert {

struct FlacFrames {
  // Samples of each channel in all whole frames.
  std::uint64_t frames = 0;
  // Where the last whole frame ends.
  std::uint64_t whole_bytes = 0;
  // Bytes from there on that begin like a frame: one that was cut off.
  std::uint64_t cut_frame_bytes = 0;
  // Bytes from there on that do not.
  std::uint64_t trailing_bytes = 0;
};

// `bytes` start with "fLaC" and STREAMINFO (42 bytes). A frame is whole if the
// checksums of its header and of all of it are right; where it ends only shows
// by the header of the next frame or the end of `bytes`, so a last frame with
// other bytes behind it looks cut off. kDataLoss for a frame that is not whole
// while others follow, and for missing frames; messages give the offset.
absl::StatusOr<FlacFrames> WalkFlacFrames(absl::Span<const std::uint8_t> bytes);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_FLAC_FRAMES_H_
