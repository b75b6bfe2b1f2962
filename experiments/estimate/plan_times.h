// How long a plan would take, for --dry_run: on this machine, or with a GPU
// that is not here.

#ifndef CULTUREMERT_EXPERIMENTS_ESTIMATE_PLAN_TIMES_H_
#define CULTUREMERT_EXPERIMENTS_ESTIMATE_PLAN_TIMES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/estimate/action_speeds.h"
#include "experiments/study/definitions.h"
#include "experiments/study/study_context.h"

namespace culturemert {

struct PlanTimes {
  ActionSpeeds speeds;
  // Where the times come from, in whole lines for a terminal.
  std::string explanation;
};

// Calibrates with the first of the studies that pre-trains, or the first there
// is, in a temporary folder. `gpu` is a name of PublishedGpus, on which
// pre-training and features are then, or "". A calibration that fails is
// explained and leaves all times unknown that no GPU tells. kInvalidArgument
// for an unknown GPU; there must be a study.
absl::StatusOr<PlanTimes> EstimatePlanTimes(const StudyContext& context,
                                            const std::vector<Study>& studies,
                                            absl::string_view gpu);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ESTIMATE_PLAN_TIMES_H_
