// The frames of an MP3 file (MPEG-1, 2 and 2.5 audio Layer III; ISO/IEC 11172-3
// section 2.4, ISO/IEC 13818-3), found without decoding, so that the decoder
// gets frames and nothing else and every byte is accounted for.
//
// Where the stream starts. At the first header that two more follow at the
// distances the headers tell, all of one version, rate and number of channels
// (fewer only where the file ends before). Up to kMaxGapBytes may come before.
//
// What may stand between and behind frames: ID3v2, ID3v1 and APEv2 tags, and up
// to kMaxGapBytes of anything else at a time, which is counted. After such a
// gap two headers in a row, or one whose frame ends the file, are needed to go
// on.
//
// The information frame. A first frame with a tag "Xing", "Info" (LAME's MP3
// Info Tag revision 1, http://gabriel.mp3-tech.org/mp3infotag.html) or "VBRI"
// holds no audio: it may tell the number of frames, and the encoder's delay and
// padding, which are not the recording's.

#ifndef CULTUREMERT_DATASETS_AUDIO_MP3_FRAMES_H_
#define CULTUREMERT_DATASETS_AUDIO_MP3_FRAMES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace culturemert {

struct Mp3Header {
  int version_times_ten = 10;    // 10: MPEG-1, 20: MPEG-2, 25: MPEG-2.5
  int bitrate_kbps = 0;          // 0: free format, the size is not known
  int rate_hz = 0;               // 8000 to 48000
  int channels = 0;              // 1 or 2
  std::uint32_t size_bytes = 0;  // The whole frame, header included.

  int frame_samples() const { return version_times_ten == 10 ? 1152 : 576; }
  // Same version, rate and number of channels: frames of one stream.
  bool IsOneStreamWith(const Mp3Header& other) const {
    return version_times_ten == other.version_times_ten &&
           rate_hz == other.rate_hz && channels == other.channels;
  }
};

// The Layer III header that `bytes` start with, if they do.
std::optional<Mp3Header> ParseMp3Header(absl::Span<const std::uint8_t> bytes);

// Frames without a gap between them.
struct Mp3Run {
  std::uint64_t offset = 0;
  std::uint64_t size_bytes = 0;
};

struct Mp3Layout {
  Mp3Header first;           // Of the first frame that holds audio.
  std::vector<Mp3Run> runs;  // Without the information frame.
  std::uint64_t frames = 0;  // MP3 frames in all runs.
  int min_bitrate_kbps = 0;
  int max_bitrate_kbps = 0;
  std::uint64_t skipped_bytes = 0;  // In gaps, tags not counted.
  std::uint64_t first_gap_offset = 0;
  std::uint64_t cut_frame_bytes = 0;  // Of a last frame that is not whole.
  // From the information frame.
  std::optional<std::uint64_t> announced_frames;  // MP3 frames
  std::optional<std::uint32_t> delay_samples;     // Both or neither.
  std::optional<std::uint32_t> padding_samples;

  // Samples of each channel that decoding gives.
  std::uint64_t decoded_samples() const {
    return frames * first.frame_samples();
  }
  // The recording within them: [begin, end), end <= decoded_samples(). With
  // delay and padding known, from delay + 529 on (Layer III decoders add 528
  // samples of delay and one) to the announced end less padding plus 529, or to
  // all there is if there is less; else everything. More frames than announced
  // are all kept.
  std::uint64_t begin_sample() const;
  std::uint64_t end_sample() const;
};

inline constexpr std::uint64_t kMaxGapBytes = 1 << 20;

// `bytes` are a file's without tags at its ends. kInvalidArgument if they are
// no MP3 stream (saying so for free format, and for Layers I and II), or the
// stream changes its version, rate or channels midway; kDataLoss for too long a
// gap. Messages give the offset within `bytes`.
absl::StatusOr<Mp3Layout> FindMp3Frames(absl::Span<const std::uint8_t> bytes);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_MP3_FRAMES_H_
