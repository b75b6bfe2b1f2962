#include "experiments/artifacts/plan_states.h"

#include "absl/status/statusor.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

absl::Status PlanStates::Demand(int node, Verification verification) {
  if (states_[node] != NodeState::kNotNeeded) return absl::OkStatus();
  const absl::Status found =
      store_.Find(plan_.nodes()[node].artifact(), verification).status();
  if (found.ok()) {
    states_[node] = NodeState::kPresent;
    return absl::OkStatus();
  }
  if (absl::IsDataLoss(found)) {
    states_[node] = NodeState::kDamaged;
  } else if (absl::IsNotFound(found)) {
    states_[node] = NodeState::kMissing;
  } else {
    return found;
  }
  for (const auto& [name, input] : plan_.nodes()[node].inputs) {
    RETURN_IF_ERROR(Demand(input, Verification::kSizes));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> PlanStates::LookAgain(int node,
                                           Verification verification) {
  states_[node] = NodeState::kNotNeeded;
  RETURN_IF_ERROR(Demand(node, verification));
  return states_[node] == NodeState::kPresent;
}

bool PlanStates::HasAllInputs(int node) const {
  for (const auto& [name, input] : plan_.nodes()[node].inputs) {
    if (states_[input] != NodeState::kPresent) return false;
  }
  return true;
}

}  // namespace culturemert
