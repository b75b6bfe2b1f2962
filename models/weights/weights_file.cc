#include "models/weights/weights_file.h"

#include <memory>
#include <utility>

#include "models/weights/safetensors.h"
#include "models/weights/torch_file.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

absl::StatusOr<WeightsFileKind> KindOf(Files& files, absl::string_view path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file, files.Map(path));
  return SniffWeightsFile(file->bytes(), path);
}

}  // namespace

absl::StatusOr<WeightsFile> LoadWeightsFile(Files& files,
                                            absl::string_view path) {
  WeightsFile result;
  ASSIGN_OR_RETURN(result.kind, KindOf(files, path));
  if (result.kind == WeightsFileKind::kSafetensors) {
    ASSIGN_OR_RETURN(Safetensors file, LoadSafetensors(files, path));
    result.tensors = std::move(file.tensors);
    result.metadata = std::move(file.metadata);
    return result;
  }
  ASSIGN_OR_RETURN(TorchFile file, LoadTorchFile(files, path));
  result.tensors = std::move(file.tensors);
  result.string_lists = std::move(file.string_lists);
  result.opaque = std::move(file.document.opaque);
  return result;
}

}  // namespace culturemert
