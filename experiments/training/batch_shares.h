// Whether several processes can share the batches of a training.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_BATCH_SHARES_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_BATCH_SHARES_H_

#include "absl/status/status.h"
#include "experiments/training/training_config.h"

namespace culturemert {

// kInvalidArgument, naming the stage and what to set, unless every stage's
// batch is as many whole micro-batches for each of the processes.
absl::Status CheckBatchShares(const TrainingConfig& config, int processes);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_BATCH_SHARES_H_
