#include "models/pretraining/pretraining_loss.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/pretraining/span_mask.h"
#include "tests/models/pretraining/original_loss.h"
#include "tests/models/pretraining/random_tensors.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kClips = 3;
constexpr std::int64_t kFrames = 40;

at::Tensor Mask(std::int64_t clips, std::int64_t frames) {
  std::vector<RandomStream> samples;
  for (std::int64_t clip = 0; clip < clips; ++clip) {
    samples.push_back(RandomStream(1, static_cast<std::uint64_t>(clip)));
  }
  const FrameMask mask = DrawSpanMask({}, frames, samples).value();
  at::Tensor tensor = at::zeros({clips, frames}, at::kBool);
  for (std::int64_t i = 0; i < clips * frames; ++i) {
    tensor.mutable_data_ptr<bool>()[i] = mask.masked[i] != 0;
  }
  return tensor;
}

// A tiny model's heads and what they meet in a step.
struct Case {
  explicit Case(c10::ScalarType dtype, std::int64_t clips = kClips)
      : heads(PretrainingHeads::CreateRandom(MertPreset("tiny").value(), 3)
                  .value()) {
    const MertConfig& model = heads->config();
    EXPECT_THAT(heads->To(c10::Device(at::kCPU), dtype), IsOk());
    for (const auto& [name, tensor] : heads->parameters()) {
      tensor.requires_grad_();
    }
    hidden = NormalTensor({clips, kFrames, model.hidden_size}, 1, dtype)
                 .requires_grad_();
    penalty = NormalTensor({1}, 2, dtype).abs().squeeze(0).requires_grad_();
    targets.mask = Mask(clips, kFrames);
    targets.codes =
        IntegerTensor({model.codebooks, clips, kFrames + 1}, 4, model.codes);
    targets.cqt =
        NormalTensor({clips, kFrames + 2, model.cqt_bins}, 5, dtype).abs();
  }

  absl::StatusOr<PretrainingLoss> Loss(
      const PretrainingLossConfig& config = {}) const {
    return ComputePretrainingLoss(config, *heads, hidden, penalty, targets);
  }

  // The gradients `sum` leaves in everything trainable, which are then cleared.
  std::map<std::string, at::Tensor> Gradients(const at::Tensor& sum) const {
    sum.backward();
    std::map<std::string, at::Tensor> gradients;
    const auto take = [&](const std::string& name, const at::Tensor& leaf) {
      gradients[name] = leaf.grad().clone();
      leaf.grad().zero_();
    };
    take("hidden", hidden);
    take("penalty", penalty);
    for (const auto& [name, tensor] : heads->parameters()) take(name, tensor);
    return gradients;
  }

  std::unique_ptr<PretrainingHeads> heads;
  at::Tensor hidden;
  at::Tensor penalty;
  PretrainingTargets targets;
};

double RelativeError(const at::Tensor& actual, const at::Tensor& expected) {
  return ((actual.to(at::kDouble) - expected.to(at::kDouble)).norm() /
          expected.to(at::kDouble).norm())
      .item<double>();
}

TEST(ComputePretrainingLoss, EqualsTheOriginalsOperations) {
  const Case step(at::kDouble);
  PretrainingLossConfig other;
  other.temperature = 0.3;
  other.feature_penalty_weight = 0.7;
  other.cqt_weight = 2.5;
  for (const PretrainingLossConfig& config : {PretrainingLossConfig(), other}) {
    const auto loss = step.Loss(config);
    ASSERT_THAT(loss, IsOk());
    const OriginalLoss original = ComputeOriginalLoss(
        config, *step.heads, step.hidden, step.penalty, step.targets);
    EXPECT_EQ(loss->masked_frames, original.sample_size);
    EXPECT_LT(RelativeError(loss->sum, original.sum), 1e-13);
    EXPECT_LT(RelativeError(loss->cqt_error, original.cqt_error), 1e-13);
    EXPECT_TRUE(at::equal(loss->feature_penalty, step.penalty));
    for (std::size_t book = 0; book < original.correct.size(); ++book) {
      const auto row = static_cast<std::int64_t>(book);
      EXPECT_LT(
          RelativeError(loss->cross_entropy[row], original.cross_entropy[book]),
          1e-13);
      EXPECT_EQ(loss->correct[row].item<std::int64_t>(),
                original.correct[book]);
    }
    const auto gradients = step.Gradients(loss->sum);
    const auto expected = step.Gradients(original.sum);
    for (const auto& [name, gradient] : expected) {
      EXPECT_LT(RelativeError(gradients.at(name), gradient), 1e-12) << name;
    }
  }
}

TEST(ComputePretrainingLoss, StaysNearDoubleInSinglePrecision) {
  const Case exact(at::kDouble);
  const Case single(at::kFloat);
  const auto loss = single.Loss();
  ASSERT_THAT(loss, IsOk());
  EXPECT_EQ(loss->sum.scalar_type(), at::kFloat);
  const auto expected = exact.Loss();
  EXPECT_LT(RelativeError(loss->sum, expected->sum), 1e-6);
  const auto gradients = single.Gradients(loss->sum);
  for (const auto& [name, gradient] : exact.Gradients(expected->sum)) {
    EXPECT_LT(RelativeError(gradients.at(name), gradient), 1e-5) << name;
  }
}

