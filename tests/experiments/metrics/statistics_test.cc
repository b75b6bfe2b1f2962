#include "experiments/metrics/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <optional>

namespace culturemert {
namespace {

using testing::DoubleEq;
using testing::DoubleNear;
using testing::ElementsAre;

TEST(SummarizeTest, TheDeviationIsTheSamplesOne) {
  const std::optional<Summary> summary = Summarize({2, 4, 4, 4, 5, 5, 7, 9});
  ASSERT_TRUE(summary.has_value());
  EXPECT_DOUBLE_EQ(summary->mean, 5);
  EXPECT_DOUBLE_EQ(*summary->deviation, std::sqrt(32.0 / 7));
}

TEST(SummarizeTest, OneValueHasNoDeviationAndNoneNoMean) {
  EXPECT_EQ(Summarize({3})->mean, 3);
  EXPECT_EQ(Summarize({3})->deviation, std::nullopt);
  EXPECT_FALSE(Summarize({}).has_value());
}

TEST(QuantileTest, NeighboursAreInterpolatedAsInNumPy) {
  EXPECT_DOUBLE_EQ(Quantile({1, 2, 4, 8}, 0), 1);
  EXPECT_DOUBLE_EQ(Quantile({1, 2, 4, 8}, 0.25), 1.75);
  EXPECT_DOUBLE_EQ(Quantile({1, 2, 4, 8}, 0.5), 3);
  EXPECT_DOUBLE_EQ(Quantile({1, 2, 4, 8}, 0.9), 6.8);
  EXPECT_DOUBLE_EQ(Quantile({1, 2, 4, 8}, 1), 8);
  EXPECT_DOUBLE_EQ(Quantile({3}, 0.3), 3);
}

TEST(NormalTest, QuantilesAreTabled) {
  EXPECT_NEAR(NormalQuantile(0.975), 1.959963984540054, 1e-12);
  EXPECT_NEAR(NormalQuantile(0.025), -1.959963984540054, 1e-12);
  EXPECT_NEAR(NormalQuantile(0.5), 0, 1e-12);
  EXPECT_NEAR(NormalQuantile(1e-4), -3.719016485455709, 1e-12);
}

TEST(NormalTest, TheQuantileInvertsTheDistribution) {
  for (double z = -6; z <= 6; z += 0.125) {
    EXPECT_NEAR(NormalQuantile(NormalCdf(z)), z, z > 4 ? 1e-6 : 1e-11) << z;
  }
}

// The worked example of R's p.adjust(c(0.01, 0.02, 0.03, 0.04), "holm").
TEST(HolmAdjustTest, AFamilyOfFourIsSteppedDown) {
  EXPECT_THAT(HolmAdjust({0.01, 0.02, 0.03, 0.04}),
              ElementsAre(DoubleEq(0.04), DoubleEq(0.06), DoubleEq(0.06),
                          DoubleEq(0.06)));
}

TEST(HolmAdjustTest, ValuesStayInTheirOrderAndNeverExceedOne) {
  EXPECT_THAT(HolmAdjust({0.9, 0.001, 0.6}),
              ElementsAre(1, DoubleNear(0.003, 1e-15), 1));
  EXPECT_THAT(HolmAdjust({0.03}), ElementsAre(0.03));
  EXPECT_THAT(HolmAdjust({}), ElementsAre());
}

}  // namespace
}  // namespace culturemert
