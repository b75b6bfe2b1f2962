// Several processes that train together, by --processes=N and as torchrun
// starts them: the bits of one process, also after one of them is killed.

#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "experiments/records/record.h"
#include "experiments/records/record_json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/end_to_end/suite_process.h"
#include "tools/base/files/files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kExperiment[] = "multicultural_cpt";
constexpr char kOnlyTheModel[] = "--only=^weights.multicultural_cpt$";
constexpr int kUsageExitCode = 2;
constexpr absl::Duration kPatience = absl::Minutes(5);
// "Within a minute."
constexpr absl::Duration kUntilEndOfAll = absl::Minutes(1);

SuiteRun RunIn(absl::string_view name, std::vector<std::string> flags = {}) {
  return {kExperiment, absl::StrCat(testing::TempDir(), "/", name), 1,
          std::move(flags)};
}

// Only the training of the model, long enough to be killed in the middle.
SuiteRun LongTrainingIn(absl::string_view name,
                        std::vector<std::string> flags = {}) {
  flags.push_back(kOnlyTheModel);
  flags.push_back("--set=pretraining.stages.1.updates=60");
  flags.push_back("--set=pretraining.checkpoint.every_updates=5");
  return RunIn(name, std::move(flags));
}

std::string LogOf(const SuiteRun& run) {
  return Files::Real().Read(SuiteLogPath(run)).value_or("");
}

// The contents of a file of every pre-training by its key.
std::map<std::string, std::string> OfTrainings(const SuiteRun& run,
                                               absl::string_view path) {
  const std::string folder = absl::StrCat(run.output, "/artifacts/pretrain");
  std::map<std::string, std::string> contents;
  const auto entries = Files::Real().List(folder);
  if (!entries.ok()) return contents;
  for (const auto& entry : *entries) {
    auto content =
        Files::Real().Read(absl::StrCat(folder, "/", entry.name, "/", path));
    if (content.ok()) contents[entry.name] = *std::move(content);
  }
  return contents;
}

void ExpectTheSameTrainings(const SuiteRun& found, const SuiteRun& expected,
                            std::size_t count) {
  for (const char* path :
       {"data/weights/model.safetensors", "data/metrics.jsonl"}) {
    const auto reference = OfTrainings(expected, path);
    ASSERT_THAT(reference, SizeIs(count)) << path;
    EXPECT_TRUE(OfTrainings(found, path) == reference) << path;
  }
}

// The children of a process by their rank.
std::map<std::string, pid_t> RanksOf(pid_t launcher) {
  std::map<std::string, pid_t> ranks;
  const std::string children =
      Files::Real()
          .Read(
              absl::StrCat("/proc/", launcher, "/task/", launcher, "/children"))
          .value_or("");
  for (const absl::string_view text :
       absl::StrSplit(children, ' ', absl::SkipWhitespace())) {
    const std::string environment =
        Files::Real()
            .Read(absl::StrCat("/proc/", text, "/environ"))
            .value_or("");
    for (absl::string_view variable : absl::StrSplit(environment, '\0')) {
      int process = 0;
      if (absl::ConsumePrefix(&variable, "RANK=") &&
          absl::SimpleAtoi(text, &process)) {
        ranks[std::string(variable)] = process;
      }
    }
  }
  return ranks;
}

bool HasCheckpoint(const SuiteRun& run) {
  const std::string folder = absl::StrCat(run.output, "/artifacts/pretrain");
  const auto entries = Files::Real().List(folder);
  if (!entries.ok()) return false;
  for (const auto& entry : *entries) {
    const auto checkpoints = Files::Real().List(
        absl::StrCat(folder, "/", entry.name, "/scratch/checkpoints"));
    if (checkpoints.ok() && !checkpoints->empty()) return true;
  }
  return false;
}

// The variables that torchrun gives a rank, as long as this lives.
class TorchrunVariables {
 public:
  TorchrunVariables(int rank, int size, int port) {
    Set("RANK", rank);
    Set("LOCAL_RANK", rank);
    Set("WORLD_SIZE", size);
    Set("LOCAL_WORLD_SIZE", size);
    Set("MASTER_PORT", port);
    setenv("MASTER_ADDR", "127.0.0.1", 1);
    names_.push_back("MASTER_ADDR");
  }
  ~TorchrunVariables() {
    for (const std::string& name : names_) unsetenv(name.c_str());
  }
  TorchrunVariables(const TorchrunVariables&) = delete;
  TorchrunVariables& operator=(const TorchrunVariables&) = delete;

 private:
  void Set(const std::string& name, int value) {
    setenv(name.c_str(), absl::StrCat(value).c_str(), 1);
    names_.push_back(name);
  }

  std::vector<std::string> names_;
};

pid_t StartRank(const SuiteRun& run, int rank, int port) {
  const TorchrunVariables variables(rank, 2, port);
  return StartSuite(run);
}

// Below the system's choice for others, and not the same in two tests.
int Port(int offset) { return 20000 + getpid() % 10000 + offset; }

