// From an experiment's configuration to its plan.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_STUDY_PLAN_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_STUDY_PLAN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "experiments/artifacts/plan.h"
#include "experiments/study/experiment_config.h"
#include "experiments/study/study_context.h"

namespace culturemert {

// Every row, with what it needs: audio, codes, weights, features, probes,
// scores and comparisons. Reads the metadata of data sets and hashes weights,
// since keys depend on them, and computes nothing. All that is missing (data
// sets, weights, settings that do not fit) is collected into one error, a
// paragraph each.
absl::StatusOr<Plan> MakeStudyPlan(const StudyContext& context,
                                   const ExperimentConfig& config);

// config.pretraining with the model's changes.
absl::StatusOr<TrainingConfig> TrainingOf(const ExperimentConfig& config,
                                          const ModelConfig& model);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_STUDY_PLAN_H_
