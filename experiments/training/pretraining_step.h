// One update of pre-training, micro-batch by micro-batch. For B segments of
// S = 120,000 samples that become T = 374 frames:
//
//   audio [B, S] ── CqtTeacher ──▶ targets [B, T + 2, 336]     5 ms a segment
//     │        └─── codes of the store [8, B, T]
//   PlanMixture, Mix ──▶ mixed [B, S]
//   DrawSpanMask     ──▶ mask  [B, T]
//   Mert::Forward    ──▶ last hidden state [B, T, D]           55 GMAC a
//   segment ComputePretrainingLoss ──▶ sum over hidden frames backward ──▶
//   gradients, added up over micro-batches
//
// After the last one the gradients are divided by the number of hidden frames
// of all micro-batches and processes, clipped, and Adam updates the weights.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_PRETRAINING_STEP_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_PRETRAINING_STEP_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "experiments/training/parameter_groups.h"
#include "experiments/training/training_config.h"
#include "experiments/training/training_data.h"
#include "models/cqt/cqt_teacher.h"
#include "models/mert/mert.h"
#include "models/pretraining/pretraining_heads.h"
#include "models/pretraining/pretraining_loss.h"
#include "models/tensors/named_tensors.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {

// What is trained; all must outlive what uses them.
struct PretrainingModel {
  Mert* encoder = nullptr;
  PretrainingHeads* heads = nullptr;
  const CqtTeacher* teacher = nullptr;
};

// Encoder and heads together. Their names differ.
NamedTensors AllParameters(const PretrainingModel& model);

// Makes exactly the parameters of these groups require gradients, drops the
// gradients there are, and returns them.
absl::StatusOr<NamedTensors> SetTrainable(
    const PretrainingModel& model, absl::Span<const ParameterGroup> groups);

// Of the recipe, what a micro-batch needs.
struct PretrainingRecipe {
  std::uint64_t seed = 0;
  MixtureConfig mixture;
  SpanMaskConfig mask;
  PretrainingLossConfig loss;
  ComputeType dtype = ComputeType::kFloat32;
};

// What the configuration says of it.
PretrainingRecipe RecipeOf(const TrainingConfig& config);

// All randomness of an update: `update` counts through the whole training, so
// that no two updates share any.
RandomStream StreamOfUpdate(std::uint64_t seed, std::int64_t update);

// Forward and backward of one micro-batch with dropout, mixture and masks drawn
// from the streams of (seed, update, row). Adds to the gradients, and returns
// the loss's sums. A loss that is not finite is returned, not an error; no
// gradient is added then.
absl::StatusOr<PretrainingSums> AccumulateMicroBatch(
    const PretrainingModel& model, const PretrainingRecipe& recipe,
    std::int64_t update, const MicroBatch& micro_batch);

// The loss of a micro-batch as it is in validation: masked as micro-batch
// `number` of every validation is, no mixture, no dropout, no gradients.
absl::StatusOr<PretrainingSums> ValidateMicroBatch(
    const PretrainingModel& model, const PretrainingRecipe& recipe,
    const MicroBatch& micro_batch);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_PRETRAINING_STEP_H_
