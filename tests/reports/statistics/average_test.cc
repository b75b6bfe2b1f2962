#include "reports/statistics/average.h"

#include <cmath>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/reports/statistics/sample_study.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

constexpr double kTolerance = 1e-12;

class AverageTest : public ::testing::Test {
 protected:
  AverageTest()
      : data_(MakeReportData(SampleRecordList(), {}).value()),
        study_(data_.studies[0]) {}

  std::size_t IndexOf(const std::string& label) const {
    for (std::size_t i = 0; i < study_.models.size(); ++i) {
      if (study_.models[i].label == label) return i;
    }
    return study_.models.size();
  }

  ReportData data_;
  Study& study_;
};

TEST_F(AverageTest, IsThePlainMeanOfAllNumbers) {
  const std::size_t model = IndexOf("multicultural_cpt");
  double sum = 0;
  for (const char* dataset : {"makam", "lyra", "fma"}) {
    for (const Metric metric : {Metric::kRocAuc, Metric::kAveragePrecision}) {
      for (const int seed : {0, 1}) {
        sum += SampleScore("multicultural_cpt", dataset, metric, seed);
      }
    }
  }
  const std::optional<Average> average = AverageMetric(
      study_, model, {0, 1, 2}, {Metric::kRocAuc, Metric::kAveragePrecision});
  ASSERT_TRUE(average.has_value());
  EXPECT_NEAR(average->mean, sum / 12, kTolerance);
  // Every number of seed 1 is 1/128 above that of seed 0.
  EXPECT_NEAR(*average->deviation, 0.0078125 / std::sqrt(2.0), kTolerance);
}

TEST_F(AverageTest, AddsSquaredHalfWidthsOverSetsAndAveragesThemWithinOne) {
  const std::size_t model = IndexOf("base");
  const double one = (0.03125 + 0.015625) / 2;
  const auto of_one = AverageMetric(
      study_, model, {0}, {Metric::kRocAuc, Metric::kAveragePrecision});
  EXPECT_NEAR(*of_one->half_width, one, kTolerance);
  const auto of_four =
      AverageMetric(study_, model, {0, 1, 2, 3}, {Metric::kRocAuc});
  EXPECT_NEAR(*of_four->half_width, one / 2, kTolerance);
}

TEST_F(AverageTest, GivesTheGainOverTheBase) {
  const auto gain =
      AverageDifference(study_, IndexOf("multicultural_cpt"), IndexOf("base"),
                        {0, 1}, {Metric::kRocAuc, Metric::kAveragePrecision});
  ASSERT_TRUE(gain.has_value());
  EXPECT_NEAR(gain->mean, 0.0625, kTolerance);
  EXPECT_NEAR(*gain->deviation, 0, kTolerance);
  EXPECT_NEAR(*gain->half_width, 0.02 / std::sqrt(2.0), kTolerance);
}

TEST_F(AverageTest, HasNoIntervalWhereNoTestWasMade) {
  const auto gain = AverageDifference(
      study_, IndexOf("base"), IndexOf("chance"), {0}, {Metric::kRocAuc});
  ASSERT_TRUE(gain.has_value());
  EXPECT_FALSE(gain->half_width.has_value());
}

TEST_F(AverageTest, IsMissingWhereAPartIs) {
  const std::size_t model = IndexOf("base");
  EXPECT_FALSE(AverageMetric(study_, model, {}, {Metric::kRocAuc}).has_value());
  study_.results[model][1] = nullptr;
  EXPECT_FALSE(
      AverageMetric(study_, model, {0, 1}, {Metric::kRocAuc}).has_value());
  EXPECT_TRUE(AverageMetric(study_, model, {0}, {Metric::kRocAuc}).has_value());
}

TEST_F(AverageTest, HasNoDeviationOverOtherSeeds) {
  const std::size_t model = IndexOf("base");
  ResultRecord other = *study_.results[model][1];
  other.seeds = {3, 5};
  study_.results[model][1] = &other;
  const auto average = AverageMetric(study_, model, {0, 1}, {Metric::kRocAuc});
  ASSERT_TRUE(average.has_value());
  EXPECT_FALSE(average->deviation.has_value());
}

}  // namespace
}  // namespace culturemert
