#include "experiments/evaluation/log_mel_statistics.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>

#include <utility>

#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

absl::StatusOr<std::unique_ptr<LogMelStatistics>> LogMelStatistics::Create() {
  ASSIGN_OR_RETURN(std::unique_ptr<FrameFeatures> log_mel,
                   FrameFeatures::Create(FrameFeature::kLogMel));
  return std::unique_ptr<LogMelStatistics>(
      new LogMelStatistics(std::move(log_mel)));
}

LogMelStatistics::LogMelStatistics(std::unique_ptr<FrameFeatures> log_mel)
    : log_mel_(std::move(log_mel)) {}

absl::StatusOr<at::Tensor> LogMelStatistics::Extract(
    const at::Tensor& audio) const {
  // [B, frames, bands]
  ASSIGN_OR_RETURN(const at::Tensor frames, log_mel_->Extract(audio));
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    const at::NoGradGuard no_grad;
    const at::Tensor exact = frames.to(at::kDouble);
    const at::Tensor mean = exact.mean(1, /*keepdim=*/true);
    const at::Tensor deviation =
        (exact - mean).square().mean(1, /*keepdim=*/true).sqrt();
    return at::cat({mean, deviation}, /*dim=*/2).to(at::kFloat).contiguous();
  });
}

}  // namespace culturemert
