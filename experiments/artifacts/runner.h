// Makes what is missing of a plan.
//
// The wanted artifacts are looked for and compared with their checksums, what
// they need only if they have to be made: a finished experiment is found
// finished in the time it takes to read its results. Then, in the plan's order,
// every action whose inputs are there is taken and run, one at a time; an
// action uses the whole machine. Inputs are compared with their checksums
// before they are read, once a process. A damaged artifact is named, put aside
// as <key>.damaged-<n> and made again.
//
// Several processes, on one machine or several, may run plans in one store at
// the same time. Each takes what nobody holds (claim.h); one that finds nothing
// left to take waits for the others, and uses what they made.
//
// A run that ends early, for whatever reason, is gone on with by running the
// same plan again: finished actions are kept, and resumable ones go on from
// what they had written.

#ifndef CULTUREMERT_EXPERIMENTS_ARTIFACTS_RUNNER_H_
#define CULTUREMERT_EXPERIMENTS_ARTIFACTS_RUNNER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "experiments/artifacts/artifact_store.h"
#include "experiments/artifacts/plan.h"
#include "tools/base/console/console.h"

namespace culturemert {

struct RunOptions {
  // Runs only the nodes that Plan::Select finds, and what they need.
  std::string only;
  // Compares every artifact of the plan with its checksums first.
  bool verify_all = false;
  // After an error, goes on with what does not depend on the failed action.
  bool keep_going = false;
  // Whether to end soon: asked between actions, and by actions. May be empty.
  std::function<bool()> stop_requested;
  // Gets a line a step, without line feed, and what is worth a warning. By
  // default LogInfo and LogWarning (tools/base/console/logging.h).
  std::function<void(absl::string_view)> print;
  std::function<void(absl::string_view)> warn;
  // Of the actions' progress.
  Console* console = &Console::Stderr();
  bool is_quiet = false;
  // How often it looks whether another process is done.
  absl::Duration poll_interval = absl::Seconds(1);
};

struct RunSummary {
  int reused = 0;         // Were there.
  int computed = 0;       // By this process.
  int made_by_other = 0;  // By other processes, meanwhile.
  double seconds = 0;
};

// OK when all wanted artifacts are there. kCancelled when stop_requested ended
// it: then what was unfinished is in its partial directory. Otherwise the first
// action's error, naming its label, key and directory and how to go on; what an
// action throws becomes kInternal. kInvalidArgument for a bad `only`.
absl::StatusOr<RunSummary> RunPlan(const Plan& plan, ArtifactStore& store,
                                   const RunOptions& options = {});

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ARTIFACTS_RUNNER_H_
