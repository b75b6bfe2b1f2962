// The pre-training loss by the operations of the original, in their order and
// with their waste, as the plain reference: forward() of mert_model.py
// (github.com/yizhilll/MERT) and hubert_criterion.py (fairseq).

#ifndef CULTUREMERT_TESTS_MODELS_PRETRAINING_ORIGINAL_LOSS_H_
#define CULTUREMERT_TESTS_MODELS_PRETRAINING_ORIGINAL_LOSS_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "models/pretraining/pretraining_heads.h"
#include "models/pretraining/pretraining_loss.h"

namespace culturemert {

struct OriginalLoss {
  at::Tensor sum;                         // loss * sample_size
  std::vector<at::Tensor> cross_entropy;  // [K] scalars, summed over frames
  std::vector<std::int64_t> correct;      // [K]
  at::Tensor cqt_error;
  std::int64_t sample_size = 0;
};

// Arguments as of ComputePretrainingLoss, all of one floating-point type.
OriginalLoss ComputeOriginalLoss(const PretrainingLossConfig& config,
                                 const PretrainingHeads& heads,
                                 const at::Tensor& last_hidden,
                                 const at::Tensor& feature_penalty,
                                 const PretrainingTargets& targets);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_MODELS_PRETRAINING_ORIGINAL_LOSS_H_
