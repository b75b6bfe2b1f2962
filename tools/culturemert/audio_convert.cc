// culturemert audio convert: any audio file as WAV of one channel, decoded and
// resampled as everywhere in the suite.

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "datasets/audio/audio_file.h"
#include "datasets/audio/audio_info.h"
#include "datasets/audio/wav_writer.h"
#include "tools/base/console/human.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/culturemert/command.h"
#include "tools/culturemert/common_flags.h"

ABSL_FLAG(std::string, input, "", "the audio file to read");
ABSL_FLAG(std::int32_t, rate_hz, 24000,
          "sample rate of the output, 8000 to 192000 Hz");
ABSL_FLAG(bool, float32, false,
          "write 32-bit float samples instead of 16-bit integers");
ABSL_FLAG(bool, accept_truncated, false,
          "take what is there of a file that holds less than it announces");

namespace culturemert {
namespace {

absl::Status CheckFlags(const std::vector<std::string>& arguments) {
  if (!arguments.empty()) {
    return UsageError(absl::StrCat("unexpected '", arguments.front(), "'"));
  }
  if (absl::GetFlag(FLAGS_input).empty()) {
    return UsageError("--input=FILE is needed");
  }
  if (!absl::EndsWithIgnoreCase(absl::GetFlag(FLAGS_output), ".wav")) {
    return UsageError("--output=FILE.wav is needed");
  }
  const int rate_hz = absl::GetFlag(FLAGS_rate_hz);
  if (rate_hz < kMinRateHz || rate_hz > kMaxRateHz) {
    return UsageError(absl::StrCat("--rate_hz=", rate_hz, ": expected ",
                                   kMinRateHz, " to ", kMaxRateHz));
  }
  return absl::OkStatus();
}

absl::Status RunAudioConvert(const std::vector<std::string>& arguments,
                             std::ostream& out) {
  RETURN_IF_ERROR(CheckFlags(arguments));
  LoadOptions options;
  options.rate_hz = absl::GetFlag(FLAGS_rate_hz);
  options.accept_truncated = absl::GetFlag(FLAGS_accept_truncated);
  ASSIGN_OR_RETURN(
      const MonoAudio audio,
      LoadMono(Files::Real(), ResolveUserPath(absl::GetFlag(FLAGS_input)),
               options));
  const std::string output = ResolveUserPath(absl::GetFlag(FLAGS_output));
  RETURN_IF_ERROR(WriteWav(Files::Real(), output, audio.samples, audio.rate_hz,
                           absl::GetFlag(FLAGS_float32) ? WavEncoding::kFloat32
                                                        : WavEncoding::kPcm16));
  for (const std::string& note : audio.info.notes) {
    out << "note: " << note << "\n";
  }
  if (audio.info.truncation.has_value()) {
    out << FormatTruncation(*audio.info.truncation) << "\n";
  }
  out << "wrote " << Printable(output) << ": " << audio.samples.size()
      << " samples, "
      << FormatDuration(static_cast<double>(audio.samples.size()) /
                        audio.rate_hz)
      << " at " << audio.rate_hz << " Hz\n";
  return absl::OkStatus();
}

const bool registered = RegisterCommand(
    {"audio convert",
     "writes any audio file as WAV of one channel",
     "--input=FILE --output=FILE.wav [--rate_hz=24000] [--float32] "
     "[--accept_truncated]",
     {"input", "output", "rate_hz", "float32", "accept_truncated"},
     &RunAudioConvert});

}  // namespace
}  // namespace culturemert
