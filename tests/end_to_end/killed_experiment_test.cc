// The whole program is killed at any time, or shares its work with others, and
// ends with the record of an undisturbed run. CULTUREMERT_KILLS=100 kills more
// often than the default.

#include <sys/types.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/end_to_end/suite_process.h"
#include "tools/base/files/files.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

constexpr int kDefaultKills = 6;
constexpr absl::Duration kPatience = absl::Minutes(5);

int Kills() {
  const char* text = std::getenv("CULTUREMERT_KILLS");
  int kills = kDefaultKills;
  if (text != nullptr && !absl::SimpleAtoi(text, &kills)) return kDefaultKills;
  return kills;
}

SuiteRun RunIn(absl::string_view name) {
  return {
      "multicultural_cpt", absl::StrCat(testing::TempDir(), "/", name), 1, {}};
}

std::string LogOf(const SuiteRun& run) {
  return Files::Real().Read(SuiteLogPath(run)).value_or("");
}

class KilledExperimentTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const SuiteRun run = RunIn("undisturbed");
    const absl::Time begun = absl::Now();
    ASSERT_EQ(RunSuite(run), 0) << LogOf(run);
    whole_run_ = absl::Now() - begun;
    const auto records = RecordTextsOf(run.output);
    ASSERT_THAT(records, IsOk());
    ASSERT_EQ(records->size(), 1u);
    reference_ = new auto(*records);
  }
  static void TearDownTestSuite() { delete reference_; }

  void ExpectTheSame(const SuiteRun& run) {
    const auto records = RecordTextsOf(run.output);
    ASSERT_THAT(records, IsOk());
    EXPECT_EQ(*records, *reference_);
  }

  static absl::Duration whole_run_;
  static std::map<std::string, std::string>* reference_;
};

absl::Duration KilledExperimentTest::whole_run_;
std::map<std::string, std::string>* KilledExperimentTest::reference_ = nullptr;

TEST_F(KilledExperimentTest, EndsWithTheSameRecordWhenKilledAtAnyTime) {
  const RandomStream random(1, StreamId("kills"));
  const int kills = Kills();
  int killed = 0;
  int finished = 0;
  for (std::uint64_t start = 0; killed < kills; ++start) {
    const SuiteRun run = RunIn(absl::StrCat("killed", finished));
    const pid_t process = StartSuite(run);
    const int exit_code =
        WaitForSuite(process, random.UniformDouble(start) * 0.5 * whole_run_);
    if (exit_code == -1) {
      KillSuite(process);
      ++killed;
      continue;
    }
    ASSERT_EQ(exit_code, 0) << LogOf(run);
    ExpectTheSame(run);
    ++finished;
  }
  const SuiteRun run = RunIn(absl::StrCat("killed", finished));
  ASSERT_EQ(RunSuite(run), 0) << LogOf(run);
  ExpectTheSame(run);
}

TEST_F(KilledExperimentTest, ThreeProcessesOfWhichOneIsKilledWriteOneRecord) {
  const SuiteRun run = RunIn("shared");
  const std::vector<pid_t> processes = {StartSuite(run), StartSuite(run),
                                        StartSuite(run)};
  EXPECT_EQ(WaitForSuite(processes[0], 0.3 * whole_run_), -1);
  KillSuite(processes[0]);
  EXPECT_EQ(WaitForSuite(processes[1], kPatience), 0) << LogOf(run);
  EXPECT_EQ(WaitForSuite(processes[2], kPatience), 0) << LogOf(run);
  ExpectTheSame(run);
}

TEST_F(KilledExperimentTest, WorkersWriteTheRecordOfOneProcess) {
  SuiteRun run = RunIn("workers");
  run.flags = {"--workers=3"};
  ASSERT_EQ(RunSuite(run), 0) << LogOf(run);
  ExpectTheSame(run);
  // They share the work, and a good end removes their logs.
  EXPECT_THAT(LogOf(run), testing::HasSubstr("made by another process"));
  EXPECT_FALSE(Files::Real().Exists(run.output + "/workers"));
}

TEST_F(KilledExperimentTest, WorkersEndWithTheirParentAndTheNextOnesGoOn) {
  SuiteRun run = RunIn("orphans");
  run.flags = {"--workers=3"};
  const pid_t process = StartSuite(run);
  EXPECT_EQ(WaitForSuite(process, 0.2 * whole_run_), -1);
  KillSuite(process);
  ASSERT_EQ(RunSuite(run), 0) << LogOf(run);
  ExpectTheSame(run);
}

}  // namespace
}  // namespace culturemert
