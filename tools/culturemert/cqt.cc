// culturemert cqt: the constant-Q spectrum of an audio file, as MERT's
// pre-training predicts it, for programs in Python and for people who plot it.

#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "datasets/audio/audio_file.h"
#include "datasets/audio/audio_info.h"
#include "models/cqt/cqt_options.h"
#include "models/cqt/cqt_teacher.h"
#include "tools/base/console/human.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/npy.h"
#include "tools/base/status/status_macros.h"
#include "tools/culturemert/command.h"
#include "tools/culturemert/common_flags.h"

namespace culturemert {
namespace {

absl::Status CheckFlags(const std::vector<std::string>& arguments) {
  if (!arguments.empty()) {
    return UsageError(absl::StrCat("unexpected '", arguments.front(), "'"));
  }
  if (absl::GetFlag(FLAGS_audio).empty()) {
    return UsageError("--audio=FILE is needed");
  }
  if (!absl::EndsWithIgnoreCase(absl::GetFlag(FLAGS_output), ".npy")) {
    return UsageError("--output=FILE.npy is needed");
  }
  return absl::OkStatus();
}

absl::Status RunCqt(const std::vector<std::string>& arguments,
                    std::ostream& out) {
  RETURN_IF_ERROR(CheckFlags(arguments));
  const CqtOptions options;
  LoadOptions load;
  load.rate_hz = options.sample_rate_hz;
  const std::string path = ResolveUserPath(absl::GetFlag(FLAGS_audio));
  ASSIGN_OR_RETURN(MonoAudio audio, LoadMono(Files::Real(), path, load));
  if (audio.samples.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": holds no samples; there is nothing to analyse"));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<CqtTeacher> teacher,
                   CqtTeacher::Create(options));
  const std::int64_t samples = static_cast<std::int64_t>(audio.samples.size());
  ASSIGN_OR_RETURN(
      const at::Tensor magnitudes,
      Annotate(teacher->Magnitudes(at::from_blob(audio.samples.data(),
                                                 {1, samples}, at::kFloat)),
               path));
  const at::Tensor rows =
      magnitudes.select(0, 0).t().contiguous();  // [bins, frames]
  const std::string output = ResolveUserPath(absl::GetFlag(FLAGS_output));
  RETURN_IF_ERROR(WriteNpy<float>(
      Files::Real(), output,
      absl::MakeConstSpan(rows.const_data_ptr<float>(), rows.numel()),
      {static_cast<std::uint64_t>(rows.size(0)),
       static_cast<std::uint64_t>(rows.size(1))}));
  for (const std::string& note : audio.info.notes) {
    out << "note: " << note << "\n";
  }
  out << "wrote " << Printable(output) << ": float32 [" << rows.size(0) << ", "
      << rows.size(1) << "], linear magnitudes of " << rows.size(0)
      << " bins from " << options.minimum_frequency_hz << " Hz, "
      << options.bins_per_octave << " an octave; frame t at t * "
      << options.hop_samples << " / " << options.sample_rate_hz << " s\n"
      << "next: numpy.load gives the array; MERT's frame t, of 320 samples "
         "from t * 320 on, is to predict column t\n";
  return absl::OkStatus();
}

const bool registered =
    RegisterCommand({"cqt",
                     "writes the constant-Q spectrum of an audio file",
                     "--audio=FILE --output=FILE.npy",
                     {"audio", "output"},
                     &RunCqt});

}  // namespace
}  // namespace culturemert
