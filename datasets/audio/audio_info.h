// What an audio file holds, as its own headers tell and as decoding found.

#ifndef CULTUREMERT_DATASETS_AUDIO_AUDIO_INFO_H_
#define CULTUREMERT_DATASETS_AUDIO_AUDIO_INFO_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace culturemert {

enum class AudioFormat { kWav, kAiff, kFlac, kOggVorbis, kMp3 };

// "WAV", "AIFF", "FLAC", "Ogg Vorbis", "MP3".
absl::string_view NameOf(AudioFormat format);

// A file that holds less audio than it announces.
struct Truncation {
  // Frames the file announces; nothing where it only shows that it was cut.
  std::optional<std::uint64_t> expected_frames;
  std::uint64_t found_frames = 0;
  std::string reason;  // "the data chunk announces 40000 bytes, 19956 follow"
};

// "truncated: 4989 of 10000 frames (the data chunk ...)".
std::string FormatTruncation(const Truncation& truncation);

struct AudioInfo {
  AudioFormat format = AudioFormat::kWav;
  std::string encoding;      // "PCM 16 bit", "MPEG-1 Layer III, 128 kbit/s"
  int rate_hz = 0;           // kMinRateHz to kMaxRateHz
  int channels = 0;          // At least 1.
  std::uint64_t frames = 0;  // One sample of each channel is a frame.
  std::string decoder;       // Library and version: "libsndfile 1.2.0".
  std::optional<Truncation> truncation;
  // Bytes among or behind the audio that are neither audio nor a known tag.
  std::uint64_t skipped_bytes = 0;
  // What else a careful reader should know, one sentence each.
  std::vector<std::string> notes;

  double seconds() const {
    return static_cast<double>(frames) / static_cast<double>(rate_hz);
  }
};

inline constexpr int kMinRateHz = 8000;
inline constexpr int kMaxRateHz = 192000;

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_AUDIO_INFO_H_
