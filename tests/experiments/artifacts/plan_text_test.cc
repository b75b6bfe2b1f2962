#include "experiments/artifacts/plan_text.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/artifacts/tiny_plan.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class PlanTextTest : public testing::Test {
 protected:
  PlanTextTest() {
    std::vector<PlanNode> nodes = DiamondNodes();
    for (PlanNode& node : nodes) {
      node.estimate = []() -> absl::StatusOr<ActionCost> {
        ActionCost cost;
        cost.seconds = 60;
        cost.steps = 100;
        cost.audio_seconds = 3600;
        cost.flops = 1e12;
        cost.output_bytes = 5e6;
        return cost;
      };
    }
    plan_ = MakePlan(nodes);
    files_.set_capacity_bytes(1000000000);
  }

  std::string Text(const std::string& only = "") {
    const auto text = FormatPlan(plan_, store_, only, Charset::kAscii);
    EXPECT_THAT(text, IsOk());
    return text.value_or("");
  }
  std::string Key(int node) const { return ShortKey(plan_.nodes()[node].key); }

  MemoryFiles files_;
  ArtifactStore store_{files_, "/artifacts"};
  Plan plan_;
};

TEST_F(PlanTextTest, ADryRunShowsStatesEstimatesAndTotals) {
  EXPECT_EQ(Text(),
            absl::StrCat(
                "state       key       size  estimate    action\n",  //
                "missing     ", Key(0), "        1 min 00 s  text a\n",
                "missing     ", Key(1), "        1 min 00 s  text b\n",
                "missing     ", Key(2), "        1 min 00 s  text c\n",
                "missing     ", Key(3), "        1 min 00 s  text d\n",
                "\n"
                "to do  actions  time        steps  audio       FLOPs  disk\n"
                "write  4        4 min 00 s  400    4 h 00 min  4e+12  20 MB\n"
                "all    4        4 min 00 s  400                4e+12  20 MB\n"
                "\n"
                "0 present (0 B), 4 to do in about 4 min 00 s; 1.0 GB of disk "
                "free\n"));
}

TEST_F(PlanTextTest, SecondsComeFromTheEstimatorWhereNodesDoNotTellThem) {
  std::vector<PlanNode> nodes = DiamondNodes();
  nodes[0].estimate = []() -> absl::StatusOr<ActionCost> {
    ActionCost cost;
    cost.flops = 1e12;
    return cost;
  };
  nodes[1].estimate = []() -> absl::StatusOr<ActionCost> {
    ActionCost cost;
    cost.flops = 2e12;
    cost.seconds = 7;
    return cost;
  };
  const auto text =
      FormatPlan(MakePlan(nodes), store_, "", Charset::kAscii,
                 [](absl::string_view action,
                    const ActionCost& cost) -> std::optional<double> {
                   EXPECT_EQ(action, "write");
                   if (!cost.flops.has_value()) return std::nullopt;
                   return 5;
                 });
  ASSERT_THAT(text, IsOk());
  EXPECT_THAT(*text, AllOf(HasSubstr("  5.0 s     text d\n"),
                           HasSubstr("  7.0 s     text c\n"),
                           HasSubstr("to do  actions  time      FLOPs\n"
                                     "write  4        12.0 s +  3e+12\n"),
                           HasSubstr("4 to do in about 12.0 s\n"
                                     "and the unknown time of write; ")));
}

TEST_F(PlanTextTest, WithoutEstimatesOnlyActionsAreCounted) {
  const auto text =
      FormatPlan(MakePlan(DiamondNodes()), store_, "", Charset::kAscii);
  EXPECT_THAT(text, IsOkAndHolds(AllOf(HasSubstr("to do  actions\n"
                                                 "write  4\n"
                                                 "all    4\n"),
                                       HasSubstr("4 to do; "))));
}

