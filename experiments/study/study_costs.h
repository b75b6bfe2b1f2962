// What a study's actions take, as far as its configuration and the data sets'
// metadata tell: audio, training steps, floating-point operations, bytes of
// output. Seconds are for those who know the machine
// (experiments/estimate/action_speeds.h).
//
// All of it is rough, within a factor of two where not said otherwise, and
// nothing where it cannot be told: recordings whose metadata have no duration,
// weights without a config.json. Operations are counted by the mathematics, two
// for each multiply and add.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_STUDY_COSTS_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_STUDY_COSTS_H_

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "experiments/artifacts/action.h"
#include "experiments/evaluation/probing_config.h"
#include "experiments/study/experiment_config.h"
#include "experiments/study/study_context.h"
#include "experiments/training/training_config.h"
#include "models/mert/mert_config.h"

namespace culturemert {

// Not to be used by two threads at once: it remembers what it has read.
class StudyCosts {
 public:
  // Keeps copies; context.files has to outlive it. Reads nothing yet.
  StudyCosts(StudyContext context, ExperimentConfig config);

  // The shape of a model's encoder: of weights, as their config.json tells;
  // none where there is none, and for rows that are no MERT.
  std::optional<MertConfig> ShapeOf(const ModelConfig& model) const;

  // The functions below have errors of LoadAnyDataset only.

  // k-means of config.base.
  absl::StatusOr<ActionCost> OfTokenizerFit();
  absl::StatusOr<ActionCost> OfCodes(const std::string& dataset);
  // Of weights that are copied, drawn or merged.
  ActionCost OfWeights(const ModelConfig& model) const;
  // Steps exactly where the stages set `updates`. The operations are
  // UpdateFlops, with validation.
  absl::StatusOr<ActionCost> OfPretraining(const ModelConfig& model,
                                           const TrainingConfig& training);
  // No operations for what is no MERT.
  absl::StatusOr<ActionCost> OfFeatures(const ModelConfig& model,
                                        const std::string& dataset);
  // As if probes stopped early after 60 % of the most epochs they may take, as
  // those of the mini study do on average.
  absl::StatusOr<ActionCost> OfProbes(const ModelConfig& model,
                                      const ProbingConfig& probing,
                                      const std::string& dataset);
  absl::StatusOr<ActionCost> OfScores(const std::string& dataset);
  absl::StatusOr<ActionCost> OfComparison(const std::string& dataset);

 private:
  struct Part {
    double recordings = 0;
    double seconds = 0;
    double probed_seconds = 0;  // Within the cap on durations.
  };
  struct SetSize {
    Part train;
    Part valid;
    Part test;
    double tags = 0;

    Part all() const;
  };

  // None where a duration is not known.
  absl::StatusOr<std::optional<SetSize>> SizeOf(const std::string& dataset);
  absl::StatusOr<std::optional<SetSize>> ReadSize(const DatasetConfig& config);
  // Audio that a dataset has for training.
  absl::StatusOr<std::optional<double>> TrainingSeconds(
      const std::string& dataset);
  absl::StatusOr<std::optional<double>> PoolSeconds(const ModelConfig& model);
  double WindowsOf(const Part& part) const;
  // Numbers of one window's features; none where the shape is not known.
  std::optional<double> StatesOf(const ModelConfig& model) const;
  std::optional<double> StateSizeOf(const ModelConfig& model) const;

  const StudyContext context_;
  const ExperimentConfig config_;
  std::map<std::string, std::optional<SetSize>> sizes_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_STUDY_COSTS_H_
