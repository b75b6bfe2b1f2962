// A plan for people: what --dry_run, --list and --explain print.

#ifndef CULTUREMERT_EXPERIMENTS_ARTIFACTS_PLAN_TEXT_H_
#define CULTUREMERT_EXPERIMENTS_ARTIFACTS_PLAN_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/artifacts/artifact_store.h"
#include "experiments/artifacts/plan.h"
#include "tools/base/console/human.h"

namespace culturemert {

// A row a node that Plan::Select(only) finds or that is needed for one:
//
//   state       key       size    estimate  action
//   present     99aa06d3  1.2 GB            makam · audio
//   partial     01fe77c2  23 MB   2 min 3 s makam · codes
//   missing     7a0b3f11                    record
//
// and below it how many are there, and what is to do: time, training steps,
// audio, floating-point operations and disk space as far as estimated, with
// what the disk has free. "not needed" is what no wanted artifact that is to be
// made reads. Damage that only checksums show is not looked for. Nothing is
// written.
absl::StatusOr<std::string> FormatPlan(const Plan& plan, ArtifactStore& store,
                                       absl::string_view only, Charset charset);

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
