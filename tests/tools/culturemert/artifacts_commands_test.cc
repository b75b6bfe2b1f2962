#include <sstream>
#include <string>
#include <vector>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/artifacts/tiny_plan.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_matchers.h"
#include "tools/culturemert/command.h"
#include "tools/culturemert/command_line.h"

ABSL_DECLARE_FLAG(std::string, results);
ABSL_DECLARE_FLAG(std::string, keep_keys);
ABSL_DECLARE_FLAG(double, older_than_days);
ABSL_DECLARE_FLAG(bool, apply);

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ArtifactsCommandsTest : public testing::Test {
 protected:
  ArtifactsCommandsTest()
      : results_(JoinPath(
            testing::TempDir(),
            testing::UnitTest::GetInstance()->current_test_info()->name())),
        store_(Files::Real(), JoinPath(results_, "artifacts")) {
    EXPECT_THAT(RunPlan(plan_, store_, QuietOptions()), IsOk());
    absl::SetFlag(&FLAGS_results, results_);
    absl::SetFlag(&FLAGS_keep_keys, "");
    absl::SetFlag(&FLAGS_older_than_days, -1);
    absl::SetFlag(&FLAGS_apply, false);
  }

  // What the command prints; its status goes to status_.
  std::string RunCommand(const std::string& name,
                         const std::vector<std::string>& arguments = {}) {
    for (const Command& command : Commands()) {
      if (command.name != name) continue;
      std::ostringstream out;
      status_ = command.run(arguments, out);
      return out.str();
    }
    ADD_FAILURE() << "no command " << name;
    return "";
  }

  const std::string results_;
  const Plan plan_ = MakePlan(DiamondNodes());
  ArtifactStore store_;
  absl::Status status_;
};

TEST_F(ArtifactsCommandsTest, ListShowsEachWithItsLabelAndTheSum) {
  const std::string output = RunCommand("artifacts list");
  EXPECT_THAT(status_, IsOk());
  for (const Plan::Node& node : plan_.nodes()) {
    EXPECT_THAT(output,
                AllOf(HasSubstr(ShortKey(node.key)), HasSubstr(node.label())));
  }
  EXPECT_THAT(output, HasSubstr(absl::StrCat("\n4 in ", store_.root(), ", ")));
}

TEST_F(ArtifactsCommandsTest, VerifyNamesTheDamagedFileAndFails) {
  EXPECT_THAT(RunCommand("artifacts verify"), HasSubstr("4 intact, 0 damaged"));
  EXPECT_THAT(status_, IsOk());
  const std::string path =
      JoinPath(store_.DataDirectoryOf(plan_.nodes()[0].artifact()), "text");
  ASSERT_THAT(Files::Real().WriteAtomically(path, R"({"text":"A"})"), IsOk());
  EXPECT_THAT(RunCommand("artifacts verify"),
              AllOf(HasSubstr(path), HasSubstr("3 intact, 1 damaged")));
  EXPECT_THAT(status_, StatusIs(absl::StatusCode::kDataLoss,
                                HasSubstr("1 artifact is damaged")));
}

TEST_F(ArtifactsCommandsTest, PruneRemovesOnlyWhatItIsToldToAndIfToldTo) {
  EXPECT_THAT(RunCommand("artifacts prune"), HasSubstr("would remove 0"));
  absl::SetFlag(&FLAGS_older_than_days, 1);
  EXPECT_THAT(RunCommand("artifacts prune"), HasSubstr("would remove 0"));
  absl::SetFlag(&FLAGS_older_than_days, -1);
  const std::string keys = JoinPath(results_, "keys");
  ASSERT_THAT(Files::Real().WriteAtomically(
                  keys, absl::StrCat(plan_.nodes()[3].key.ToHex(), " d\n\n")),
              IsOk());
  absl::SetFlag(&FLAGS_keep_keys, keys);
  EXPECT_THAT(RunCommand("artifacts prune"),
              AllOf(HasSubstr("would remove 3"), Not(HasSubstr("text d"))));
  EXPECT_THAT(RunCommand("artifacts list"), HasSubstr("\n4 in "));
  absl::SetFlag(&FLAGS_apply, true);
  EXPECT_THAT(RunCommand("artifacts prune"), HasSubstr("\nremoved 3"));
  EXPECT_THAT(RunCommand("artifacts list"), HasSubstr("\n1 in "));
}

TEST_F(ArtifactsCommandsTest, RefusesWhatItDoesNotUnderstand) {
  RunCommand("artifacts list", {"now"});
  EXPECT_TRUE(IsUsageError(status_));
  const std::string keys = JoinPath(results_, "keys");
  ASSERT_THAT(Files::Real().WriteAtomically(keys, "\n99aa\n"), IsOk());
  absl::SetFlag(&FLAGS_keep_keys, keys);
  absl::SetFlag(&FLAGS_apply, true);
  RunCommand("artifacts prune");
  EXPECT_THAT(status_, StatusIs(absl::StatusCode::kInvalidArgument,
                                HasSubstr("keys:2: ")));
  EXPECT_THAT(RunCommand("artifacts list"), HasSubstr("\n4 in "));
}

TEST_F(ArtifactsCommandsTest, TheCommandLineSetsTheFlags) {
  std::ostringstream out;
  std::ostringstream error;
  const auto run = [&](const std::vector<std::string>& words) {
    return RunCommandLine(words, Commands(), out, error);
  };
  EXPECT_EQ(run({"artifacts", "prune", "--results", results_,
                 "--older_than_days=0", "--apply"}),
            kExitDone);
  EXPECT_THAT(out.str(), HasSubstr("\nremoved 4"));
  EXPECT_EQ(run({"artifacts", "verify", "--apply"}), kExitUsage);
  EXPECT_EQ(run({"artifacts", "list", "now"}), kExitUsage);
}

TEST_F(ArtifactsCommandsTest, AFolderWithoutResultsIsEmpty) {
  absl::SetFlag(&FLAGS_results, JoinPath(results_, "nothing"));
  EXPECT_THAT(RunCommand("artifacts list"), HasSubstr("0 in "));
  EXPECT_THAT(status_, IsOk());
}

}  // namespace
}  // namespace culturemert
