#include "experiments/evaluation/mert_features.h"

#include <ATen/core/Tensor.h>

#include "absl/strings/str_cat.h"
#include "models/mert/mert_config.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

MertFeatures::MertFeatures(const Mert& mert, absl::string_view weights_identity)
    : mert_(mert), identity_(absl::StrCat("MERT ", weights_identity)) {}

std::int64_t MertFeatures::states() const { return mert_.config().layers + 1; }

std::int64_t MertFeatures::state_size() const {
  return mert_.config().hidden_size;
}

std::int64_t MertFeatures::min_samples() const { return kMertMinSamples; }

absl::StatusOr<at::Tensor> MertFeatures::Extract(
    const at::Tensor& audio) const {
  // [states, B, D]
  ASSIGN_OR_RETURN(const at::Tensor means, mert_.HiddenStateMeans(audio));
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    return means.transpose(0, 1).to(at::kCPU, at::kFloat).contiguous();
  });
}

}  // namespace culturemert