TEST_F(PlanTextTest, ADryRunTellsWhatIsThereCutOffDamagedOrNotNeeded) {
  RunOptions options = QuietOptions();
  options.only = "text c";
  ASSERT_THAT(RunPlan(plan_, store_, options), IsOk());
  ASSERT_THAT(
      files_.RemoveTree(store_.DirectoryOf(plan_.nodes()[1].artifact())),
      IsOk());
  const auto work = store_.Begin(plan_.nodes()[3].artifact(), true);
  ASSERT_THAT(work, IsOk());
  ASSERT_THAT(files_.WriteAtomically(JoinPath(work->scratch, "x"), "1234567"),
              IsOk());
  std::string text = Text();
  EXPECT_THAT(text, AllOf(HasSubstr("\npresent     " + Key(0) + "  12 B"),
                          HasSubstr("\nnot needed  " + Key(1)),
                          HasSubstr("\npresent     " + Key(2)),
                          HasSubstr("\npartial     " + Key(3) + "  7 B "),
                          HasSubstr("2 present ("),
                          HasSubstr("1 not needed, 1 to do in about 1 min")));
  ASSERT_THAT(
      files_.WriteAtomically(
          JoinPath(store_.DataDirectoryOf(plan_.nodes()[2].artifact()), "text"),
          "short"),
      IsOk());
  text = Text();
  EXPECT_THAT(text, AllOf(HasSubstr("\nmissing     " + Key(1)),
                          HasSubstr("\ndamaged     " + Key(2)),
                          HasSubstr("1 present ("), HasSubstr("3 to do in")));
  const auto claim = store_.Take(plan_.nodes()[1].artifact());
  ASSERT_THAT(claim, IsOk());
  EXPECT_THAT(Text(), HasSubstr("text b (process "));
}

TEST_F(PlanTextTest, ADryRunOfAPartShowsOnlyWhatItNeeds) {
  const std::string text = Text("text c");
  EXPECT_THAT(text, HasSubstr("text a"));
  EXPECT_THAT(text, testing::Not(HasSubstr("text d")));
  EXPECT_THAT(text, HasSubstr("3 to do"));
}

TEST_F(PlanTextTest, ADryRunWritesNothing) {
  Text();
  EXPECT_THAT(files_.List("/"), IsOkAndHolds(testing::IsEmpty()));
}

TEST_F(PlanTextTest, ListsKeysIdsAndLabels) {
  EXPECT_THAT(FormatPlanList(plan_),
              HasSubstr(absl::StrCat(Key(3), "  d  text d\n")));
}

TEST_F(PlanTextTest, ExplainsWhatAKeyIsMadeOf) {
  ASSERT_THAT(RunPlan(plan_, store_, QuietOptions()), IsOk());
  const auto text = ExplainKey(plan_, store_, Key(2));
  ASSERT_THAT(text, IsOk());
  const Plan::Node& node = plan_.nodes()[2];
  EXPECT_THAT(
      *text,
      AllOf(HasSubstr("text c\nkey      " + node.key.ToHex()),
            HasSubstr("action   write, version 1\n"),
            HasSubstr("\"text\": \"c\""),
            HasSubstr("input    a: " + plan_.nodes()[0].key.ToHex() +
                      "  text a (write)\n"),
            HasSubstr("stored   " + store_.DirectoryOf(node.artifact())),
            HasSubstr("facts    {\"bytes\":40}"), HasSubstr("40 B    text\n")));
  EXPECT_EQ(ExplainKey(plan_, store_, "c").value_or(""), *text);
}

TEST_F(PlanTextTest, ExplainsWhatIsNotThere) {
  EXPECT_THAT(ExplainKey(plan_, store_, "c"),
              IsOkAndHolds(HasSubstr("stored   no\n")));
  EXPECT_THAT(ExplainKey(plan_, store_, "fffffffff"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("fffffffff")));
  EXPECT_THAT(
      ExplainKey(plan_, store_, "0"),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("at least 4 digits")));
}

}  // namespace
}  // namespace culturemert
