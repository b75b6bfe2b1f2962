#include "tests/datasets/sampling/chi_square.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

using ::testing::Gt;
using ::testing::Lt;

// The 0.5, 0.95 and 0.999 quantiles of chi-square with 9 degrees of freedom,
// which are 8.343, 16.919 and 27.877, become those of the normal distribution.
TEST(ChiSquareTest, KnowsQuantilesOfTheDistribution) {
  const auto deviations = [](double statistic) {
    std::vector<std::uint64_t> counts(10, 1000000);
    // Two counts off by d in opposite directions: 2 d^2 / expected.
    const auto d = static_cast<std::uint64_t>(
        std::lround(std::sqrt(statistic / 2 * 1000000)));
    counts[0] += d;
    counts[1] -= d;
    return ChiSquareDeviations(counts);
  };
  EXPECT_NEAR(deviations(8.343), 0, 0.03);
  EXPECT_NEAR(deviations(16.919), 1.645, 0.03);
  EXPECT_NEAR(deviations(27.877), 3.090, 0.03);
}

TEST(ChiSquareTest, TellsAFairDieFromALoadedOne) {
  const RandomStream rolls(3, StreamId("die"));
  std::vector<std::uint64_t> fair(6);
  std::vector<std::uint64_t> loaded(6);
  for (int roll = 0; roll < 60000; ++roll) {
    const std::uint64_t side = rolls.UniformInt(roll, 6);
    ++fair[side];
    ++loaded[side == 0 && roll % 10 == 0 ? 5 : side];
  }
  EXPECT_THAT(ChiSquareDeviations(fair), Lt(4));
  EXPECT_THAT(ChiSquareDeviations(loaded), Gt(8));
}

}  // namespace
}  // namespace culturemert
