// What an experiment computes: actions, and which reads which.
//
//   ASSIGN_OR_RETURN(const Plan plan, Plan::Create({audio, codes, record}));
//   RETURN_IF_ERROR(RunPlan(plan, store, options));   // runner.h
//
// A plan is data; nothing is read or computed by making one.

#ifndef CULTUREMERT_EXPERIMENTS_ARTIFACTS_PLAN_H_
#define CULTUREMERT_EXPERIMENTS_ARTIFACTS_PLAN_H_

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/artifacts/action.h"
#include "experiments/artifacts/artifact_key.h"

namespace culturemert {

// An action as the maker of a plan states it.
struct PlanNode {
  std::string id;      // Its name in the plan: "makam.codes".
  std::string label;   // For people: "makam · codes".
  std::string action;  // These four make the key; see artifact_key.h.
  int version = 1;
  nlohmann::json config = nlohmann::json::object();
  std::map<std::string, std::string> inputs;  // The action's name → node id.
  // Whether the action goes on from its own unfinished work.
  bool is_resumable = false;
  // Whether the artifact is wanted for itself even if another action reads it.
  // One that none reads is wanted always.
  bool is_result = false;
  ActionFunction run;
  // May be empty.
  std::function<absl::StatusOr<ActionCost>()> estimate;
};

class Plan {
 public:
  struct Node {
    PlanNode definition;
    ArtifactRecipe recipe;
    ArtifactKey key;
    std::map<std::string, int> inputs;  // Input's name → index in nodes().
    std::set<std::string> ids;          // All that the plan gives it.
    bool is_target = false;             // Wanted for itself.

    ArtifactId artifact() const { return {recipe.action, key}; }
    const std::string& label() const { return definition.label; }
  };

  // kInvalidArgument, naming the node, for ids given twice with different
  // content, inputs that no node is, cycles (all nodes of one are named), nodes
  // without a function or label, and what ComputeArtifactKey refuses. Nodes
  // with equal keys become one, with all their ids and the first one's label.
  static absl::StatusOr<Plan> Create(std::vector<PlanNode> nodes);

  // All that the plans hold, what they share once. An id that means different
  // nodes in them is no id of the union.
  static Plan Union(const std::vector<Plan>& plans);

  // Inputs come before what reads them, else in the order given.
  const std::vector<Node>& nodes() const { return nodes_; }

  // The index of the node; kNotFound with the nearest id.
  absl::StatusOr<int> FindNode(absl::string_view id) const;

  // Indexes of the wanted nodes: those that an RE2 finds a match in (anywhere
  // in an id, the label or the action's name), or if `only` is empty the
  // targets. kInvalidArgument for a bad expression and for one that matches
  // nothing.
  absl::StatusOr<std::vector<int>> Select(absl::string_view only) const;

  // For ArtifactStore's pruning: what this plan can still use.
  std::set<ArtifactKey> Keys() const;

 private:
  absl::StatusOr<Node> Resolve(PlanNode definition) const;
  void Add(Node node);

  std::vector<Node> nodes_;
  std::map<ArtifactId, int> by_artifact_;
  std::map<std::string, int> by_id_;  // -1 where it is ambiguous.
};

// The node's estimate; nothing known where it has none. What the function
// throws becomes kInternal.
absl::StatusOr<ActionCost> EstimateCost(const Plan::Node& node);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ARTIFACTS_PLAN_H_
