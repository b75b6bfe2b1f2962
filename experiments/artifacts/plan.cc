#include "experiments/artifacts/plan.h"

#include <exception>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "re2/re2.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/nearest_name.h"

namespace culturemert {
namespace {

constexpr int kAmbiguous = -1;

std::string Quoted(absl::string_view id) {
  return absl::StrCat("node \"", id, "\"");
}

// Puts nodes behind their inputs, depth first.
class Sorter {
 public:
  explicit Sorter(const std::vector<PlanNode>& nodes) : nodes_(nodes) {
    for (int i = 0; i < static_cast<int>(nodes.size()); ++i) {
      by_id_.emplace(nodes[i].id, i);
    }
    marks_.resize(nodes.size());
  }

  absl::StatusOr<std::vector<int>> Sort() {
    for (int i = 0; i < static_cast<int>(nodes_.size()); ++i) {
      RETURN_IF_ERROR(Visit(i));
    }
    return order_;
  }

 private:
  enum class Mark { kNew, kOpen, kDone };

  absl::Status Visit(int index) {
    if (marks_[index] == Mark::kDone) return absl::OkStatus();
    if (marks_[index] == Mark::kOpen) return CycleError(index);
    marks_[index] = Mark::kOpen;
    path_.push_back(index);
    for (const auto& [name, id] : nodes_[index].inputs) {
      const auto input = by_id_.find(id);
      if (input == by_id_.end()) {
        return absl::InvalidArgumentError(absl::StrCat(
            Quoted(nodes_[index].id), ": its input \"", name, "\" is ",
            Quoted(id), ", which the plan does not have", Hint(id)));
      }
      RETURN_IF_ERROR(Visit(input->second));
    }
    path_.pop_back();
    marks_[index] = Mark::kDone;
    order_.push_back(index);
    return absl::OkStatus();
  }

  absl::Status CycleError(int index) const {
    std::vector<std::string> ids;
    for (const int step : path_) {
      if (step == index || !ids.empty()) ids.push_back(nodes_[step].id);
    }
    ids.push_back(nodes_[index].id);
    return absl::InvalidArgumentError(
        absl::StrCat("the plan has a cycle, each node an input of the one "
                     "before: ",
                     absl::StrJoin(ids, " → ")));
  }

  std::string Hint(absl::string_view id) const {
    std::vector<std::string> ids;
    for (const PlanNode& node : nodes_) ids.push_back(node.id);
    return DidYouMean(id, ids);
  }

  const std::vector<PlanNode>& nodes_;
  std::map<std::string, int> by_id_;
  std::vector<Mark> marks_;
  std::vector<int> path_;
  std::vector<int> order_;
};

absl::Status CheckNode(const PlanNode& node) {
  if (node.id.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("a node of the action \"", node.action, "\" has no id"));
  }
  if (node.label.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(Quoted(node.id), " has no label"));
  }
  if (!node.run) {
    return absl::InvalidArgumentError(
        absl::StrCat(Quoted(node.id), " has no function to run"));
  }
  return absl::OkStatus();
}

bool Matches(const Plan::Node& node, const RE2& expression) {
  for (const std::string& id : node.ids) {
    if (RE2::PartialMatch(id, expression)) return true;
  }
  return RE2::PartialMatch(node.label(), expression) ||
         RE2::PartialMatch(node.recipe.action, expression);
}

}  // namespace

absl::StatusOr<Plan> Plan::Create(std::vector<PlanNode> nodes) {
  for (const PlanNode& node : nodes) RETURN_IF_ERROR(CheckNode(node));
  ASSIGN_OR_RETURN(const std::vector<int> order, Sorter(nodes).Sort());
  Plan plan;
  // A repeated id is resolved to its first definition by the sorter; the key
  // tells whether that made a difference.
  for (const int index : order) {
    ASSIGN_OR_RETURN(Node node, plan.Resolve(std::move(nodes[index])));
    const std::string& id = node.definition.id;
    const auto same = plan.by_id_.find(id);
    if (same != plan.by_id_.end() &&
        !(plan.nodes_[same->second].artifact() == node.artifact())) {
      return absl::InvalidArgumentError(
          absl::StrCat(Quoted(id), " is in the plan twice, with two meanings"));
    }
    plan.Add(std::move(node));
  }
  std::set<int> read;
  for (const Node& node : plan.nodes_) {
    for (const auto& [name, input] : node.inputs) read.insert(input);
  }
  for (int i = 0; i < static_cast<int>(plan.nodes_.size()); ++i) {
    if (read.count(i) == 0) plan.nodes_[i].is_target = true;
  }
  return plan;
}

