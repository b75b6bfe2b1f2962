#include "models/tokenizer/load_tokenizer.h"

#include <ATen/core/Tensor.h>

#include <utility>

#include "absl/status/status.h"
#include "models/encodec/encodec_tokenizer.h"
#include "models/kmeans/kmeans_tokenizer.h"
#include "models/tensors/torch_errors.h"
#include "models/weights/encodec_weights.h"
#include "models/weights/weights_file.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

bool HoldsKmeans(Files& files, absl::string_view path) {
  const absl::StatusOr<WeightsFile> file =
      LoadWeightsFile(files, std::string(path));
  return file.ok() && file->tensors.count("books") > 0 &&
         file->tensors.count("mean") > 0 && file->tensors.count("scale") > 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tokenizer>> LoadTokenizer(Files& files,
                                                         absl::string_view path,
                                                         c10::Device device,
                                                         bool whole_files) {
  if (HoldsKmeans(files, path)) {
    ASSIGN_OR_RETURN(std::unique_ptr<KmeansTokenizer> kmeans,
                     KmeansTokenizer::Load(files, path));
    return std::unique_ptr<Tokenizer>(std::move(kmeans));
  }
  ASSIGN_OR_RETURN(EncodecCheckpoint checkpoint,
                   LoadEncodecCheckpoint(files, path));
  RETURN_IF_ERROR(CatchTorchErrors([&]() -> absl::Status {
    for (auto& [name, tensor] : checkpoint.tensors) tensor = tensor.to(device);
    return absl::OkStatus();
  }));
  EncodecTokenizerOptions options;
  options.unit = whole_files ? EncodecUnit::kWhole : EncodecUnit::kPiece;
  ASSIGN_OR_RETURN(std::unique_ptr<EncodecTokenizer> encodec,
                   Annotate(EncodecTokenizer::Create(
                                checkpoint.config, checkpoint.tensors, options),
                            path));
  return std::unique_ptr<Tokenizer>(std::move(encodec));
}

}  // namespace culturemert
