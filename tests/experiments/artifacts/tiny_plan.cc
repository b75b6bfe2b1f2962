#include "tests/experiments/artifacts/tiny_plan.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {

absl::StatusOr<nlohmann::json> WriteText(const ActionContext& context,
                                         const nlohmann::json& config) {
  std::string text = config.dump();
  for (const auto& [name, directory] : context.inputs) {
    ASSIGN_OR_RETURN(const std::string input,
                     context.files->Read(JoinPath(directory, "text")));
    absl::StrAppend(&text, "[", input, "]");
  }
  RETURN_IF_ERROR(context.files->WriteAtomically(
      JoinPath(context.directory, "text"), text));
  return nlohmann::json{{"bytes", text.size()}};
}

PlanNode TextNode(const std::string& id, const std::vector<std::string>& inputs,
                  std::vector<std::string>* ran) {
  PlanNode node;
  node.id = id;
  node.label = absl::StrCat("text ", id);
  node.action = "write";
  node.config = {{"text", id}};
  for (const std::string& input : inputs) node.inputs[input] = input;
  node.run = [id, ran, config = node.config](const ActionContext& context) {
    if (ran != nullptr) ran->push_back(id);
    return WriteText(context, config);
  };
  return node;
}

std::vector<PlanNode> DiamondNodes(std::vector<std::string>* ran) {
  return {TextNode("d", {"c"}, ran), TextNode("c", {"a", "b"}, ran),
          TextNode("a", {}, ran), TextNode("b", {}, ran)};
}

Plan MakePlan(std::vector<PlanNode> nodes) {
  absl::StatusOr<Plan> plan = Plan::Create(std::move(nodes));
  EXPECT_THAT(plan, IsOk());
  return plan.ok() ? *std::move(plan) : Plan();
}

RunOptions QuietOptions(Heard* heard) {
  RunOptions options;
  options.is_quiet = true;
  options.poll_interval = absl::Milliseconds(1);
  options.print = [heard](absl::string_view line) {
    if (heard != nullptr) heard->lines.emplace_back(line);
  };
  options.warn = [heard](absl::string_view line) {
    if (heard != nullptr) heard->warnings.emplace_back(line);
  };
  return options;
}

std::string TextOf(ArtifactStore& store, const Plan& plan,
                   const std::string& id) {
  const absl::StatusOr<int> index = plan.FindNode(id);
  EXPECT_THAT(index, IsOk());
  if (!index.ok()) return "";
  const ArtifactId artifact = plan.nodes()[*index].artifact();
  const absl::StatusOr<ArtifactManifest> found =
      store.Find(artifact, Verification::kChecksums);
  if (!found.ok()) return std::string(found.status().message());
  const absl::StatusOr<std::string> text =
      store.files().Read(JoinPath(store.DataDirectoryOf(artifact), "text"));
  return text.ok() ? *text : std::string(text.status().message());
}

}  // namespace culturemert
