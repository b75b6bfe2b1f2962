#include "models/pretraining/mixture.h"

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

absl::Status CheckPlan(std::int64_t clips, std::int64_t clip_samples,
                       const MixturePlan& plan) {
  if (static_cast<std::int64_t>(plan.size()) != clips) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the mixture plan is for ", plan.size(), " clips, not ", clips));
  }
  const std::int64_t pool_samples = (clips - 1) * clip_samples;
  for (std::size_t clip = 0; clip < plan.size(); ++clip) {
    for (const MixturePiece& piece : plan[clip]) {
      if (piece.samples < 0 || piece.samples > clip_samples ||
          piece.pool_first_sample < 0 || piece.clip_first_sample < 0 ||
          piece.pool_first_sample > pool_samples - piece.samples ||
          piece.clip_first_sample > clip_samples - piece.samples) {
        return absl::InvalidArgumentError(absl::StrCat(
            "the mixture plan adds ", piece.samples, " samples from ",
            piece.pool_first_sample, " of a pool of ", pool_samples, " at ",
            piece.clip_first_sample, " of clip ", clip, " of ", clip_samples,
            " samples, which is not within them"));
      }
    }
  }
  return absl::OkStatus();
}

// Adds one piece to clip `target` of `mixed`, clip by clip of the pool.
void AddPiece(const at::Tensor& clean, const MixturePiece& piece,
              std::int64_t target, double gain, at::Tensor& mixed) {
  const std::int64_t clip_samples = clean.size(1);
  std::int64_t done = 0;
  while (done < piece.samples) {
    const std::int64_t pool_sample = piece.pool_first_sample + done;
    const std::int64_t pool_clip = pool_sample / clip_samples;
    const std::int64_t source = pool_clip < target ? pool_clip : pool_clip + 1;
    const std::int64_t start = pool_sample % clip_samples;
    const std::int64_t length =
        std::min(piece.samples - done, clip_samples - start);
    mixed.select(0, target)
        .narrow(0, piece.clip_first_sample + done, length)
        .add_(clean.select(0, source).narrow(0, start, length), gain);
    done += length;
  }
}

}  // namespace

absl::StatusOr<at::Tensor> Mix(const at::Tensor& clean, const MixturePlan& plan,
                               double gain) {
  if (!clean.defined() || clean.dim() != 2 || !clean.is_floating_point()) {
    return absl::InvalidArgumentError(
        "audio to mix must be floating point [B, samples]");
  }
  RETURN_IF_ERROR(CheckPlan(clean.size(0), clean.size(1), plan));
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    at::Tensor mixed = clean.detach().clone();  // [B, samples]
    for (std::size_t clip = 0; clip < plan.size(); ++clip) {
      for (const MixturePiece& piece : plan[clip]) {
        AddPiece(clean.detach(), piece, static_cast<std::int64_t>(clip), gain,
                 mixed);
      }
    }
    return mixed;
  });
}

}  // namespace culturemert
