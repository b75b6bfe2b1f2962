// Which format a file of weights has, told by its first bytes. Free of
// LibTorch.

#ifndef CULTUREMERT_MODELS_WEIGHTS_WEIGHTS_FILE_KIND_H_
#define CULTUREMERT_MODELS_WEIGHTS_WEIGHTS_FILE_KIND_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace culturemert {

enum class WeightsFileKind {
  kSafetensors,
  kTorchZip,     // torch.save since PyTorch 1.6
  kTorchLegacy,  // torch.save before
};

// "safetensors", "torch.save (zip)", "torch.save (before PyTorch 1.6)".
absl::string_view WeightsFileKindName(WeightsFileKind kind);

// The kind of the file with these bytes (all or at least the first kilobyte of
// it), called `source` in errors. A kind is no promise that the rest is in
// order. kInvalidArgument for other contents, saying what they look like: an
// empty file, a Git LFS pointer that stands for a file not downloaded, an HTML
// page and the like.
absl::StatusOr<WeightsFileKind> SniffWeightsFile(
    absl::Span<const std::uint8_t> bytes, absl::string_view source);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_WEIGHTS_FILE_KIND_H_
