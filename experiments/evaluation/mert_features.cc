#include "experiments/evaluation/mert_features.h"

#include <ATen/core/Tensor.h>

#include "absl/strings/str_cat.h"
#include "models/mert/mert_config.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

MertFeatures::MertFeatures(const Mert& mert, absl::string_view weights_identity,
                           Pooling pooling)
    : mert_(mert),
      identity_(absl::StrCat("MERT ", weights_identity)),
      pooling_(pooling) {}

std::int64_t MertFeatures::states() const { return mert_.config().layers + 1; }

std::int64_t MertFeatures::state_size() const {
  const std::int64_t vectors = pooling_ == Pooling::kMean ? 1 : 2;
  return vectors * mert_.config().hidden_size;
}

std::int64_t MertFeatures::min_samples() const { return kMertMinSamples; }

absl::StatusOr<at::Tensor> MertFeatures::Extract(
    const at::Tensor& audio) const {
  // [states, B, state_size()]
  ASSIGN_OR_RETURN(const at::Tensor pooled,
                   pooling_ == Pooling::kMean
                       ? mert_.HiddenStateMeans(audio)
                       : mert_.HiddenStateMeansAndDeviations(audio));
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    return pooled.transpose(0, 1).to(at::kCPU, at::kFloat).contiguous();
  });
}

}  // namespace culturemert
