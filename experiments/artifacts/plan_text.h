// A plan for people: what --dry_run, --list and --explain print.

#ifndef CULTUREMERT_EXPERIMENTS_ARTIFACTS_PLAN_TEXT_H_
#define CULTUREMERT_EXPERIMENTS_ARTIFACTS_PLAN_TEXT_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/artifacts/action.h"
#include "experiments/artifacts/artifact_store.h"
#include "experiments/artifacts/plan.h"
#include "tools/base/console/human.h"

namespace culturemert {

// The seconds that an action of this name and cost takes; none if not known.
using SecondsEstimator = std::function<std::optional<double>(
    absl::string_view action, const ActionCost& cost)>;

// A row a node that Plan::Select(only) finds or that is needed for one:
//
//   state       key       size    estimate  action
//   present     99aa06d3  1.2 GB            makam · audio
//   partial     01fe77c2  23 MB   2 min 3 s makam · codes
//   missing     7a0b3f11                    record
//
// then what is to do, a row for each kind of action and one for all:
//
//   to do     actions  time         steps  audio       FLOPs    disk
//   pretrain  2        5 min 09 s   800    3 h 33 min  2.7e+13  14 MB
//   probe     36       18.3 s                          4.1e+12  0.9 MB
//   all       38       5 min 27 s   800                3.1e+13  15 MB
//
// The audio is what the actions of the kind read or write, which is why it has
// no sum. Behind a time, "+" says that some actions' time is not known; "?"
// that none is. The other columns are of what is known, and left out if nothing
// is. Below are what is there, what is to do, and what the disk has free.
//
// Seconds are those of the node's estimate, else of `seconds` (none: unknown).
// An action that was cut off counts as if it had to start anew. "not needed" is
// what no wanted artifact that is to be made reads. Damage that only checksums
// show is not looked for. Nothing is written.
absl::StatusOr<std::string> FormatPlan(const Plan& plan, ArtifactStore& store,
                                       absl::string_view only, Charset charset,
                                       const SecondsEstimator& seconds = {});

// A line a node: key, ids, label.
std::string FormatPlanList(const Plan& plan);

// What the key of a node is made of (action, version, configuration, inputs
// with their labels and keys), and what the store has of it. `key` is any start
// of the key, at least 4 digits, or a node's id. kNotFound when no node has it,
// kInvalidArgument when several do.
absl::StatusOr<std::string> ExplainKey(const Plan& plan, ArtifactStore& store,
                                       absl::string_view key);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ARTIFACTS_PLAN_TEXT_H_
