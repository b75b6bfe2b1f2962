// The small piece of a study that a machine is measured with.

#ifndef CULTUREMERT_EXPERIMENTS_ESTIMATE_CALIBRATION_STUDY_H_
#define CULTUREMERT_EXPERIMENTS_ESTIMATE_CALIBRATION_STUDY_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "experiments/study/experiment_config.h"
#include "experiments/study/study_context.h"

namespace culturemert {

struct CalibrationSize {
  std::int64_t train = 0;  // Recordings.
  std::int64_t valid = 0;
  std::int64_t test = 0;
  std::int64_t updates = 0;  // Of each stage.
};

struct SmallStudy {
  ExperimentConfig config;
  // Whether the model has fewer layers or the audio is shorter than the
  // study's.
  bool is_cut = false;
};

// `config`, as small as `size`: one rendered set, the base model, the first
// pre-training there is, log-mel statistics if they are a row. Where an update,
// or the features of a recording, take more than `affordable_flops`, batches
// become smaller; where that does not help, audio becomes shorter, and the
// model, with random weights then, no deeper than two layers. Errors: those of
// TrainingOf and OfFeatures.
absl::StatusOr<SmallStudy> CalibrationStudy(const StudyContext& context,
                                            const ExperimentConfig& config,
                                            const CalibrationSize& size,
                                            double affordable_flops);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ESTIMATE_CALIBRATION_STUDY_H_
