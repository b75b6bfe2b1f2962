#include "experiments/training/learning_rate.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/config/config.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

LearningRateConfig ConfigOf(LearningRateDecay decay, double warm_up) {
  LearningRateConfig config;
  config.peak = 2e-4;
  config.decay = decay;
  config.warm_up_fraction = warm_up;
  return config;
}

TEST(LearningRate, RisesToItsPeakAndFallsTowardsZero) {
  const LearningRateConfig config = ConfigOf(LearningRateDecay::kLinear, 0.1);
  EXPECT_DOUBLE_EQ(LearningRate(config, 0, 100), 2e-4 / 11);
  EXPECT_DOUBLE_EQ(LearningRate(config, 9, 100), 2e-4 * 10 / 11);
  EXPECT_DOUBLE_EQ(LearningRate(config, 10, 100), 2e-4);
  EXPECT_DOUBLE_EQ(LearningRate(config, 55, 100), 1e-4);
  EXPECT_NEAR(LearningRate(config, 99, 100), 2e-4 / 90, 1e-18);
}

TEST(LearningRate, HasTheShapeOfItsDecay) {
  EXPECT_DOUBLE_EQ(
      LearningRate(ConfigOf(LearningRateDecay::kCosine, 0), 25, 100),
      1e-4 * (1 + std::sqrt(0.5)));
  EXPECT_DOUBLE_EQ(
      LearningRate(ConfigOf(LearningRateDecay::kConstant, 0.5), 99, 100), 2e-4);
  LearningRateConfig config = ConfigOf(LearningRateDecay::kLinear, 0);
  config.final_fraction = 0.25;
  EXPECT_DOUBLE_EQ(LearningRate(config, 50, 100), 2e-4 * 0.625);
}

TEST(LearningRate, IsPositiveAndAtMostItsPeakForEveryLengthAndShape) {
  for (const LearningRateDecay decay :
       {LearningRateDecay::kLinear, LearningRateDecay::kCosine,
        LearningRateDecay::kConstant}) {
    for (const double warm_up : {0.0, 0.1, 0.5, 1.0}) {
      for (int updates = 1; updates <= 40; ++updates) {
        double highest = 0;
        for (int update = 0; update < updates; ++update) {
          const double rate =
              LearningRate(ConfigOf(decay, warm_up), update, updates);
          ASSERT_GT(rate, 0);
          highest = std::max(highest, rate);
        }
        if (warm_up < 1 && std::llround(warm_up * updates) < updates) {
          ASSERT_DOUBLE_EQ(highest, 2e-4) << warm_up << " " << updates;
        } else {
          ASSERT_LT(highest, 2e-4);
        }
      }
    }
  }
}

TEST(LearningRate, KeepsTheShapeWhenTheStageIsLonger) {
  const LearningRateConfig config = ConfigOf(LearningRateDecay::kLinear, 0.1);
  for (int percent = 10; percent < 100; ++percent) {
    EXPECT_NEAR(LearningRate(config, percent, 100),
                LearningRate(config, percent * 1000, 100000), 1e-15);
  }
}

TEST(LearningRateConfig, RefusesWhatIsNoRate) {
  for (const char* wrong : {"peak=0", "warm_up_fraction=1.5", "decay=square",
                            "final_fraction=-0.1"}) {
    EXPECT_THAT(ConfigLoader<LearningRateConfig>().Set(wrong).Build(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("")))
        << wrong;
  }
}

}  // namespace
}  // namespace culturemert
