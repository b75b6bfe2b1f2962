// What a stage minimises, as its configuration says: the one thing in which
// stages differ beside their data.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_STAGE_LOSS_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_STAGE_LOSS_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "experiments/training/pretraining_step.h"
#include "experiments/training/training_config.h"
#include "experiments/training/training_data.h"
#include "models/pretraining/pretraining_loss.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

class StageLoss {
 public:
  virtual ~StageLoss() = default;

  // What is trained with the stage and thrown away after it, under names that
  // the model does not have.
  virtual const NamedTensors& own_parameters() const = 0;

  // Forward and backward of one micro-batch; see AccumulateMicroBatch.
  virtual absl::StatusOr<PretrainingSums> Accumulate(
      std::int64_t update, const MicroBatch& micro_batch) const = 0;

  // Without gradients, the same every time.
  virtual absl::StatusOr<PretrainingSums> Validate(
      const MicroBatch& micro_batch) const = 0;

  // The sums of no micro-batch, with as many books as those of any.
  virtual PretrainingSums NoSums() const = 0;

 protected:
  StageLoss() = default;
};

// The loss of a stage of `config`, whose data are `data`. The model must
// outlive it. Errors: those of SpectrogramRegression::Create.
absl::StatusOr<std::unique_ptr<StageLoss>> CreateStageLoss(
    const TrainingConfig& config, const StageConfig& stage,
    const PretrainingModel& model, const TrainingData& data);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_STAGE_LOSS_H_