TEST(ComputePretrainingLoss, ComputesBfloat16StatesInSinglePrecision) {
  const Case step(at::kFloat);
  Case half(at::kFloat);
  half.hidden = step.hidden.detach().to(at::kBFloat16).requires_grad_();
  Case rounded(at::kFloat);
  rounded.hidden = half.hidden.detach().to(at::kFloat).requires_grad_();
  const auto loss = half.Loss();
  ASSERT_THAT(loss, IsOk());
  EXPECT_EQ(loss->sum.scalar_type(), at::kFloat);
  EXPECT_TRUE(at::equal(loss->sum, rounded.Loss()->sum));
  loss->sum.backward();
  EXPECT_EQ(half.hidden.grad().scalar_type(), at::kBFloat16);
}

TEST(ComputePretrainingLoss, LooksOnlyAtHiddenFrames) {
  const Case step(at::kDouble);
  const auto loss = step.Loss();
  ASSERT_THAT(loss, IsOk());
  loss->sum.backward();
  const at::Tensor touched = step.hidden.grad().abs().sum(-1) > 0;  // [B, T]
  EXPECT_TRUE(at::equal(touched, step.targets.mask));
}

TEST(ComputePretrainingLoss, TakesCodesOfAnyIntegerType) {
  const Case step(at::kFloat);
  const at::Tensor expected = step.Loss()->sum;
  for (const c10::ScalarType type :
       {at::kByte, at::kShort, at::kInt, at::kUInt16}) {
    Case other(at::kFloat);
    other.targets.codes = step.targets.codes.to(type);
    const auto loss = other.Loss();
    ASSERT_THAT(loss, IsOk());
    EXPECT_TRUE(at::equal(loss->sum, expected)) << c10::toString(type);
  }
}

TEST(ComputePretrainingLoss, AddsUpOverBatchesOfOneMaskedCount) {
  // Clips 0 and 1 to 2 as two batches, divided by all hidden frames, have the
  // whole batch's cross-entropy and, with equal counts a clip, its CQT error.
  const Case step(at::kDouble);
  PretrainingLossConfig config;
  config.feature_penalty_weight = 0;
  const auto whole = step.Loss(config);
  ASSERT_THAT(whole, IsOk());
  const auto expected = step.Gradients(whole->sum);
  std::int64_t frames = 0;
  for (const auto& [first, count] : {std::pair(0, 1), std::pair(1, 2)}) {
    PretrainingTargets part;
    part.mask = step.targets.mask.narrow(0, first, count);
    part.codes = step.targets.codes.narrow(1, first, count);
    part.cqt = step.targets.cqt.narrow(0, first, count);
    const auto loss = ComputePretrainingLoss(
        config, *step.heads, step.hidden.narrow(0, first, count), step.penalty,
        part);
    ASSERT_THAT(loss, IsOk());
    loss->sum.backward();
    frames += loss->masked_frames;
  }
  EXPECT_EQ(frames, whole->masked_frames);
  EXPECT_LT(RelativeError(step.hidden.grad(), expected.at("hidden")), 1e-12);
  for (const auto& [name, tensor] : step.heads->parameters()) {
    EXPECT_LT(RelativeError(tensor.grad(), expected.at(name)), 1e-12) << name;
  }
}

TEST(ReadSums, AddUpToTheLoss) {
  const Case step(at::kDouble);
  const auto loss = step.Loss();
  ASSERT_THAT(loss, IsOk());
  PretrainingSums sums;
  for (int i = 0; i < 2; ++i) {
    const auto read = ReadSums(*loss);
    ASSERT_THAT(read, IsOk());
    sums.Add(*read);
  }
  double total = 10 * sums.feature_penalty + sums.cqt_error;
  for (const double book : sums.cross_entropy) total += book;
  EXPECT_NEAR(total / sums.loss, 1, 1e-14);
  EXPECT_NEAR(sums.loss / (2 * loss->sum.item<double>()), 1, 1e-14);
  EXPECT_EQ(sums.masked_frames, 2.0 * static_cast<double>(loss->masked_frames));
  ASSERT_EQ(sums.correct.size(), 8u);
  EXPECT_EQ(sums.correct[5], 2.0 * loss->correct[5].item<double>());
}

TEST(ComputePretrainingLoss, SaysWhatDoesNotFit) {
  const auto refuses = [](const Case& step, const std::string& what) {
    EXPECT_THAT(step.Loss(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(what)));
  };
  {
    Case step(at::kFloat);
    step.hidden = step.hidden.narrow(2, 0, 31);
    refuses(step,
            "last_hidden is Float [3, 40, 31], but must be floating "
            "point [B, T, 32]");
  }
  {
    Case step(at::kFloat);
    step.penalty = at::Tensor();
    refuses(step, "feature_penalty is undefined");
  }
  {
    Case step(at::kFloat);
    step.targets.mask = step.targets.mask.to(at::kFloat);
    refuses(step, "mask is Float [3, 40], but must be Bool [3, 40]");
  }
  {
    Case step(at::kFloat);
    step.targets.mask.zero_();
    refuses(step, "mask hides no frame");
  }
  {
    Case step(at::kFloat);
    step.targets.codes = step.targets.codes.narrow(2, 0, 39);
    refuses(step, "codes is Long [8, 3, 39]");
  }
  {
    Case step(at::kFloat);
    step.targets.codes.fill_(16);
    refuses(step, "codes contain 16, but a book has the codes 0 to 15");
    step.targets.codes.fill_(-2);
    refuses(step, "codes contain -2");
  }
  {
    Case step(at::kFloat);
    step.targets.cqt = step.targets.cqt.narrow(2, 0, 335);
    refuses(step, "cqt is Float [3, 42, 335]");
  }
  {
    const Case step(at::kFloat);
    PretrainingLossConfig config;
    config.temperature = 0.01;
    EXPECT_THAT(step.Loss(config), StatusIs(absl::StatusCode::kInvalidArgument,
                                            HasSubstr("temperature")));
  }
}

}  // namespace
}  // namespace culturemert
