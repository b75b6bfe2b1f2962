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

// One second is 74 frames. Products of activations and weights in a frame, and
// how often they are taken: forward, for the gradients of the weights and, but
// for the first, for those of the inputs.
//   first convolution   3 frames x 224 bands x 10     6720   twice
//   second convolution  3 frames x 10 x 10             300   thrice
//   projection          10 x 20                        200   thrice
//   regression          20 x 80 mel bands             1600   thrice
// In all 74 x 19740, with two operations each.
TEST(UpdateFlops, OfTheSpectrogramFrontEndAreItsConvolutions) {
  MertConfig model;
  model.front_end = FrontEnd::kSpectrogram;
  model.conv_channels = 10;
  model.hidden_size = 20;
  StageConfig stage;
  stage.objective = StageObjective::kSpectrogramRegression;
  stage.spectrogram = SpectrogramTarget::kLogMel;
  stage.trainable = {ParameterGroup::kFrontEnd, ParameterGroup::kProjection};
  stage.segment_seconds = 1;
  stage.batch_seconds = 1;
  stage.micro_batch_segments = 1;
  EXPECT_DOUBLE_EQ(UpdateFlops(model, OneSegment(), stage), 2 * 74 * 19740);
  stage.batch_seconds = 3;
  EXPECT_DOUBLE_EQ(UpdateFlops(model, OneSegment(), stage), 3 * 2 * 74 * 19740);
}

}  // namespace
}  // namespace culturemert
