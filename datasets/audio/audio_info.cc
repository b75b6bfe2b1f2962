#include "datasets/audio/audio_info.h"

#include "absl/strings/str_cat.h"

namespace culturemert {

absl::string_view NameOf(AudioFormat format) {
  switch (format) {
    case AudioFormat::kWav:
      return "WAV";
    case AudioFormat::kAiff:
      return "AIFF";
    case AudioFormat::kFlac:
      return "FLAC";
    case AudioFormat::kOggVorbis:
      return "Ogg Vorbis";
    case AudioFormat::kMp3:
      return "MP3";
  }
  return "unknown";
}

std::string FormatTruncation(const Truncation& truncation) {
  return absl::StrCat(
      "truncated: ", truncation.found_frames,
      truncation.expected_frames.has_value()
          ? absl::StrCat(" of ", *truncation.expected_frames, " frames")
          : " frames of an unknown number",
      " (", truncation.reason, ")");
}

}  // namespace culturemert
