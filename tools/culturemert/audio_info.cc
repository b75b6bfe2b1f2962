// culturemert audio info: what audio files hold, by their headers.

#include "datasets/audio/audio_info.h"

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "datasets/audio/audio_file.h"
#include "tools/base/console/human.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/culturemert/command.h"

namespace culturemert {
namespace {

void PrintInfo(const std::string& path, const AudioInfo& info,
               std::ostream& out) {
  out << Printable(path) << "\n  " << NameOf(info.format) << ", "
      << info.encoding << ", " << info.rate_hz << " Hz, " << info.channels
      << (info.channels == 1 ? " channel" : " channels") << "\n  "
      << info.frames << " frames, " << FormatDuration(info.seconds())
      << "\n  read by " << info.decoder << "\n";
  if (info.truncation.has_value()) {
    out << "  " << FormatTruncation(*info.truncation) << "\n";
  }
  for (const std::string& note : info.notes) out << "  note: " << note << "\n";
}

absl::Status RunAudioInfo(const std::vector<std::string>& arguments,
                          std::ostream& out) {
  if (arguments.empty()) return UsageError("name at least one audio file");
  std::size_t failed = 0;
  absl::Status first;
  for (const std::string& argument : arguments) {
    const std::string path = ResolveUserPath(argument);
    const absl::StatusOr<AudioInfo> info = ReadAudioInfo(Files::Real(), path);
    if (info.ok()) {
      PrintInfo(argument, *info, out);
      continue;
    }
    out << Printable(argument)
        << "\n  cannot be read: " << Printable(info.status().message()) << "\n";
    if (failed++ == 0) first = info.status();
  }
  if (failed == 0 || arguments.size() == 1) return first;
  return absl::Status(
      first.code(),
      absl::StrCat(failed, " of ", arguments.size(), " files cannot be read"));
}

const bool registered =
    RegisterCommand({"audio info",
                     "shows format, rate, channels and length of audio files",
                     "FILE...",
                     {},
                     &RunAudioInfo});

}  // namespace
}  // namespace culturemert
