// Which artifacts of a plan are there, and which must be made for the wanted
// ones.

#ifndef CULTUREMERT_EXPERIMENTS_ARTIFACTS_PLAN_STATES_H_
#define CULTUREMERT_EXPERIMENTS_ARTIFACTS_PLAN_STATES_H_

#include <vector>

#include "absl/status/status.h"
#include "experiments/artifacts/artifact_store.h"
#include "experiments/artifacts/plan.h"

namespace culturemert {

enum class NodeState {
  kNotNeeded,  // No wanted artifact that is still to be made reads it.
  kPresent,
  kMissing,
  kDamaged,
};

// Plan and store must outlive it.
class PlanStates {
 public:
  PlanStates(const Plan& plan, ArtifactStore& store)
      : plan_(plan),
        store_(store),
        states_(plan.nodes().size(), NodeState::kNotNeeded) {}

  // Looks for the node's artifact and, where it is not there intact, for its
  // inputs (their sizes only), and so on. An intact artifact needs no inputs:
  // they may have been pruned. Errors: those of ArtifactStore::Find where it
  // cannot be told.
  absl::Status Demand(int node, Verification verification);

  // As Demand, whatever was found before. True if the artifact is there intact.
  absl::StatusOr<bool> LookAgain(int node, Verification verification);

  void SetPresent(int node) { states_[node] = NodeState::kPresent; }

  NodeState operator[](int node) const { return states_[node]; }
  // It has to be made.
  bool IsToDo(int node) const {
    return states_[node] == NodeState::kMissing ||
           states_[node] == NodeState::kDamaged;
  }
  bool HasAllInputs(int node) const;

 private:
  const Plan& plan_;
  ArtifactStore& store_;
  std::vector<NodeState> states_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ARTIFACTS_PLAN_STATES_H_