// With its key; the nodes it reads are in the plan already.
absl::StatusOr<Plan::Node> Plan::Resolve(PlanNode definition) const {
  Node node;
  node.recipe = {definition.action, definition.version, definition.config, {}};
  for (const auto& [name, id] : definition.inputs) {
    const int input = by_id_.at(id);
    node.inputs[name] = input;
    node.recipe.inputs[name] = nodes_[input].artifact();
  }
  ASSIGN_OR_RETURN(node.key, Annotate(ComputeArtifactKey(node.recipe),
                                      Quoted(definition.id)));
  node.ids = {definition.id};
  node.is_target = definition.is_result;
  node.definition = std::move(definition);
  return node;
}

Plan Plan::Union(const std::vector<Plan>& plans) {
  Plan all;
  for (const Plan& plan : plans) {
    for (Node node : plan.nodes_) {
      for (auto& [name, input] : node.inputs) {
        input = all.by_artifact_.at(plan.nodes_[input].artifact());
      }
      all.Add(std::move(node));
    }
  }
  return all;
}

void Plan::Add(Node node) {
  const auto [place, is_new] =
      by_artifact_.emplace(node.artifact(), static_cast<int>(nodes_.size()));
  const int index = place->second;
  for (const std::string& id : node.ids) {
    const auto [known, is_new_id] = by_id_.emplace(id, index);
    if (!is_new_id && known->second != index) known->second = kAmbiguous;
  }
  if (is_new) {
    nodes_.push_back(std::move(node));
  } else {
    nodes_[index].ids.insert(node.ids.begin(), node.ids.end());
    nodes_[index].is_target |= node.is_target;
  }
}

absl::StatusOr<int> Plan::FindNode(absl::string_view id) const {
  const auto found = by_id_.find(std::string(id));
  if (found == by_id_.end()) {
    std::vector<std::string> ids;
    for (const auto& [known, index] : by_id_) ids.push_back(known);
    return absl::NotFoundError(
        absl::StrCat("the plan has no ", Quoted(id), DidYouMean(id, ids)));
  }
  if (found->second == kAmbiguous) {
    return absl::FailedPreconditionError(absl::StrCat(
        Quoted(id), " means several artifacts in this union of plans"));
  }
  return found->second;
}

absl::StatusOr<std::vector<int>> Plan::Select(absl::string_view only) const {
  std::vector<int> selected;
  const RE2 expression(re2::StringPiece(only.data(), only.size()), RE2::Quiet);
  if (!expression.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", only, "\" is no regular expression (RE2): ", expression.error()));
  }
  for (int i = 0; i < static_cast<int>(nodes_.size()); ++i) {
    const Node& node = nodes_[i];
    const bool is_selected =
        only.empty() ? node.is_target : Matches(node, expression);
    if (is_selected) selected.push_back(i);
  }
  if (selected.empty() && !only.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "no action of the plan matches \"", only, "\"; --list shows all"));
  }
  return selected;
}

std::set<ArtifactKey> Plan::Keys() const {
  std::set<ArtifactKey> keys;
  for (const Node& node : nodes_) keys.insert(node.key);
  return keys;
}

absl::StatusOr<ActionCost> EstimateCost(const Plan::Node& node) {
  if (!node.definition.estimate) return ActionCost();
  try {
    return node.definition.estimate();
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat(
        node.label(), ": the estimate threw an exception: ", error.what()));
  }
}

}  // namespace culturemert
