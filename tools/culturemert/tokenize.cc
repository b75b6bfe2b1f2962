// culturemert tokenize: the discrete labels of an audio file, as NumPy reads
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
#include "datasets/audio/audio_info.h"
#include "models/device/device.h"
#include "models/tensors/torch_errors.h"
#include "models/tokenizer/load_tokenizer.h"
#include "models/tokenizer/tokenizer.h"
#include "tools/base/console/human.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/npy.h"
#include "tools/base/status/status_macros.h"
#include "tools/culturemert/command.h"
#include "tools/culturemert/common_flags.h"

ABSL_FLAG(bool, whole_file, false,
          "encode the file as a whole instead of pieces of 30 s");

namespace culturemert {
namespace {

absl::Status CheckFlags(const std::vector<std::string>& arguments) {
  if (!arguments.empty()) {
    return UsageError(absl::StrCat("unexpected '", arguments.front(), "'"));
  }
  if (absl::GetFlag(FLAGS_weights).empty()) {
    return UsageError("--weights=PATH is needed");
  }
  if (absl::GetFlag(FLAGS_audio).empty()) {
    return UsageError("--audio=FILE is needed");
  }
  if (!absl::EndsWithIgnoreCase(absl::GetFlag(FLAGS_output), ".npy")) {
    return UsageError("--output=FILE.npy is needed");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Tokenizer>> OpenTokenizer(Files& files) {
  ASSIGN_OR_RETURN(const c10::Device device,
                   SelectDevice(absl::GetFlag(FLAGS_device)));
  return LoadTokenizer(files, ResolveUserPath(absl::GetFlag(FLAGS_weights)),
                       device, absl::GetFlag(FLAGS_whole_file));
}

// int64 [books, T] on the CPU.
absl::StatusOr<at::Tensor> Tokenize(const Tokenizer& tokenizer,
                                    std::vector<float>& samples) {
  if (samples.empty()) {
    return absl::InvalidArgumentError("holds no audio to tokenize");
  }
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    const at::Tensor audio =
        at::from_blob(samples.data(),
                      {static_cast<std::int64_t>(samples.size())}, at::kFloat);
    ASSIGN_OR_RETURN(const at::Tensor codes, tokenizer.Codes(audio));
    return codes.contiguous();
  });
}

absl::Status WriteCodes(Files& files, const std::string& path,
                        const at::Tensor& codes) {
  const std::int64_t* values = codes.const_data_ptr<std::int64_t>();
  // At most 65536 codes a book.
  const std::vector<std::uint16_t> narrow(values, values + codes.numel());
  return WriteNpy<std::uint16_t>(files, path, narrow,
                                 {static_cast<std::uint64_t>(codes.size(0)),
                                  static_cast<std::uint64_t>(codes.size(1))});
}

absl::Status RunTokenize(const std::vector<std::string>& arguments,
                         std::ostream& out) {
  RETURN_IF_ERROR(CheckFlags(arguments));
  Files& files = Files::Real();
  ASSIGN_OR_RETURN(const std::unique_ptr<Tokenizer> tokenizer,
                   OpenTokenizer(files));
  const std::string audio_path = ResolveUserPath(absl::GetFlag(FLAGS_audio));
  LoadOptions load;
  load.rate_hz = kTokenizerRateHz;
  ASSIGN_OR_RETURN(MonoAudio audio, LoadMono(files, audio_path, load));
  ASSIGN_OR_RETURN(const at::Tensor codes,
                   Annotate(Tokenize(*tokenizer, audio.samples), audio_path));
  const std::string output = ResolveUserPath(absl::GetFlag(FLAGS_output));
  RETURN_IF_ERROR(WriteCodes(files, output, codes));
  for (const std::string& note : audio.info.notes) {
    out << "note: " << note << "\n";
  }
  out << "tokenizer: " << tokenizer->identity() << "\n"
      << "wrote " << Printable(output) << ": " << codes.size(0) << " books of "
      << codes.size(1) << " codes, "
      << FormatDuration(static_cast<double>(audio.samples.size()) /
                        kTokenizerRateHz)
      << " of audio\n";
  return absl::OkStatus();
}

const bool registered = RegisterCommand(
    {"tokenize",
     "writes the codes of an audio file, the labels of pre-training",
     "--weights=PATH --audio=FILE --output=FILE.npy [--whole_file] "
     "[--device=auto]",
     {"weights", "audio", "output", "whole_file", "device"},
     &RunTokenize});

}  // namespace
}  // namespace culturemert
