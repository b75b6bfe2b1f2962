#include "experiments/artifacts/runner.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/artifacts/tiny_plan.h"
#include "tools/base/files/faulty_files.h"
#include "tools/base/files/for_each_fault.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kRoot[] = "/artifacts";
constexpr char kTextOfD[] =
    R"({"text":"d"}[{"text":"c"}[{"text":"a"}][{"text":"b"}]])";

class RunnerTest : public testing::Test {
 protected:
  // A run as another process makes it: with a new store.
  absl::StatusOr<RunSummary> Run(const Plan& plan, RunOptions options) {
    ran_.clear();
    heard_ = Heard();
    ArtifactStore store(files_, kRoot);
    return RunPlan(plan, store, options);
  }
  absl::StatusOr<RunSummary> Run(const Plan& plan) {
    return Run(plan, QuietOptions(&heard_));
  }
  std::string DataPath(const Plan& plan, const std::string& id) {
    ArtifactStore store(files_, kRoot);
    const Plan::Node& node = plan.nodes()[plan.FindNode(id).value_or(0)];
    return JoinPath(store.DataDirectoryOf(node.artifact()), "text");
  }
  std::string TextNow(const Plan& plan, const std::string& id) {
    ArtifactStore store(files_, kRoot);
    return TextOf(store, plan, id);
  }
  // Changes one byte and no size.
  void Damage(const Plan& plan, const std::string& id) {
    const std::string path = DataPath(plan, id);
    auto text = files_.Read(path);
    ASSERT_THAT(text, IsOk());
    (*text)[3] ^= 1;
    ASSERT_THAT(files_.WriteAtomically(path, *text), IsOk());
  }

  MemoryFiles files_;
  std::vector<std::string> ran_;
  Heard heard_;
};

