#include "experiments/estimate/action_speeds.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::DoubleNear;
using ::testing::Optional;

constexpr double kTolerance = 1e-9;

ActionCost Flops(double flops) {
  ActionCost cost;
  cost.flops = flops;
  return cost;
}

ActionCost Audio(double seconds) {
  ActionCost cost;
  cost.audio_seconds = seconds;
  return cost;
}

TEST(ActionSpeedsTest, TwoSizesTellWhatAnActionTakesAtLeastAndWhatMoreAdds) {
  const ActionSpeeds speeds = ActionSpeeds::Fit(
      {{"train", Flops(1e12), 1.5}, {"train", Flops(3e12), 2.5}});
  EXPECT_THAT(speeds.Seconds("train", Flops(0)),
              Optional(DoubleNear(1, kTolerance)));
  EXPECT_THAT(speeds.Seconds("train", Flops(100e12)),
              Optional(DoubleNear(51, kTolerance)));
}

TEST(ActionSpeedsTest, NoiseDoesNotMakeLargerActionsCheaper) {
  const ActionSpeeds falling =
      ActionSpeeds::Fit({{"render", Audio(10), 3}, {"render", Audio(20), 2}});
  EXPECT_THAT(falling.Seconds("render", Audio(60)),
              Optional(DoubleNear(10, kTolerance)));
  const ActionSpeeds steep =
      ActionSpeeds::Fit({{"render", Audio(10), 1}, {"render", Audio(20), 5}});
  EXPECT_THAT(steep.Seconds("render", Audio(1)),
              Optional(DoubleNear(0.2, kTolerance)));
}

TEST(ActionSpeedsTest, OneSizeIsTakenInProportion) {
  const ActionSpeeds speeds =
      ActionSpeeds::Fit({{"render", Audio(10), 1}, {"render", Audio(10), 3}});
  EXPECT_THAT(speeds.Seconds("render", Audio(100)),
              Optional(DoubleNear(20, kTolerance)));
}

TEST(ActionSpeedsTest, WithoutAnAmountItIsTheMean) {
  const ActionSpeeds speeds = ActionSpeeds::Fit(
      {{"import", ActionCost(), 1}, {"import", ActionCost(), 2}});
  EXPECT_THAT(speeds.Seconds("import", ActionCost()),
              Optional(DoubleNear(1.5, kTolerance)));
}

TEST(ActionSpeedsTest, ActionsOfOneNameAreAlikeOnlyIfTheirMeasureIs) {
  ActionCost model = Flops(1e12);
  model.audio_seconds = 100;
  const ActionSpeeds speeds =
      ActionSpeeds::Fit({{"embed", model, 10}, {"embed", Audio(100), 1}});
  EXPECT_THAT(speeds.Seconds("embed", model),
              Optional(DoubleNear(10, kTolerance)));
  EXPECT_THAT(speeds.Seconds("embed", Audio(100)),
              Optional(DoubleNear(1, kTolerance)));
  EXPECT_EQ(speeds.Seconds("embed", ActionCost()), std::nullopt);
}

TEST(ActionSpeedsTest, WhatWasNotMeasuredStaysUnknown) {
  EXPECT_EQ(ActionSpeeds().Seconds("train", Flops(1)), std::nullopt);
  const ActionSpeeds speeds = ActionSpeeds::Fit({{"train", Flops(1), 1}});
  EXPECT_EQ(speeds.Seconds("merge", Flops(1)), std::nullopt);
}

TEST(ActionSpeedsTest, AGpuTakesWhatItsPeakAndTheUtilisationTell) {
  ActionSpeeds speeds =
      ActionSpeeds::Fit({{"train", Flops(1), 1}, {"render", Audio(1), 2}});
  PublishedGpu gpu;
  gpu.peak_flops = 100e12;
  speeds.MoveToGpus("train", gpu, 1);
  EXPECT_THAT(speeds.Seconds("train", Flops(300e12)),
              Optional(DoubleNear(3 / kAssumedUtilisation, kTolerance)));
  speeds.MoveToGpus("train", gpu, 4);
  EXPECT_THAT(speeds.Seconds("train", Flops(300e12)),
              Optional(DoubleNear(0.75 / kAssumedUtilisation, kTolerance)));
  EXPECT_THAT(speeds.Seconds("render", Audio(1)),
              Optional(DoubleNear(2, kTolerance)));
}

}  // namespace
}  // namespace culturemert
