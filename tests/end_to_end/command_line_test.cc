// What a user types: wrong flags and settings are refused, with a message that
// helps, before anything is computed.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/end_to_end/suite_process.h"
#include "tools/base/files/files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kUsageExitCode = 2;

SuiteRun RunWith(const std::string& name,
                 const std::vector<std::string>& flags) {
  return {"baseline", absl::StrCat(testing::TempDir(), "/", name), 1, flags};
}

std::string LogOf(const SuiteRun& run) {
  return Files::Real().Read(SuiteLogPath(run)).value_or("");
}

struct Mistake {
  std::string name;
  std::vector<std::string> flags;
  std::string message;
};

class MistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(MistakeTest, IsRefusedBeforeAnyWork) {
  const SuiteRun run = RunWith(GetParam().name, GetParam().flags);
  EXPECT_EQ(RunSuite(run), kUsageExitCode);
  EXPECT_THAT(LogOf(run), HasSubstr(GetParam().message));
  EXPECT_THAT(LogOf(run), Not(HasSubstr(": starts")));
  EXPECT_TRUE(absl::IsNotFound(Files::Real().Info(run.output).status()));
}

INSTANTIATE_TEST_SUITE_P(
    CommandLine, MistakeTest,
    testing::Values(
        Mistake{"NegativeThreads", {"--threads=-1"}, "--threads: found -1"},
        Mistake{"TooManyThreads", {"--threads=100000"}, "expected 0 to 1024"},
        Mistake{"NoProcess", {"--processes=0"}, "--processes: found 0"},
        Mistake{"TooManyProcesses", {"--processes=100000"}, "expected 1 to "},
        Mistake{"NegativeThreadsOfProcesses",
                {"--processes=2", "--threads=-1"},
                "--threads: found -1"},
        Mistake{"UnknownDevice", {"--device=tpu"}, "--device: device 'tpu'"},
        Mistake{"NoFlag", {"smoke"}, "\"smoke\" is no flag"},
        Mistake{"UnknownSetting", {"--set=evaluation.sedes=[1]"}, "seeds"},
        Mistake{"SeedTwice", {"--seeds=1,1"}, "\"1\" twice"},
        Mistake{"SeedIsNoNumber", {"--seeds=a"}, "evaluation.seeds"},
        Mistake{"UnknownRow", {"--set", "rows=[\"bas\"]"}, "\"bas\""},
        Mistake{"BadPattern", {"--only=("}, "no regular expression"}),
    [](const testing::TestParamInfo<Mistake>& info) {
      return info.param.name;
    });

TEST(CommandLineTest, AnUnknownExperimentIsAnsweredWithThoseThereAre) {
  SuiteRun run = RunWith("unknown", {});
  run.experiment = "basline";
  EXPECT_EQ(RunSuite(run), 1);
  EXPECT_THAT(LogOf(run), HasSubstr("baseline"));
}

TEST(CommandLineTest, LookingAtThePlanMakesNothing) {
  for (const char* flag :
       {"--list", "--dry_run", "--show_config", "--settings"}) {
    const SuiteRun run = RunWith("looked", {flag});
    EXPECT_EQ(RunSuite(run), 0) << LogOf(run);
    EXPECT_TRUE(absl::IsNotFound(Files::Real().Info(run.output).status()))
        << flag;
  }
}

TEST(CommandLineTest, AnEstimateSaysWhatItTakesProcessesFor) {
  const SuiteRun here = RunWith("estimated", {"--dry_run", "--processes=2"});
  EXPECT_EQ(RunSuite(here), 0) << LogOf(here);
  EXPECT_THAT(LogOf(here), HasSubstr("times of one process: 2 share"));
  const SuiteRun there =
      RunWith("moved", {"--dry_run", "--processes=2", "--dry_run_gpu=h100"});
  EXPECT_EQ(RunSuite(there), 0) << LogOf(there);
  EXPECT_THAT(LogOf(there), HasSubstr("by 2 processes with one each"));
}

TEST(CommandLineTest, APartCanBeRunAndTheRestLater) {
  SuiteRun run = RunWith("part", {"--only=set.makam|makam · audio"});
  ASSERT_EQ(RunSuite(run), 0) << LogOf(run);
  EXPECT_TRUE(absl::IsNotFound(RecordsOf(run.output).status()));
  run.flags = {"--set", "evaluation.datasets=[\"makam\"]"};
  ASSERT_EQ(RunSuite(run), 0) << LogOf(run);
  EXPECT_THAT(LogOf(run), HasSubstr("makam · audio: reused"));
  EXPECT_THAT(RecordsOf(run.output), IsOk());
}

}  // namespace
}  // namespace culturemert
