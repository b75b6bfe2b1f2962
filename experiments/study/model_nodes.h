// The actions that make weights.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_MODEL_NODES_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_MODEL_NODES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/artifacts/plan.h"
#include "experiments/study/experiment_config.h"
#include "experiments/study/study_context.h"

namespace culturemert {

// "weights.base"
std::string WeightsNodeId(absl::string_view label);

// In every artifact with weights: a folder of ExportMert.
inline constexpr char kWeightsFolderName[] = "weights";
// In those of pre-training: metrics_log.h.
inline constexpr char kTrainingMetricsName[] = "metrics.jsonl";

// The weights at `path`; reads them now, for the key.
absl::StatusOr<PlanNode> ImportWeightsNode(const StudyContext& context,
                                           const std::string& label,
                                           const std::string& path);

// Random weights of the shape of the node `like`, or of `shape` if that is "".
absl::StatusOr<PlanNode> RandomWeightsNode(const std::string& label,
                                           const MertConfig& shape,
                                           const std::string& like);

// `model` is a kPretrain of `config`; `training` is what its settings make of
// config.pretraining.
absl::StatusOr<PlanNode> PretrainNode(const StudyContext& context,
                                      const ExperimentConfig& config,
                                      const ModelConfig& model,
                                      const TrainingConfig& training);

// `model` is a kMerge of `config`.
absl::StatusOr<PlanNode> MergeNode(const ExperimentConfig& config,
                                   const ModelConfig& model);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_MODEL_NODES_H_
