// Any bytes are WAV, AIFF, FLAC or Vorbis, or are refused with the file's name;
// what is loaded is as long as the file says, and the same in one go, in parts
// and after other parts.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "datasets/audio/audio_file.h"
#include "datasets/audio/audio_format.h"
#include "tools/base/files/memory_files.h"

namespace culturemert {
namespace {

// A small file may hold hours of silence.
constexpr double kMaxSeconds = 2;

void Check(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", property);
  std::abort();
}

void CheckLoaded(const MonoAudio& audio, const AudioInfo& announced) {
  const AudioInfo& info = audio.info;
  Check(info.channels >= 1 && info.rate_hz >= kMinRateHz &&
            info.rate_hz <= kMaxRateHz,
        "channels and rate are possible");
  Check(info.rate_hz == announced.rate_hz &&
            info.channels == announced.channels &&
            info.encoding == announced.encoding,
        "loading changes nothing of what the header says");
  const auto most_frames =
      static_cast<std::uint64_t>(kMaxSeconds * info.rate_hz);
  if (info.frames >= most_frames) {
    Check(audio.samples.size() ==
              ResampledLength(most_frames, info.rate_hz, audio.rate_hz),
          "an excerpt is as long as asked for");
  } else {
    Check(audio.samples.size() ==
              ResampledLength(info.frames, info.rate_hz, audio.rate_hz),
          "a file is as long as its frames");
    Check(info.frames == announced.frames || info.truncation.has_value() ||
              !info.notes.empty(),
          "no frame is lost or found without a word");
  }
}

void CheckFile(absl::string_view bytes) {
  MemoryFiles files;
  if (!files.WriteAtomically("/a", bytes).ok()) return;
  LoadOptions options;
  options.max_seconds = kMaxSeconds;
  const absl::StatusOr<AudioInfo> info = ReadAudioInfo(files, "/a");
  const absl::StatusOr<MonoAudio> audio = LoadMono(files, "/a", options);
  if (!info.ok()) {
    Check(absl::StartsWith(info.status().message(), "/a: "),
          "an error names its file");
    Check(audio.status() == info.status(), "loading gives the same error");
    return;
  }
  if (info->truncation.has_value()) {
    Check(!audio.ok(), "a truncated file is refused");
  }
  if (audio.ok()) {
    CheckLoaded(*audio, *info);
  } else {
    Check(absl::StartsWith(audio.status().message(), "/a: "),
          "an error names its file");
  }
  options.accept_truncated = true;
  const absl::StatusOr<MonoAudio> accepted = LoadMono(files, "/a", options);
  if (accepted.ok()) CheckLoaded(*accepted, *info);
  Check(!audio.ok() || (accepted.ok() && accepted->samples == audio->samples),
        "accepting truncated files changes nothing for others");
}

}  // namespace
}  // namespace culturemert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto audio = culturemert::WithoutTags(absl::MakeConstSpan(data, size));
  const auto format = culturemert::DetectFormat(audio);
  if (format.ok() && *format == culturemert::AudioFormat::kMp3) return 0;
  culturemert::CheckFile(
      absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