TEST_F(RunnerTest, ComputesEverythingOnceAndThenNothing) {
  const Plan plan = MakePlan(DiamondNodes(&ran_));
  auto summary = Run(plan);
  ASSERT_THAT(summary, IsOk());
  EXPECT_EQ(summary->computed, 4);
  EXPECT_THAT(ran_, ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(TextNow(plan, "d"), kTextOfD);
  EXPECT_THAT(heard_.lines.front(), "[1/4] text a: starts");
  EXPECT_THAT(heard_.lines.back(), HasSubstr("[4/4] text d: done in "));
  summary = Run(plan);
  ASSERT_THAT(summary, IsOk());
  EXPECT_EQ(summary->computed, 0);
  EXPECT_THAT(ran_, IsEmpty());
  EXPECT_THAT(heard_.lines, ElementsAre("[1/1] text d: reused"));
  EXPECT_THAT(heard_.warnings, IsEmpty());
}

TEST_F(RunnerTest, ComputesAfreshWhatAChangeReachesAndNoMore) {
  ASSERT_THAT(Run(MakePlan(DiamondNodes(&ran_))), IsOk());
  std::vector<PlanNode> nodes = DiamondNodes(&ran_);
  nodes[1].version = 2;
  ASSERT_THAT(Run(MakePlan(nodes)), IsOk());
  EXPECT_THAT(ran_, ElementsAre("c", "d"));
}

TEST_F(RunnerTest, DoesNotNeedTheInputsOfWhatIsThere) {
  const Plan plan = MakePlan(DiamondNodes(&ran_));
  ASSERT_THAT(Run(plan), IsOk());
  ASSERT_THAT(files_.RemoveTree(Dirname(Dirname(DataPath(plan, "a")))), IsOk());
  ASSERT_THAT(Run(plan), IsOk());
  EXPECT_THAT(ran_, IsEmpty());
  // Unless it has to be made.
  ASSERT_THAT(files_.RemoveTree(Dirname(Dirname(DataPath(plan, "c")))), IsOk());
  ASSERT_THAT(files_.RemoveTree(Dirname(Dirname(DataPath(plan, "d")))), IsOk());
  ASSERT_THAT(Run(plan), IsOk());
  EXPECT_THAT(ran_, ElementsAre("a", "c", "d"));
}

TEST_F(RunnerTest, DoesNotTouchTheInputsOfWhatIsThere) {
  const Plan plan = MakePlan(DiamondNodes(&ran_));
  ASSERT_THAT(Run(plan), IsOk());
  FaultyFiles files(files_);
  ArtifactStore store(files, kRoot);
  ASSERT_THAT(RunPlan(plan, store, QuietOptions()), IsOk());
  const std::string result = store.DirectoryOf(plan.nodes()[3].artifact());
  EXPECT_THAT(files.calls(), Not(IsEmpty()));
  for (const FaultyFiles::Call& call : files.calls()) {
    EXPECT_THAT(call.path, StartsWith(result)) << NameOf(call.kind);
  }
}

TEST_F(RunnerTest, ADamagedResultIsNamedPutAsideAndMadeAgain) {
  const Plan plan = MakePlan(DiamondNodes(&ran_));
  ASSERT_THAT(Run(plan), IsOk());
  Damage(plan, "d");
  ASSERT_THAT(Run(plan), IsOk());
  EXPECT_THAT(ran_, ElementsAre("d"));
  EXPECT_THAT(heard_.warnings, ElementsAre(AllOf(HasSubstr("text d is damaged"),
                                                 HasSubstr(DataPath(plan, "d")),
                                                 HasSubstr(".damaged-1"))));
  EXPECT_EQ(TextNow(plan, "d"), kTextOfD);
  EXPECT_THAT(files_.Read(absl::StrCat(Dirname(Dirname(DataPath(plan, "d"))),
                                       ".damaged-1/data/text")),
              IsOkAndHolds(Not(kTextOfD)));
}

TEST_F(RunnerTest, ADamagedInputIsMadeAgainBeforeItIsRead) {
  const Plan plan = MakePlan(DiamondNodes(&ran_));
  ASSERT_THAT(Run(plan), IsOk());
  Damage(plan, "c");
  Damage(plan, "a");
  // No one reads it.
  ASSERT_THAT(Run(plan), IsOk());
  EXPECT_THAT(ran_, IsEmpty());
  ASSERT_THAT(files_.RemoveTree(Dirname(Dirname(DataPath(plan, "d")))), IsOk());
  ASSERT_THAT(Run(plan), IsOk());
  EXPECT_THAT(ran_, ElementsAre("a", "c", "d"));
  EXPECT_THAT(heard_.warnings, SizeIs(2));
  EXPECT_EQ(TextNow(plan, "d"), kTextOfD);
}

TEST_F(RunnerTest, ComparesEverythingWhereThatIsAskedFor) {
  const Plan plan = MakePlan(DiamondNodes(&ran_));
  ASSERT_THAT(Run(plan), IsOk());
  Damage(plan, "a");
  RunOptions options = QuietOptions(&heard_);
  options.verify_all = true;
  ASSERT_THAT(Run(plan, options), IsOk());
  EXPECT_THAT(ran_, ElementsAre("a"));
  EXPECT_THAT(heard_.warnings, ElementsAre(HasSubstr(DataPath(plan, "a"))));
}

TEST_F(RunnerTest, RunsAPartAndWhatItNeeds) {
  const Plan plan = MakePlan(DiamondNodes(&ran_));
  RunOptions options = QuietOptions();
  options.only = "text b";
  ASSERT_THAT(Run(plan, options), IsOk());
  EXPECT_THAT(ran_, ElementsAre("b"));
  options.only = "text c";
  ASSERT_THAT(Run(plan, options), IsOk());
  EXPECT_THAT(ran_, ElementsAre("a", "c"));
  options.only = "nothing like it";
  EXPECT_THAT(Run(plan, options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("like")));
}

TEST_F(RunnerTest, AnErrorNamesTheActionAndHowToGoOn) {
  std::vector<PlanNode> nodes = DiamondNodes(&ran_);
  const ActionFunction good = nodes[2].run;
  nodes[2].run = [&](const ActionContext&) -> absl::StatusOr<nlohmann::json> {
    return absl::ResourceExhaustedError("the disk is full");
  };
  const Plan plan = MakePlan(nodes);
  ArtifactStore store(files_, kRoot);
  EXPECT_THAT(
      Run(plan),
      StatusIs(
          absl::StatusCode::kResourceExhausted,
          AllOf(HasSubstr("text a (write "),
                HasSubstr(ShortKey(plan.nodes()[0].key)),
                HasSubstr("the disk is full"),
                HasSubstr(store.PartialDirectoryOf(plan.nodes()[0].artifact())),
                HasSubstr("the same command goes on from here"))));
  EXPECT_THAT(ran_, IsEmpty());
  RunOptions options = QuietOptions(&heard_);
  options.keep_going = true;
  EXPECT_THAT(Run(plan, options), StatusIs(absl::StatusCode::kResourceExhausted,
                                           HasSubstr("text a")));
  EXPECT_THAT(ran_, ElementsAre("b"));
  EXPECT_THAT(heard_.warnings, ElementsAre(HasSubstr("the disk is full")));
  nodes[2].run = good;
  ASSERT_THAT(Run(MakePlan(nodes)), IsOk());
  EXPECT_THAT(ran_, ElementsAre("a", "c", "d"));
}

TEST_F(RunnerTest, WhatAnActionThrowsIsAnError) {
  PlanNode node = TextNode("a", {});
  node.run = [](const ActionContext&) -> absl::StatusOr<nlohmann::json> {
    throw std::runtime_error("out of cheese");
  };
  EXPECT_THAT(Run(MakePlan({node})),
              StatusIs(absl::StatusCode::kInternal,
                       AllOf(HasSubstr("text a"), HasSubstr("out of cheese"))));
  node.run = [](const ActionContext&) -> absl::StatusOr<nlohmann::json> {
    return nlohmann::json(7);
  };
  EXPECT_THAT(Run(MakePlan({node})),
              StatusIs(absl::StatusCode::kInternal,
                       HasSubstr("facts are no JSON object")));
}

TEST_F(RunnerTest, StopsWhenAskedToAndGoesOnLater) {
  bool is_asked = false;
  std::vector<PlanNode> nodes = DiamondNodes(&ran_);
  nodes[3].is_resumable = true;
  nodes[3].run =
      [&](const ActionContext& context) -> absl::StatusOr<nlohmann::json> {
    ran_.push_back(context.is_resumed ? "b again" : "b");
    if (!context.is_resumed) {
      is_asked = true;
      EXPECT_TRUE(context.ShouldStop());
      RETURN_IF_ERROR(context.files->WriteAtomically(
          JoinPath(context.scratch_directory, "half"), "b"));
      return absl::CancelledError("as asked");
    }
    EXPECT_FALSE(context.ShouldStop());
    EXPECT_THAT(
        context.files->Read(JoinPath(context.scratch_directory, "half")),
        IsOkAndHolds("b"));
    return WriteText(context, {{"text", "b"}});
  };
  const Plan plan = MakePlan(nodes);
  RunOptions options = QuietOptions(&heard_);
  options.stop_requested = [&] { return is_asked; };
  EXPECT_THAT(Run(plan, options),
              StatusIs(absl::StatusCode::kCancelled,
                       HasSubstr("with 3 of 4 actions to do")));
  EXPECT_THAT(ran_, ElementsAre("a", "b"));
  is_asked = false;
  ASSERT_THAT(Run(plan, options), IsOk());
  EXPECT_THAT(ran_, ElementsAre("b again", "c", "d"));
  EXPECT_EQ(TextNow(plan, "d"), kTextOfD);
}

TEST_F(RunnerTest, TakesWhatIsFreeWhileAnotherHoldsARest) {
  const Plan plan = MakePlan(DiamondNodes(&ran_));
  ArtifactStore other(files_, kRoot);
  auto claim = other.Take(plan.nodes()[0].artifact());
  ASSERT_THAT(claim, IsOk());
  RunOptions options = QuietOptions(&heard_);
  int polls = 0;
  options.stop_requested = [&] {
    if (++polls == 20) claim->reset();
    return false;
  };
  ASSERT_THAT(Run(plan, options), IsOk());
  EXPECT_THAT(ran_, ElementsAre("b", "a", "c", "d"));
  // Said once.
  EXPECT_THAT(heard_.lines,
              testing::Contains(AllOf(HasSubstr("text a: process "),
                                      HasSubstr("is at work on it"))));
  EXPECT_THAT(heard_.lines, SizeIs(2 * 4 + 1));
}

TEST_F(RunnerTest, UsesWhatAnotherMadeMeanwhile) {
  const Plan plan = MakePlan(DiamondNodes(&ran_));
  std::vector<PlanNode> nodes = DiamondNodes(&ran_);
  nodes[2].run = [&](const ActionContext&) -> absl::StatusOr<nlohmann::json> {
    return absl::InternalError("was not to run");
  };
  RunOptions options = QuietOptions(&heard_);
  bool is_first = true;
  options.stop_requested = [&] {
    if (!std::exchange(is_first, false)) return false;
    ArtifactStore other(files_, kRoot);
    RunOptions part = QuietOptions();
    part.only = "text a";
    EXPECT_THAT(RunPlan(plan, other, part), IsOk());
    return false;
  };
  const auto summary = Run(MakePlan(nodes), options);
  ASSERT_THAT(summary, IsOk());
  EXPECT_EQ(summary->made_by_other, 1);
  EXPECT_EQ(summary->computed, 3);
}

TEST_F(RunnerTest, LeavesWorkThatAnotherMachineHasTakenOverToIt) {
  std::vector<PlanNode> nodes = DiamondNodes(&ran_);
  const ActionFunction good = nodes[2].run;
  ArtifactStore other(files_, kRoot);
  std::string lock;
  nodes[2].run = [&](const ActionContext& context) {
    const ArtifactId id = MakePlan(DiamondNodes()).nodes()[0].artifact();
    if (lock.empty()) {
      lock = other.DirectoryOf(id) + ".lock";
      const std::string host = files_.system_calls().ThisProcess().host;
      EXPECT_THAT(files_.WriteAtomically(
                      lock, absl::StrReplaceAll(
                                files_.Read(lock).value_or(""),
                                {{"host " + host + "\n", "host elsewhere\n"}})),
                  IsOk());
    }
    return good(context);
  };
  RunOptions options = QuietOptions(&heard_);
  int polls = 0;
  options.stop_requested = [&] {
    // The other one gives up.
    if (!lock.empty() && ++polls == 20) {
      EXPECT_THAT(files_.Remove(lock), IsOk());
    }
    return false;
  };
  const Plan plan = MakePlan(nodes);
  ASSERT_THAT(Run(plan, options), IsOk());
  EXPECT_THAT(ran_, ElementsAre("a", "b", "a", "c", "d"));
  EXPECT_THAT(heard_.warnings, ElementsAre(HasSubstr("has taken over")));
  EXPECT_THAT(heard_.lines,
              testing::Contains(HasSubstr("on host elsewhere since")));
  EXPECT_EQ(TextNow(plan, "d"), kTextOfD);
}

TEST_F(RunnerTest, TellsTheTimeLeftCorrectedByWhatWasMeasured) {
  std::vector<PlanNode> nodes = DiamondNodes(&ran_);
  for (PlanNode& node : nodes) {
    node.estimate = []() -> absl::StatusOr<ActionCost> {
      ActionCost cost;
      cost.seconds = 90;
      return cost;
    };
  }
  ASSERT_THAT(Run(MakePlan(nodes)), IsOk());
  EXPECT_EQ(heard_.lines[0], "[1/4] text a: starts, about 1 min 30 s");
  EXPECT_THAT(heard_.lines[1], HasSubstr("; about "));
  EXPECT_THAT(heard_.lines[1], HasSubstr("ms left"));
  EXPECT_THAT(heard_.lines.back(), Not(HasSubstr("left")));
}

TEST_F(RunnerTest, KeepsTimeMemoryAndFacts) {
  const Plan plan = MakePlan(DiamondNodes(&ran_));
  ASSERT_THAT(Run(plan), IsOk());
  ArtifactStore store(files_, kRoot);
  const auto manifest =
      store.Find(plan.nodes()[3].artifact(), Verification::kSizes);
  ASSERT_THAT(manifest, IsOk());
  EXPECT_EQ(manifest->facts, (nlohmann::json{{"bytes", sizeof(kTextOfD) - 1}}));
  EXPECT_GT(manifest->peak_bytes, 1 << 20);
  EXPECT_GT(manifest->wall_seconds, 0);
  EXPECT_LT(manifest->wall_seconds, 60);
  EXPECT_EQ(manifest->label, "text d");
}

absl::Status RunOneNode(Files& files) {
  PlanNode node = TextNode("a", {});
  node.is_resumable = true;
  const Plan plan = MakePlan({node});
  ArtifactStore store(files, kRoot);
  return RunPlan(plan, store, QuietOptions()).status();
}

// Where the run says that it is done, the artifact is there; and the next run
// ends well whatever the fault left.
void CheckOneNode(MemoryFiles& files, const FaultOutcome& outcome) {
  files.Crash(CrashMode::kProcessKilled);
  const Plan plan = MakePlan({TextNode("a", {})});
  ArtifactStore store(files, kRoot);
  const std::string expected = R"({"text":"a"})";
  if (outcome.reported_ok()) {
    EXPECT_EQ(TextOf(store, plan, "a"), expected);
  }
  ASSERT_THAT(RunOneNode(files), IsOk());
  EXPECT_EQ(TextOf(store, plan, "a"), expected);
}

TEST(RunnerFaultTest, AnyRunAfterAnyFaultEndsWithTheSame) {
  FaultScenario scenario;
  scenario.run = RunOneNode;
  scenario.check = CheckOneNode;
  EXPECT_GT(ForEachFault(scenario), 200);
}

TEST(RunnerFaultTest, NoFaultKeepsADamagedArtifactFromBeingMadeAgain) {
  FaultScenario scenario;
  scenario.prepare = [](Files& files) {
    ASSERT_THAT(RunOneNode(files), IsOk());
    ArtifactStore store(files, kRoot);
    const Plan plan = MakePlan({TextNode("a", {})});
    ASSERT_THAT(
        files.WriteAtomically(
            JoinPath(store.DataDirectoryOf(plan.nodes()[0].artifact()), "text"),
            "damaged"),
        IsOk());
  };
  scenario.run = RunOneNode;
  scenario.check = CheckOneNode;
  EXPECT_GT(ForEachFault(scenario), 200);
}

}  // namespace
}  // namespace culturemert
