#include "experiments/artifacts/plan.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/artifacts/tiny_plan.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<std::string> Ids(const Plan& plan) {
  std::vector<std::string> ids;
  for (const auto& node : plan.nodes()) ids.push_back(node.definition.id);
  return ids;
}

std::vector<std::string> Selected(const Plan& plan, const std::string& only) {
  const auto selected = plan.Select(only);
  EXPECT_THAT(selected, IsOk());
  std::vector<std::string> ids;
  for (const int index : selected.value_or(std::vector<int>())) {
    ids.push_back(plan.nodes()[index].definition.id);
  }
  return ids;
}

void ExpectRefused(std::vector<PlanNode> nodes, const std::string& message) {
  EXPECT_THAT(Plan::Create(std::move(nodes)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
}

TEST(PlanTest, PutsInputsFirst) {
  EXPECT_THAT(Ids(MakePlan(DiamondNodes())), ElementsAre("a", "b", "c", "d"));
}

TEST(PlanTest, KeysOfAllThatComesAfterChangeWithAnInputAndNoOthers) {
  const Plan before = MakePlan(DiamondNodes());
  std::vector<PlanNode> nodes = DiamondNodes();
  nodes[3].config["text"] = "another b";
  const Plan after = MakePlan(nodes);
  EXPECT_EQ(before.nodes()[0].key, after.nodes()[0].key);
  for (int i = 1; i < 4; ++i) {
    EXPECT_NE(before.nodes()[i].key, after.nodes()[i].key) << i;
  }
  // What people read is no part of it.
  nodes = DiamondNodes();
  for (PlanNode& node : nodes) node.label += " by another name";
  EXPECT_EQ(MakePlan(nodes).Keys(), before.Keys());
}

TEST(PlanTest, NodesWithEqualKeysAreOne) {
  std::vector<PlanNode> nodes = DiamondNodes();
  nodes.push_back(TextNode("a", {}));  // The same once more.
  PlanNode again = TextNode("a", {});
  again.id = "a too";
  nodes.push_back(again);
  PlanNode reader = TextNode("e", {});
  reader.inputs["x"] = "a too";
  nodes.push_back(reader);
  const Plan plan = MakePlan(nodes);
  EXPECT_THAT(Ids(plan), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(plan.FindNode("a too"), IsOkAndHolds(0));
  EXPECT_EQ(plan.nodes()[4].inputs.at("x"), 0);
  EXPECT_THAT(plan.Keys(), SizeIs(5));
}

TEST(PlanTest, WantsWhatNoOneReadsAndWhatIsMarked) {
  std::vector<PlanNode> nodes = DiamondNodes();
  EXPECT_THAT(Selected(MakePlan(nodes), ""), ElementsAre("d"));
  nodes[1].is_result = true;
  EXPECT_THAT(Selected(MakePlan(nodes), ""), ElementsAre("c", "d"));
}

TEST(PlanTest, SelectsByIdLabelAndAction) {
  std::vector<PlanNode> nodes = DiamondNodes();
  nodes[0].action = "score";
  const Plan plan = MakePlan(nodes);
  EXPECT_THAT(Selected(plan, "^[ab]$"), ElementsAre("a", "b"));
  EXPECT_THAT(Selected(plan, "text c"), ElementsAre("c"));
  EXPECT_THAT(Selected(plan, "^score$"), ElementsAre("d"));
  EXPECT_THAT(plan.Select("("), StatusIs(absl::StatusCode::kInvalidArgument,
                                         HasSubstr("missing )")));
  EXPECT_THAT(plan.Select("nothing"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no action of the plan matches")));
}

TEST(PlanTest, AUnionSharesWhatIsEqual) {
  const Plan diamond = MakePlan(DiamondNodes());
  PlanNode other_d = TextNode("d", {"a"});
  const Plan other = MakePlan({TextNode("a", {}), other_d});
  const Plan all = Plan::Union({diamond, other});
  EXPECT_THAT(Ids(all), ElementsAre("a", "b", "c", "d", "d"));
  EXPECT_EQ(all.nodes()[4].inputs.at("a"), 0);
  EXPECT_TRUE(all.nodes()[3].is_target && all.nodes()[4].is_target);
  EXPECT_THAT(all.FindNode("a"), IsOkAndHolds(0));
  EXPECT_THAT(all.FindNode("d"), StatusIs(absl::StatusCode::kFailedPrecondition,
                                          HasSubstr("several artifacts")));
  EXPECT_EQ(Plan::Union({all, all}).Keys(), all.Keys());
  EXPECT_THAT(Plan::Union({all, all}).nodes(), SizeIs(5));
}

TEST(PlanTest, RefusesCyclesNamingTheirNodes) {
  std::vector<PlanNode> nodes = DiamondNodes();
  nodes[2].inputs["x"] = "d";
  ExpectRefused(nodes, "d → c → a → d");
  nodes = {TextNode("a", {"a"})};
  ExpectRefused(nodes, "a → a");
}

TEST(PlanTest, RefusesWhatIsNoPlan) {
  std::vector<PlanNode> nodes = DiamondNodes();
  nodes[0].inputs = {{"codes", "cc"}};
  ExpectRefused(nodes,
                "node \"d\": its input \"codes\" is node \"cc\", which the "
                "plan does not have");
  nodes = DiamondNodes();
  nodes[1].id = "";
  ExpectRefused(nodes, "has no id");
  nodes = DiamondNodes();
  nodes[1].label = "";
  ExpectRefused(nodes, "node \"c\" has no label");
  nodes = DiamondNodes();
  nodes[1].run = nullptr;
  ExpectRefused(nodes, "node \"c\" has no function");
  nodes = DiamondNodes();
  nodes[1].action = "No";
  ExpectRefused(nodes, "node \"c\": \"No\" is no action's name");
  nodes = DiamondNodes();
  nodes.push_back(TextNode("a", {"b"}));
  ExpectRefused(nodes, "node \"a\" is in the plan twice");
  EXPECT_THAT(MakePlan(DiamondNodes()).FindNode("e"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"e\"")));
}

}  // namespace
}  // namespace culturemert
