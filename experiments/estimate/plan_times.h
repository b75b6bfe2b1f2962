// How long a plan would take, for --dry_run: on this machine, or with a GPU
// that is not here.

#ifndef CULTUREMERT_EXPERIMENTS_ESTIMATE_PLAN_TIMES_H_
#define CULTUREMERT_EXPERIMENTS_ESTIMATE_PLAN_TIMES_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "experiments/estimate/action_speeds.h"
#include "experiments/study/definitions.h"
#include "experiments/study/study_context.h"

namespace culturemert {

struct PlanTimes {
  ActionSpeeds speeds;
  // Where the times come from, in whole lines for a terminal.
  std::string explanation;
};

struct EstimateOptions {
  // A name of PublishedGpus, on which pre-training and features are then; "":
  // on this machine.
  std::string gpu;
  // That are to train together. Each has a GPU `gpu` of its own; on this
  // machine they share what one has, so that times are those of one.
  int processes = 1;
  // Whether to end soon. May be empty.
  std::function<bool()> stop_requested;
};

// Calibrates with the first of the studies that pre-trains, or the first there
// is, in a temporary folder. A calibration that fails is explained and leaves
// all times unknown that no GPU tells. kInvalidArgument for an unknown GPU;
// kCancelled, with the folder removed, when asked to stop; there must be a
// study.
absl::StatusOr<PlanTimes> EstimatePlanTimes(const StudyContext& context,
                                            const std::vector<Study>& studies,
                                            const EstimateOptions& options);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ESTIMATE_PLAN_TIMES_H_
