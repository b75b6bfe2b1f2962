// How fast this machine does what a study does: measured on a small piece of
// that very study, by its own actions.

#ifndef CULTUREMERT_EXPERIMENTS_ESTIMATE_CALIBRATION_H_
#define CULTUREMERT_EXPERIMENTS_ESTIMATE_CALIBRATION_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "experiments/estimate/action_speeds.h"
#include "experiments/study/experiment_config.h"
#include "experiments/study/study_context.h"

namespace culturemert {

struct Calibration {
  std::vector<MeasuredAction> actions;
  double matrix_flops = 0;  // A second, of one large matrix product.
  double seconds = 0;       // That all of it took.
};

// Some recordings of the study's first rendered set (or of rendered makam,
// where all sets are files), its tokenizer, its model's shape with random
// weights, an update or a few of each stage of its first pre-training, features
// and probes of the result and of log-mel statistics where the study has them.
// All of it is run three times: to warm up, small, and larger. Models too large
// for that in some seconds are cut to two layers and shorter audio, and run
// once; so is what takes more than ten seconds. All in all it takes seconds, or
// tens of them for MERT-95M on a laptop.
//
// Works in `folder`, which must not exist and does not in the end. Actions that
// fail are left out. `stop_requested`, which may be empty, is asked between
// actions and by them. Errors: kCancelled when it ended the work; of
// MakeStudyPlan; the first action's where none succeeds; those of Files.
absl::StatusOr<Calibration> Calibrate(
    const StudyContext& context, const ExperimentConfig& config,
    const std::string& folder,
    const std::function<bool()>& stop_requested = {});

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ESTIMATE_CALIBRATION_H_
