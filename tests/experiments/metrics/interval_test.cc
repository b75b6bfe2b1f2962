#include "experiments/metrics/interval.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "experiments/metrics/statistics.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<double> Normals(std::size_t count, std::uint64_t seed) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back(RandomStream(seed, 0).Normal(i));
  }
  return values;
}

TEST(CentredBcaIntervalTest, SymmetricReplicatesGiveTheirPercentiles) {
  std::vector<double> replicates;
  for (int i = -500; i <= 500; ++i) replicates.push_back(0.5 + i / 1000.0);
  const std::optional<Interval> interval =
      CentredBcaInterval(0.5, replicates, {}, 0.9);
  ASSERT_TRUE(interval.has_value());
  EXPECT_NEAR(interval->low, 0.05, 1e-9);
  EXPECT_NEAR(interval->high, 0.95, 1e-9);
}

TEST(CentredBcaIntervalTest, AShiftOfAllReplicatesDoesNotMatter) {
  std::vector<double> replicates = Normals(1000, 1);
  const std::vector<double> jackknife = Normals(50, 2);
  const Interval before = *CentredBcaInterval(3, replicates, jackknife, 0.95);
  for (double& value : replicates) value += 7;
  const Interval after = *CentredBcaInterval(3, replicates, jackknife, 0.95);
  EXPECT_NEAR(before.low, after.low, 1e-12);
  EXPECT_NEAR(before.high, after.high, 1e-12);
}

// Efron and Tibshirani's formulas (14.9) to (14.15), on centred replicates.
TEST(CentredBcaIntervalTest, SkewedReplicatesFollowThePublishedFormulas) {
  std::vector<double> replicates = Normals(999, 3);
  for (double& value : replicates) value = std::exp(0.5 * value);
  double mean = 0;
  for (double value : replicates) mean += value / 999;
  for (double& value : replicates) value -= mean;
  const std::vector<double> jackknife = {0.1, -0.2, 0.05, 0.3, -0.6, 0.35};
  double squares = 0;
  double cubes = 0;
  for (double value : jackknife) {  // Their mean is 0.
    squares += value * value;
    cubes -= value * value * value;
  }
  const double a = cubes / (6 * std::pow(squares, 1.5));
  const double below = static_cast<double>(
      std::count_if(replicates.begin(), replicates.end(),
                    [](double value) { return value < 0; }));
  const double z0 = NormalQuantile(below / 999);
  std::sort(replicates.begin(), replicates.end());
  const auto end = [&](double z) {
    return Quantile(replicates, NormalCdf(z0 + (z0 + z) / (1 - a * (z0 + z))));
  };
  ASSERT_GT(z0, 0.1);
  ASSERT_GT(std::abs(a), 0.01);

  const Interval interval = *CentredBcaInterval(0, replicates, jackknife, 0.95);
  EXPECT_NEAR(interval.low, end(-1.959963984540054), 1e-9);
  EXPECT_NEAR(interval.high, end(1.959963984540054), 1e-9);
}

TEST(CentredBcaIntervalTest, UndefinedReplicatesAreLeftOut) {
  const std::vector<double> replicates = Normals(100, 4);
  std::vector<double> with_undefined = replicates;
  with_undefined.insert(with_undefined.begin() + 20, kNan);
  with_undefined.push_back(kNan);
  const Interval plain = *CentredBcaInterval(0, replicates, {1, 2, 4}, 0.95);
  const Interval same =
      *CentredBcaInterval(0, with_undefined, {1, kNan, 2, 4}, 0.95);
  EXPECT_EQ(plain.low, same.low);
  EXPECT_EQ(plain.high, same.high);
  EXPECT_FALSE(CentredBcaInterval(0, {kNan, kNan}, {}, 0.95).has_value());
}

TEST(CentredBcaIntervalTest, ReplicatesThatAreAllTheEstimateGiveAPoint) {
  const Interval interval = *CentredBcaInterval(1, {1, 1, 1}, {1, 1}, 0.95);
  EXPECT_EQ(interval.low, 1);
  EXPECT_EQ(interval.high, 1);
}

TEST(CentredBcaIntervalTest, ExtremeAccelerationStaysWithinTheReplicates) {
  const std::vector<double> replicates = Normals(200, 5);
  const auto [lowest, highest] =
      std::minmax_element(replicates.begin(), replicates.end());
  double mean = 0;
  for (double value : replicates) mean += value / 200;
  for (double sign : {-1.0, 1.0}) {
    const Interval interval = *CentredBcaInterval(
        mean, replicates, {sign * 100, 0, 0, 0, 0, 0, 0, 0}, 0.999999);
    EXPECT_GE(interval.low, *lowest - 1e-12);
    EXPECT_LE(interval.high, *highest + 1e-12);
    EXPECT_LE(interval.low, interval.high);
  }
}

}  // namespace
}  // namespace culturemert
