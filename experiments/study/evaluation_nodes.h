// The actions that turn weights into results: features, probes, scores.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_EVALUATION_NODES_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_EVALUATION_NODES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/artifacts/plan.h"
#include "experiments/evaluation/probing_config.h"
#include "experiments/study/experiment_config.h"
#include "experiments/study/study_context.h"

namespace culturemert {

// Ids of nodes: "features.base.makam" and so on.
std::string FeaturesNodeId(absl::string_view model, absl::string_view dataset);
std::string ProbeNodeId(absl::string_view model, absl::string_view dataset);
std::string ScoreNodeId(absl::string_view model, absl::string_view dataset);
std::string CompareNodeId(absl::string_view model, absl::string_view against,
                          absl::string_view dataset);

// In the artifacts of scores and comparisons: a record (set_scores.h).
inline constexpr char kPartialRecordName[] = "record.json";

// A feature store; none for chance, which is probed without.
absl::StatusOr<PlanNode> FeaturesNode(const StudyContext& context,
                                      const ExperimentConfig& config,
                                      const ModelConfig& model,
                                      const std::string& dataset);

// `probing` is what the model's settings make of the experiment's.
absl::StatusOr<PlanNode> ProbeNode(const StudyContext& context,
                                   const ExperimentConfig& config,
                                   const ModelConfig& model,
                                   const ProbingConfig& probing,
                                   const std::string& dataset);

PlanNode ScoreNode(const StudyContext& context, const ExperimentConfig& config,
                   const ModelConfig& model, const std::string& dataset);

PlanNode CompareNode(const StudyContext& context,
                     const ExperimentConfig& config, const ModelPair& pair,
                     const std::string& dataset);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_EVALUATION_NODES_H_
