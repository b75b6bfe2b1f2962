// In-batch mixture of audio, as mixture_plan.h planned it.
//
// It is for training alone. Codes and CQT targets are those of the clean clips:
// take them before, and evaluate on `clean` itself.

#ifndef CULTUREMERT_MODELS_PRETRAINING_MIXTURE_H_
#define CULTUREMERT_MODELS_PRETRAINING_MIXTURE_H_

#include <ATen/core/Tensor.h>

#include "absl/status/statusor.h"
#include "models/pretraining/mixture_plan.h"

namespace culturemert {

// A copy of `clean`, [B, samples] of a floating-point type on any device, with
// the plan's pieces of the clean clips, times `gain`, added. The values equal
// those of the original bit for bit where gain is 1. kInvalidArgument for
// another shape, or a plan for another number of clips or with a piece that is
// not within its clip and pool.
absl::StatusOr<at::Tensor> Mix(const at::Tensor& clean, const MixturePlan& plan,
                               double gain);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_PRETRAINING_MIXTURE_H_
