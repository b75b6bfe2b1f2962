// Actions that all processes of an experiment run together. Rank 0 plans, takes
// and runs actions and writes records; the others have made the same plan,
// sleep, and take part in the actions that rank 0 calls them for:
//
//   rank 0                                the others
//   RunPlan                               ServeRankZero
//     an action's function:
//       CallRanks(processes, action)        the same action's function
//       collective calls                    collective calls
//     actions of its own                    asleep
//   DismissRanks(processes)               returns

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_SHARED_ACTIONS_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_SHARED_ACTIONS_H_

#include <functional>

#include "absl/status/status.h"
#include "experiments/artifacts/action.h"
#include "experiments/artifacts/plan.h"
#include "experiments/distributed/process_group.h"
#include "tools/base/files/files.h"

namespace culturemert {

// Rank 0, in the action's function, before it calls anything collective: the
// others run the same function, on the same directories. An action that fails
// on one rank must Abort the group, or the others wait for it.
absl::Status CallRanks(ProcessGroup& processes, const ActionContext& action);

// Rank 0, when there is nothing left to do together.
absl::Status DismissRanks(ProcessGroup& processes);

// The other ranks: does what rank 0 calls for, without progress, until it
// dismisses them. An action that was asked to stop, with all ranks, is no
// error. kFailedPrecondition, on all ranks, if rank 0 calls for an action that
// is not in this plan; else the action's error, or the group's.
absl::Status ServeRankZero(const Plan& plan, ProcessGroup& processes,
                           Files& files,
                           const std::function<bool()>& stop_requested);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_SHARED_ACTIONS_H_
