// Plans of small actions that write text, for tests.

#ifndef CULTUREMERT_TESTS_EXPERIMENTS_ARTIFACTS_TINY_PLAN_H_
#define CULTUREMERT_TESTS_EXPERIMENTS_ARTIFACTS_TINY_PLAN_H_

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "experiments/artifacts/action.h"
#include "experiments/artifacts/artifact_store.h"
#include "experiments/artifacts/plan.h"
#include "experiments/artifacts/runner.h"

namespace culturemert {

// The action "write": its file "text" holds the configuration and, in brackets,
// its inputs' texts; so it shows everything it was made from.
absl::StatusOr<nlohmann::json> WriteText(const ActionContext& context,
                                         const nlohmann::json& config);

// A node that does so. `inputs` are ids, which also are the inputs' names.
// Where `ran` is given, its id is added when it runs.
PlanNode TextNode(const std::string& id, const std::vector<std::string>& inputs,
                  std::vector<std::string>* ran = nullptr);

// a and b, c of both, d of c.
std::vector<PlanNode> DiamondNodes(std::vector<std::string>* ran = nullptr);

// Plan::Create, which must work.
Plan MakePlan(std::vector<PlanNode> nodes);

// Collects what is printed and warned.
struct Heard {
  std::vector<std::string> lines;
  std::vector<std::string> warnings;
};

// Options that show nothing and do not wait.
RunOptions QuietOptions(Heard* heard = nullptr);

// The "text" of the node's artifact; an error's message in its place.
std::string TextOf(ArtifactStore& store, const Plan& plan,
                   const std::string& id);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_EXPERIMENTS_ARTIFACTS_TINY_PLAN_H_
