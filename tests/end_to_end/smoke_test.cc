// All experiments from the first clip to the last record, by the program as a
// user starts it.

#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "experiments/metrics/metric.h"
#include "experiments/records/record.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/end_to_end/suite_process.h"
#include "tools/base/files/files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAreArray;
using ::testing::SizeIs;

constexpr std::size_t kExperiments = 14;
// On two cores with nothing else to do the whole takes 25 s, and a second start
// 0.8 s.
constexpr absl::Duration kSecondStart = absl::Seconds(20);
// Sums of two threads are added in another order: losses were 7.3e-7 apart, and
// all metrics equal. One pair of recordings that changes places moves a macro
// mean by no more than 0.02.
constexpr double kLossTolerance = 1e-5;
constexpr double kMetricTolerance = 0.02;

std::string Output(absl::string_view name) {
  return absl::StrCat(testing::TempDir(), "/", name);
}

std::string LogOf(const SuiteRun& run) {
  return Files::Real().Read(SuiteLogPath(run)).value_or("");
}

int LinesWith(const std::string& text, absl::string_view part) {
  int lines = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::StrContains(line, part)) ++lines;
  }
  return lines;
}

// "render 3f0c..."
std::vector<std::string> ActionsOf(const Record& record) {
  std::vector<std::string> actions;
  for (const ActionRecord& action : record.actions) {
    actions.push_back(absl::StrCat(action.name, " ", action.key));
  }
  return actions;
}

class SmokeTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    run_ = new SuiteRun{"all", Output("all"), 1, {}};
    ASSERT_EQ(RunSuite(*run_), 0) << LogOf(*run_);
  }
  static void TearDownTestSuite() { delete run_; }

  static SuiteRun* run_;
};

SuiteRun* SmokeTest::run_ = nullptr;

TEST_F(SmokeTest, EveryExperimentOfAllWritesOneRecord) {
  const auto records = RecordsOf(run_->output);
  ASSERT_THAT(records, IsOk());
  EXPECT_THAT(*records, SizeIs(kExperiments));
  for (const auto& [name, record] : *records) {
    EXPECT_FALSE(record.actions.empty()) << name;
    EXPECT_FALSE(record.results.empty() && record.series.empty()) << name;
    EXPECT_EQ(record.data, DataKind::kSynthetic) << name;
  }
}

TEST_F(SmokeTest, EveryModelHasAResultOnEveryDataset) {
  const auto records = RecordsOf(run_->output);
  ASSERT_THAT(records, IsOk());
  for (const auto& [name, record] : *records) {
    EXPECT_EQ(record.results.size(),
              record.models.size() * record.datasets.size())
        << name;
    for (const ResultRecord& result : record.results) {
      EXPECT_THAT(result.metrics, SizeIs(kMetrics.size()))
          << name << ": " << result.model << " on " << result.dataset;
    }
  }
}

TEST_F(SmokeTest, ASecondStartComputesNothing) {
  const auto before = RecordTextsOf(run_->output);
  ASSERT_THAT(before, IsOk());
  ASSERT_GT(LinesWith(LogOf(*run_), ": starts"), 0);
  const std::size_t first_log = LogOf(*run_).size();
  const absl::Time started = absl::Now();
  ASSERT_EQ(RunSuite(*run_), 0) << LogOf(*run_);
  EXPECT_LT(absl::Now() - started, kSecondStart);
  const std::string log = LogOf(*run_).substr(first_log);
  EXPECT_EQ(LinesWith(log, ": starts"), 0);
  EXPECT_EQ(LinesWith(log, "record (as before): "), kExperiments);
  const auto after = RecordTextsOf(run_->output);
  ASSERT_THAT(after, IsOk());
  EXPECT_EQ(*after, *before);
}

TEST_F(SmokeTest, AFreshRunElsewhereGivesTheSameBytes) {
  const SuiteRun fresh = {"all", Output("fresh"), 1, {}};
  ASSERT_EQ(RunSuite(fresh), 0) << LogOf(fresh);
  const auto expected = RecordTextsOf(run_->output);
  const auto found = RecordTextsOf(fresh.output);
  ASSERT_THAT(expected, IsOk());
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(*found, *expected);
}

void ExpectNearMetrics(const Record& found, const Record& expected) {
  ASSERT_EQ(found.results.size(), expected.results.size());
  for (std::size_t i = 0; i < found.results.size(); ++i) {
    const ResultRecord& result = expected.results[i];
    ASSERT_EQ(found.results[i].metrics.size(), result.metrics.size());
    for (std::size_t k = 0; k < result.metrics.size(); ++k) {
      EXPECT_NEAR(found.results[i].metrics[k].mean, result.metrics[k].mean,
                  kMetricTolerance)
          << MetricTitle(result.metrics[k].metric) << " of " << result.model
          << " on " << result.dataset;
    }
  }
}

void ExpectNearLosses(const Record& found, const Record& expected) {
  ASSERT_EQ(found.series.size(), expected.series.size());
  for (std::size_t i = 0; i < found.series.size(); ++i) {
    ASSERT_EQ(found.series[i].y.size(), expected.series[i].y.size());
    for (std::size_t k = 0; k < found.series[i].y.size(); ++k) {
      EXPECT_NEAR(found.series[i].y[k], expected.series[i].y[k], kLossTolerance)
          << found.series[i].name << " of " << found.series[i].label;
    }
  }
}

TEST_F(SmokeTest, TwoThreadsMakeTheSamePlanAndNearlyTheSameNumbers) {
  // By itself it would be two processes of one thread.
  const SuiteRun wide = {
      "multicultural_cpt", Output("wide"), 2, {"--workers=1"}};
  ASSERT_EQ(RunSuite(wide), 0) << LogOf(wide);
  const auto all = RecordsOf(run_->output);
  const auto found = RecordsOf(wide.output);
  ASSERT_THAT(all, IsOk());
  ASSERT_THAT(found, IsOk());
  ASSERT_THAT(*found, SizeIs(1));
  const Record& expected = all->at(wide.experiment);
  const Record& record = found->at(wide.experiment);
  EXPECT_EQ(record.environment.threads, 2);
  EXPECT_THAT(ActionsOf(record), ElementsAreArray(ActionsOf(expected)));
  EXPECT_EQ(record.configuration, expected.configuration);
  ExpectNearMetrics(record, expected);
  ExpectNearLosses(record, expected);
}

}  // namespace
}  // namespace culturemert
