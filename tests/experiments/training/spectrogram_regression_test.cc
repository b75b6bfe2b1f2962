#include "experiments/training/spectrogram_regression.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>

#include "experiments/training/adam.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/training/tiny_training.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::Each;
using ::testing::Key;
using ::testing::StartsWith;

constexpr std::int64_t kSegments = 8;

class SpectrogramRegressionTest : public testing::Test {
 protected:
  // The segments that the statistics are of.
  MicroBatch Batch() {
    batch_ = tiny_.ReadBatch(kSegments);
    return CutMicroBatch(batch_, 0, kSegments, 0, *tiny_.data().codes).value();
  }

  std::unique_ptr<SpectrogramRegression> Create(
      SpectrogramTarget target = SpectrogramTarget::kLogMelAndCqt) {
    SpectrogramRegressionOptions options;
    options.target = target;
    options.statistics_segments = kSegments;
    return SpectrogramRegression::Create(tiny_.model(), tiny_.data(), options)
        .value();
  }

  TinyTraining tiny_;
  SegmentBatch batch_;
};

TEST_F(SpectrogramRegressionTest, StandardisesEachBinOverTheFirstSegments) {
  const auto regression = Create();
  const at::Tensor targets = regression->Targets(Batch().audio).value();
  ASSERT_EQ(targets.sizes(), at::IntArrayRef({kSegments, 37, 80 + 336}));
  const at::Tensor bins = targets.flatten(0, 1).to(at::kDouble);
  const at::Tensor mean = bins.mean(at::IntArrayRef({0}));
  const at::Tensor variance = bins.square().mean(at::IntArrayRef({0}));
  EXPECT_LT(mean.abs().max().item<double>(), 1e-3);
  EXPECT_NEAR(variance.max().item<double>(), 1, 1e-3);
  // All audible bins vary.
  EXPECT_NEAR(variance.median().item<double>(), 1, 1e-3);
}

TEST_F(SpectrogramRegressionTest, PredictsTheSpectrogramItIsAskedFor) {
  const MicroBatch batch = Batch();
  EXPECT_EQ(
      Create(SpectrogramTarget::kLogMel)->Targets(batch.audio).value().size(2),
      80);
  EXPECT_EQ(
      Create(SpectrogramTarget::kCqt)->Targets(batch.audio).value().size(2),
      336);
}

TEST_F(SpectrogramRegressionTest, ReachesTheFrontEndTheProjectionAndItsHead) {
  const auto regression = Create();
  const NamedTensors trainable =
      SetTrainable(tiny_.model(), AllParameterGroups()).value();
  ASSERT_THAT(regression->Accumulate(Batch()), IsOk());
  for (const auto& [name, parameter] : trainable) {
    const ParameterGroup group = GroupOfParameter(name).value();
    EXPECT_EQ(parameter.grad().defined(),
              group == ParameterGroup::kFrontEnd ||
                  group == ParameterGroup::kProjection)
        << name;
  }
  EXPECT_THAT(regression->parameters(),
              Each(Key(StartsWith("spectrogram_head."))));
  for (const auto& [name, parameter] : regression->parameters()) {
    EXPECT_TRUE(parameter.grad().defined()) << name;
  }
}

TEST_F(SpectrogramRegressionTest, LearnsToBeatTheMean) {
  const auto regression = Create(SpectrogramTarget::kLogMel);
  NamedTensors trainable =
      SetTrainable(tiny_.model(),
                   {ParameterGroup::kFrontEnd, ParameterGroup::kProjection})
          .value();
  trainable.insert(regression->parameters().begin(),
                   regression->parameters().end());
  Adam adam(AdamConfig(), trainable);
  const MicroBatch batch = Batch();
  for (int update = 0; update < 80; ++update) {
    const auto sums = regression->Accumulate(batch);
    ASSERT_THAT(sums, IsOk());
    ASSERT_THAT(adam.Update(5e-3, 1 / sums->masked_frames), IsOk());
    for (auto& [name, parameter] : trainable) {
      parameter.mutable_grad() = at::Tensor();
    }
  }
  const auto sums = regression->Validate(batch);
  ASSERT_THAT(sums, IsOk());
  EXPECT_EQ(sums->masked_frames, kSegments * 37);
  EXPECT_LT(sums->cqt_error / sums->masked_frames, 0.7);
}

}  // namespace
}  // namespace culturemert
