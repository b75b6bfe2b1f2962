// The loss on held-out audio while training runs.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_HELD_OUT_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_HELD_OUT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "experiments/distributed/process_group.h"
#include "experiments/training/stage_loss.h"
#include "experiments/training/training_config.h"
#include "experiments/training/training_data.h"

namespace culturemert {

// Whether the loss is to be measured after `done` of a stage's `updates`:
// times_per_stage times, as evenly as can be, the last after the last update.
bool IsValidationDue(const ValidationConfig& config, std::int64_t done,
                     std::int64_t updates);

// The mean loss a frame (a hidden one, where some are) of the first `segments`
// segments of the sampler, in whole micro-batches of `micro_batch_segments`:
// the same segments and masks every time, without mixture and dropout. Several
// processes (null for one alone) share the micro-batches, and all get the mean.
absl::StatusOr<double> HeldOutLoss(const StageLoss& loss,
                                   const TrainingData& held_out,
                                   std::int64_t segments,
                                   std::int64_t micro_batch_segments,
                                   ProcessGroup* processes);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_HELD_OUT_H_