TEST(ProcessesTest, TwoGiveTheBitsAndTheRecordOfOne) {
  const SuiteRun one = RunIn("one");
  const SuiteRun two = RunIn("two", {"--processes=2"});
  ASSERT_EQ(RunSuite(one), 0) << LogOf(one);
  ASSERT_EQ(RunSuite(two), 0) << LogOf(two);
  // The control and the model.
  ExpectTheSameTrainings(two, one, 2);
  const auto expected = RecordsOf(one.output);
  auto found = RecordsOf(two.output);
  ASSERT_THAT(expected, IsOk());
  ASSERT_THAT(found, IsOk());
  Record& record = found->at(kExperiment);
  EXPECT_EQ(record.environment.processes, 2);
  EXPECT_EQ(record.environment.device, "cpu");
  record.environment.processes = 1;
  const auto text = FormatRecord(record);
  ASSERT_THAT(text, IsOk());
  EXPECT_EQ(*text, *FormatRecord(expected->at(kExperiment)));
  // Only rank 0 prints, and the logs of the others are gone.
  EXPECT_THAT(LogOf(two), Not(HasSubstr("rank 1")));
  EXPECT_FALSE(Files::Real().Exists(absl::StrCat(two.output, "/ranks")));
}

TEST(ProcessesTest, ThatCannotShareBatchesAreRefusedBeforeAnyWork) {
  const SuiteRun run = RunIn("three", {"--processes=3"});
  // The exit code is that of rank 0.
  EXPECT_EQ(RunSuite(run), kUsageExitCode);
  EXPECT_THAT(LogOf(run), HasSubstr("cannot be shared by 3 processes"));
  EXPECT_THAT(LogOf(run), Not(HasSubstr(": starts")));
}

class LostProcessTest : public testing::TestWithParam<const char*> {};

TEST_P(LostProcessTest, EndsTheCommandAndTheNextOneGoesOnToTheSameBits) {
  const SuiteRun alone = LongTrainingIn(absl::StrCat("alone", GetParam()));
  ASSERT_EQ(RunSuite(alone), 0) << LogOf(alone);
  const SuiteRun run =
      LongTrainingIn(absl::StrCat("lost", GetParam()), {"--processes=2"});
  const pid_t launcher = StartSuite(run);
  while (!HasCheckpoint(run)) {
    ASSERT_EQ(WaitForSuite(launcher, absl::Milliseconds(20)), -1) << LogOf(run);
  }
  const auto ranks = RanksOf(launcher);
  ASSERT_THAT(ranks, SizeIs(2));
  kill(ranks.at(GetParam()), SIGKILL);
  EXPECT_EQ(WaitForSuite(launcher, kUntilEndOfAll), 1);
  EXPECT_THAT(LogOf(run), HasSubstr(absl::StrCat("rank ", GetParam(),
                                                 " of 2 processes was killed "
                                                 "by signal 9")));
  EXPECT_THAT(OfTrainings(run, "manifest.json"), IsEmpty());
  ASSERT_EQ(RunSuite(run), 0) << LogOf(run);
  EXPECT_THAT(LogOf(run), HasSubstr("goes on"));
  ExpectTheSameTrainings(run, alone, 1);
}

INSTANTIATE_TEST_SUITE_P(Ranks, LostProcessTest, testing::Values("0", "1"),
                         [](const testing::TestParamInfo<const char*>& info) {
                           return absl::StrCat("Rank", info.param);
                         });

TEST(TorchrunTest, StartsThemAsWell) {
  const SuiteRun run = RunIn("torchrun", {kOnlyTheModel});
  const SuiteRun alone = RunIn("torchrun_alone", {kOnlyTheModel});
  const std::vector<pid_t> ranks = {StartRank(run, 0, Port(0)),
                                    StartRank(run, 1, Port(0))};
  EXPECT_EQ(WaitForSuite(ranks[0], kPatience), 0) << LogOf(run);
  EXPECT_EQ(WaitForSuite(ranks[1], kPatience), 0) << LogOf(run);
  ASSERT_EQ(RunSuite(alone), 0) << LogOf(alone);
  ExpectTheSameTrainings(run, alone, 1);
}

TEST(TorchrunTest, RanksWithOtherSettingsEndWithTheReason) {
  const SuiteRun run = RunIn("mixed", {kOnlyTheModel});
  SuiteRun other = run;
  other.flags.push_back("--set=pretraining.stages.1.updates=4");
  const std::vector<pid_t> ranks = {StartRank(run, 0, Port(1)),
                                    StartRank(other, 1, Port(1))};
  EXPECT_EQ(WaitForSuite(ranks[0], kPatience), 1) << LogOf(run);
  EXPECT_EQ(WaitForSuite(ranks[1], kPatience), 1) << LogOf(run);
  EXPECT_THAT(LogOf(run), HasSubstr("not in this rank's plan"));
}

TEST(TorchrunTest, IsNotCombinedWithAnotherLauncher) {
  const SuiteRun run = RunIn("both", {"--processes=2"});
  EXPECT_EQ(WaitForSuite(StartRank(run, 0, Port(2)), kPatience),
            kUsageExitCode);
  EXPECT_THAT(LogOf(run), HasSubstr("has started 2 processes already"));
}

}  // namespace
}  // namespace culturemert
