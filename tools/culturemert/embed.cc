// culturemert embed: MERT's hidden states of an audio file, as NumPy reads
// them.

#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "datasets/audio/audio_file.h"
#include "models/device/device.h"
#include "models/mert/mert.h"
#include "models/tensors/torch_errors.h"
#include "models/weights/mert_weights.h"
#include "tools/base/console/human.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/npy.h"
#include "tools/base/status/status_macros.h"
#include "tools/culturemert/command.h"
#include "tools/culturemert/common_flags.h"

ABSL_FLAG(bool, normalize, false,
          "bring the audio to zero mean and unit variance first, as MARBLE "
          "does; MERT's pre-training does not");
ABSL_FLAG(std::string, dtype, "float32",
          "what to compute in: float32 or bfloat16");

namespace culturemert {
namespace {

absl::Status CheckFlags(const std::vector<std::string>& arguments) {
  if (!arguments.empty()) {
    return UsageError(absl::StrCat("unexpected '", arguments.front(), "'"));
  }
  if (absl::GetFlag(FLAGS_weights).empty()) {
    return UsageError(
        "--weights=PATH is needed: a MERT checkpoint, or the folder of one");
  }
  if (absl::GetFlag(FLAGS_audio).empty()) {
    return UsageError("--audio=FILE is needed");
  }
  if (!absl::EndsWithIgnoreCase(absl::GetFlag(FLAGS_output), ".npy")) {
    return UsageError("--output=FILE.npy is needed");
  }
  const std::string dtype = absl::GetFlag(FLAGS_dtype);
  if (dtype != "float32" && dtype != "bfloat16") {
    return UsageError(
        absl::StrCat("--dtype=", dtype, ": expected float32 or bfloat16"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Mert>> LoadMert(Files& files,
                                               std::ostream& out) {
  ASSIGN_OR_RETURN(const c10::Device device,
                   SelectDevice(absl::GetFlag(FLAGS_device)));
  const std::string path = ResolveUserPath(absl::GetFlag(FLAGS_weights));
  ASSIGN_OR_RETURN(MertCheckpoint checkpoint, LoadMertCheckpoint(files, path));
  for (const std::string& note : checkpoint.notes) {
    out << "note: " << note << "\n";
  }
  ASSIGN_OR_RETURN(
      std::unique_ptr<Mert> mert,
      Annotate(Mert::Create(checkpoint.config, std::move(checkpoint.encoder)),
               path));
  RETURN_IF_ERROR(mert->To(device, absl::GetFlag(FLAGS_dtype) == "bfloat16"
                                       ? at::kBFloat16
                                       : at::kFloat));
  return mert;
}

// float32 [layers + 1, T, D] on the CPU.
absl::StatusOr<at::Tensor> Embed(const Mert& mert,
                                 std::vector<float>& samples) {
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    at::Tensor audio = at::from_blob(
        samples.data(), {1, static_cast<std::int64_t>(samples.size())},
        at::kFloat);
    if (MertFrames(audio.size(1)) > 0 && absl::GetFlag(FLAGS_normalize)) {
      ASSIGN_OR_RETURN(audio, NormalizeUtterances(audio));
    }
    ASSIGN_OR_RETURN(const at::Tensor states, mert.HiddenStates(audio));
    return states.select(1, 0).to(at::kCPU, at::kFloat).contiguous();
  });
}

absl::Status WriteStates(Files& files, const std::string& path,
                         const at::Tensor& states) {
  std::vector<std::uint64_t> shape;
  for (const std::int64_t size : states.sizes()) shape.push_back(size);
  return WriteNpy<float>(
      files, path,
      absl::MakeConstSpan(states.const_data_ptr<float>(), states.numel()),
      shape);
}

absl::Status RunEmbed(const std::vector<std::string>& arguments,
                      std::ostream& out) {
  RETURN_IF_ERROR(CheckFlags(arguments));
  Files& files = Files::Real();
  // The audio first: reading it costs little, and it may be refused.
  const std::string audio_path = ResolveUserPath(absl::GetFlag(FLAGS_audio));
  LoadOptions load;
  load.rate_hz = kMertRateHz;
  ASSIGN_OR_RETURN(MonoAudio audio, LoadMono(files, audio_path, load));
  ASSIGN_OR_RETURN(const std::unique_ptr<Mert> mert, LoadMert(files, out));
  ASSIGN_OR_RETURN(const at::Tensor states,
                   Annotate(Embed(*mert, audio.samples), audio_path));
  const std::string output = ResolveUserPath(absl::GetFlag(FLAGS_output));
  RETURN_IF_ERROR(WriteStates(files, output, states));
  for (const std::string& note : audio.info.notes) {
    out << "note: " << note << "\n";
  }
  out << "wrote " << Printable(output) << ": " << states.size(0)
      << " hidden states of " << states.size(1) << " frames and "
      << states.size(2) << " values, "
      << FormatDuration(static_cast<double>(audio.samples.size()) / kMertRateHz)
      << " of audio\n";
  return absl::OkStatus();
}

const bool registered = RegisterCommand(
    {"embed",
     "writes MERT's hidden states of an audio file",
     "--weights=PATH --audio=FILE --output=FILE.npy [--normalize] "
     "[--device=auto] [--dtype=float32]",
     {"weights", "audio", "output", "normalize", "device", "dtype"},
     &RunEmbed});

}  // namespace
}  // namespace culturemert
