// Which recordings of prepared sets a pre-training hears, and which it is
// validated on.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_TRAINING_SOURCES_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_TRAINING_SOURCES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "datasets/catalog/split.h"
#include "experiments/actions/training_pool.h"
#include "experiments/artifacts/action.h"
#include "experiments/study/experiment_config.h"

namespace culturemert {

// Those that models are pre-trained on: training, and what the data set's
// settings add to it.
std::vector<Split> TrainingSplits(const DatasetConfig& dataset);

// The recordings of these splits of a data set whose SetNodeId and CodesNodeId
// name inputs of the action. kInternal if they do not.
absl::StatusOr<PoolSource> SourceOf(const ActionContext& action,
                                    const std::string& dataset,
                                    std::vector<Split> splits);

// The validation recordings of each of the data sets that has some and is not
// trained on them (`trained`: splits by data set). Where that leaves nothing,
// it says so on the action's console. Errors: of SourceOf and ReadPreparedSet.
absl::StatusOr<std::vector<PoolSource>> HeldOutSources(
    const ActionContext& action, const std::vector<std::string>& datasets,
    const std::map<std::string, std::vector<Split>>& trained);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_TRAINING_SOURCES_H_
