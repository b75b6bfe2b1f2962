#include "experiments/training/step_flops.h"

#include "gtest/gtest.h"

namespace culturemert {
namespace {

TrainingConfig OneSegment() {
  TrainingConfig config;
  config.batch_seconds = 5;
  config.micro_batch_segments = 1;
  return config;
}

double FlopsOf(std::vector<ParameterGroup> trainable) {
  StageConfig stage;
  stage.trainable = std::move(trainable);
  return UpdateFlops(MertConfig(), OneSegment(), stage);
}

// 55 GMAC forward, models/mert/README.md; the whole step takes three times
// that, but that nothing needs the gradient by the audio.
TEST(UpdateFlops, OfAFullStepAreThreeTimesTheForwardPass) {
  const double forward = FlopsOf({});
  EXPECT_NEAR(forward / 2e9, 55, 2);
  EXPECT_NEAR(FlopsOf(AllParameterGroups()) / (3 * forward), 1, 0.01);
}

TEST(UpdateFlops, LeaveOutGradientsThatAreNotNeeded) {
  const double forward = FlopsOf({});
  // The heads alone: nothing backward through the encoder.
  EXPECT_LT(FlopsOf({ParameterGroup::kProjectionHeads,
                     ParameterGroup::kLabelEmbeddings}),
            1.05 * forward);
  // The first stage: backward through the transformer, but not by its weights.
  const double first = FlopsOf(TrainingConfig::TwoStages().front().trainable);
  EXPECT_GT(first, 2 * forward);
  EXPECT_LT(first, 0.85 * FlopsOf(AllParameterGroups()));
  // Everything above the front-end.
  EXPECT_LT(FlopsOf({ParameterGroup::kTransformer}), 2.5 * forward);
}

TEST(UpdateFlops, GrowWithTheBatchOfTheStage) {
  StageConfig stage;
  const double one = UpdateFlops(MertConfig(), OneSegment(), stage);
  stage.batch_seconds = 20;
  EXPECT_DOUBLE_EQ(UpdateFlops(MertConfig(), OneSegment(), stage), 4 * one);
}

TEST(UpdateFlops, OfSpectrogramRegressionAreTheFrontEnds) {
  StageConfig stage = StageConfig::FrontEndWarmUp();
  stage.segment_seconds = 5;
  stage.batch_seconds = 5;
  stage.micro_batch_segments = 1;
  const double flops = UpdateFlops(MertConfig(), OneSegment(), stage);
  // 18 GMAC forward.
  EXPECT_NEAR(flops / 6e9, 18, 1);
}

}  // namespace
}  // namespace culturemert
