// Numbers added up over all processes of a training.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_RANK_SUMS_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_RANK_SUMS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "experiments/distributed/process_group.h"
#include "models/pretraining/pretraining_loss.h"

namespace culturemert {

// Each value's sum over all ranks, the same bits on all of them; every rank
// gives as many. `processes` null, here and below: one process, whose values
// they are. The group's errors.
absl::StatusOr<std::vector<double>> SumNumbers(std::vector<double> values,
                                               ProcessGroup* processes);

// The same for a loss's sums; every rank has as many books.
absl::StatusOr<PretrainingSums> SumOverRanks(const PretrainingSums& sums,
                                             ProcessGroup* processes);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_RANK_SUMS_H_
