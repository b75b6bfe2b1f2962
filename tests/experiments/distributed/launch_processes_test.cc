#include "experiments/distributed/launch_processes.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;

class LaunchProcessesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = ::testing::TempDir() + "/launch.XXXXXX";
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
  }

  LaunchOptions Options(const std::string& scenario, int processes) const {
    LaunchOptions options;
    options.processes = processes;
    options.program = "tests/experiments/distributed/launched_process";
    options.arguments = {scenario, directory_};
    options.log_directory = directory_;
    options.grace = milliseconds(300);
    return options;
  }

  std::string Read(const std::string& name) const {
    std::ifstream file(absl::StrCat(directory_, "/", name));
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  void WaitForFile(const std::string& name) const {
    for (int i = 0; i < 2000 && Read(name).empty(); ++i) {
      std::this_thread::sleep_for(milliseconds(5));
    }
  }

  std::string directory_;
};

TEST_F(LaunchProcessesTest, EachProcessGetsTorchrunsVariables) {
  ASSERT_THAT(LaunchProcesses(Options("environment", 3)), IsOk());
  for (int rank = 0; rank < 3; ++rank) {
    EXPECT_EQ(Read(absl::StrCat("found", rank)),
              absl::StrCat("RANK=", rank, "\nLOCAL_RANK=", rank,
                           "\nWORLD_SIZE=3\nLOCAL_WORLD_SIZE=3\n"
                           "MASTER_ADDR=127.0.0.1\n"));
  }
}

TEST_F(LaunchProcessesTest, OnlyRankZeroSpeaks) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  const absl::Status status = LaunchProcesses(Options("environment", 2));
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "output of 0\n");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "error of 0\n");
  EXPECT_THAT(status, IsOk());
  EXPECT_EQ(Read("rank1.log"), "output of 1\nerror of 1\n");
}

TEST_F(LaunchProcessesTest, AFailureIsToldWithItsLastWordsAndEndsTheOthers) {
  const auto start = steady_clock::now();
  EXPECT_THAT(LaunchProcesses(Options("fail", 3)),
              StatusIs(absl::StatusCode::kAborted,
                       AllOf(HasSubstr("rank 1 of 3"), HasSubstr("exit code 3"),
                             HasSubstr("rank1.log"),
                             HasSubstr("epoch 3: cannot read clip.mp3"))));
  EXPECT_LT(steady_clock::now() - start, milliseconds(8000));
  EXPECT_EQ(Read("found2"), absl::StrCat("signal ", SIGTERM));
}

TEST_F(LaunchProcessesTest, TheExitCodeOfRankZeroIsPassedOn) {
  EXPECT_THAT(ExitCodeOfLaunch(LaunchProcesses(Options("refused", 2))),
              Optional(2));
}

TEST_F(LaunchProcessesTest, ElseThatOfTheRankThatEndedBadlyFirst) {
  EXPECT_THAT(ExitCodeOfLaunch(LaunchProcesses(Options("fail", 2))),
              Optional(3));
  EXPECT_EQ(ExitCodeOfLaunch(LaunchProcesses(Options("killed", 2))),
            std::nullopt);
  EXPECT_EQ(ExitCodeOfLaunch(absl::OkStatus()), std::nullopt);
}

TEST_F(LaunchProcessesTest, AKilledProcessIsToldBySignal) {
  EXPECT_THAT(LaunchProcesses(Options("killed", 2)),
              StatusIs(absl::StatusCode::kAborted,
                       AllOf(HasSubstr("rank 1 of 2"), HasSubstr("signal 9"),
                             HasSubstr("it wrote nothing"))));
}

TEST_F(LaunchProcessesTest, ProcessesThatIgnoreSigtermAreKilled) {
  const auto start = steady_clock::now();
  EXPECT_THAT(LaunchProcesses(Options("stubborn", 2)),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("exit code 4")));
  EXPECT_LT(steady_clock::now() - start, milliseconds(8000));
}

TEST_F(LaunchProcessesTest, SignalsArePassedOnToAll) {
  for (const int signal : {SIGTERM, SIGINT}) {
    SetUp();
    const pid_t launcher = fork();
    if (launcher == 0) {
      _exit(LaunchProcesses(Options("wait", 2)).ok() ? 0 : 1);
    }
    for (const char* name : {"found0.ready", "found1.ready"}) WaitForFile(name);
    ASSERT_EQ(kill(launcher, signal), 0);
    int status = -1;
    ASSERT_EQ(waitpid(launcher, &status, 0), launcher);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(Read("found0"), absl::StrCat("signal ", signal));
    EXPECT_EQ(Read("found1"), absl::StrCat("signal ", signal));
  }
}

TEST_F(LaunchProcessesTest, ProcessesEndWithAKilledLauncher) {
  const pid_t launcher = fork();
  if (launcher == 0) _exit(LaunchProcesses(Options("wait", 2)).ok() ? 0 : 1);
  for (const char* name : {"found0.ready", "found1.ready"}) WaitForFile(name);
  ASSERT_EQ(kill(launcher, SIGKILL), 0);
  ASSERT_EQ(waitpid(launcher, nullptr, 0), launcher);
  WaitForFile("found0");
  WaitForFile("found1");
  EXPECT_EQ(Read("found1"), absl::StrCat("signal ", SIGTERM));
}

TEST_F(LaunchProcessesTest, AProgramThatIsNotThereIsAnError) {
  LaunchOptions options = Options("environment", 2);
  options.program = "no/such/program";
  EXPECT_THAT(LaunchProcesses(options),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("exit code 127")));
}

TEST_F(LaunchProcessesTest, ALogThatCannotBeWrittenIsAnErrorThatNamesIt) {
  LaunchOptions options = Options("environment", 2);
  options.log_directory = directory_ + "/missing";
  EXPECT_THAT(
      LaunchProcesses(options),
      StatusIs(absl::StatusCode::kInternal, HasSubstr("missing/rank1.log")));
}

TEST_F(LaunchProcessesTest, NoProcessesAreAnError) {
  EXPECT_THAT(
      LaunchProcesses(Options("environment", 0)),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--processes=0")));
}

TEST_F(LaunchProcessesTest, OneOfSeveralProcessesDoesNotStartOthers) {
  setenv("RANK", "1", 1);
  EXPECT_THAT(
      LaunchProcesses(Options("environment", 2)),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("RANK=1")));
  unsetenv("RANK");
}

}  // namespace
}  // namespace culturemert
