#include "models/mert/mert.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kSamples = 4000;

at::Tensor Noise(std::int64_t clips, std::int64_t samples,
                 std::uint64_t seed = 1) {
  at::Tensor audio = at::empty({clips, samples}, at::kFloat);
  RandomStream(seed, 0).FillNormal(
      absl::MakeSpan(audio.data_ptr<float>(), audio.numel()), 0);
  return audio.mul_(0.1);
}

std::unique_ptr<Mert> Tiny() {
  return *Mert::CreateRandom(*MertPreset("tiny"), 1);
}

double LargestDifference(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

Mert::TrainingInput TrainingInput(const at::Tensor& audio) {
  Mert::TrainingInput input;
  input.audio = audio;
  for (std::int64_t i = 0; i < audio.size(0); ++i) {
    input.sample_streams.emplace_back(5, i);
  }
  return input;
}

TEST(MertTest, HiddenStatesAreOnePerLayerAndTheInputOfTheFirst) {
  const absl::StatusOr<at::Tensor> states =
      Tiny()->HiddenStates(Noise(2, kSamples));
  ASSERT_THAT(states, IsOk());
  EXPECT_EQ(states->sizes(), (at::IntArrayRef{4, 2, MertFrames(kSamples), 32}));
  EXPECT_TRUE(states->isfinite().all().item<bool>());
}

TEST(MertTest, TheShortestAudioHasAState) {
  EXPECT_THAT(Tiny()->HiddenStates(Noise(1, kMertMinSamples)), IsOk());
}

TEST(MertTest, TooShortAudioIsAnErrorThatSaysHowMuchIsNeeded) {
  EXPECT_THAT(Tiny()->HiddenStates(Noise(1, kMertMinSamples - 1)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("400")));
}

TEST(MertTest, AudioOfAnotherShapeIsAnError) {
  EXPECT_THAT(Tiny()->HiddenStates(Noise(1, kSamples).squeeze(0)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("[clips, samples]")));
  EXPECT_THAT(
      Tiny()->HiddenStates(at::Tensor()),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("undefined")));
}

TEST(MertTest, ClipsOfABatchDoNotInfluenceEachOther) {
  const std::unique_ptr<Mert> mert = Tiny();
  const at::Tensor audio = Noise(3, kSamples);
  const at::Tensor together = *mert->HiddenStates(audio);
  for (std::int64_t i = 0; i < 3; ++i) {
    const at::Tensor alone = *mert->HiddenStates(audio.narrow(0, i, 1));
    EXPECT_LT(LargestDifference(together.select(1, i), alone.select(1, 0)),
              1e-5);
  }
}

TEST(MertTest, HiddenStateMeansAreTheMeansOfTheHiddenStates) {
  const std::unique_ptr<Mert> mert = Tiny();
  const at::Tensor audio = Noise(2, kSamples);
  EXPECT_LT(LargestDifference(*mert->HiddenStateMeans(audio),
                              mert->HiddenStates(audio)->mean(2)),
            1e-6);
}

TEST(MertTest, DeviationsAreThoseOfTheHiddenStatesOverTime) {
  const std::unique_ptr<Mert> mert = Tiny();
  const at::Tensor audio = Noise(2, kSamples);
  const at::Tensor states = *mert->HiddenStates(audio);
  const absl::StatusOr<at::Tensor> pooled =
      mert->HiddenStateMeansAndDeviations(audio);
  ASSERT_THAT(pooled, IsOk());
  ASSERT_EQ(pooled->sizes(), (at::IntArrayRef{4, 2, 64}));
  EXPECT_LT(LargestDifference(pooled->narrow(2, 0, 32), states.mean(2)), 1e-6);
  EXPECT_LT(LargestDifference(pooled->narrow(2, 32, 32),
                              states.std(2, /*unbiased=*/false)),
            1e-5);
}

TEST(MertTest, WithoutTrainingForwardIsTheLastHiddenState) {
  const std::unique_ptr<Mert> mert = Tiny();
  const at::Tensor audio = Noise(2, kSamples);
  const absl::StatusOr<Mert::TrainingOutput> output =
      mert->Forward(TrainingInput(audio), /*training=*/false);
  ASSERT_THAT(output, IsOk());
  EXPECT_LT(LargestDifference(output->last_hidden,
                              mert->HiddenStates(audio)->select(0, 3)),
            1e-5);
  EXPECT_GT(output->feature_penalty.item<double>(), 0);
}

TEST(MertTest, DropoutOfAClipDoesNotDependOnTheBatch) {
  const std::unique_ptr<Mert> mert = Tiny();
  const at::Tensor audio = Noise(3, kSamples);
  const Mert::TrainingInput together = TrainingInput(audio);
  const at::Tensor expected =
      mert->Forward(together, /*training=*/true)->last_hidden;
  Mert::TrainingInput alone;
  alone.audio = audio.narrow(0, 2, 1);
  alone.sample_streams = {together.sample_streams[2]};
  const at::Tensor found = mert->Forward(alone, /*training=*/true)->last_hidden;
  EXPECT_LT(LargestDifference(found[0], expected[2]), 1e-5);
  EXPECT_GT(
      LargestDifference(
          found[0], mert->Forward(alone, /*training=*/false)->last_hidden[0]),
      1e-2);
}

TEST(MertTest, MaskedFramesAreTheMaskTokenWhateverTheAudio) {
  const std::unique_ptr<Mert> mert = Tiny();
  Mert::TrainingInput first = TrainingInput(Noise(1, kSamples, 1));
  Mert::TrainingInput second = TrainingInput(Noise(1, kSamples, 2));
  first.mask = at::zeros({1, MertFrames(kSamples)}, at::kBool).fill_(true);
  second.mask = first.mask;
  EXPECT_EQ(LargestDifference(mert->Forward(first, false)->last_hidden,
                              mert->Forward(second, false)->last_hidden),
            0);
}

TEST(MertTest, AMaskOfAnotherShapeIsAnError) {
  Mert::TrainingInput input = TrainingInput(Noise(1, kSamples));
  input.mask = at::zeros({1, 5}, at::kBool);
  EXPECT_THAT(Tiny()->Forward(input, false),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("mask")));
}

TEST(MertTest, TrainingNeedsAStreamForEachClip) {
  Mert::TrainingInput input = TrainingInput(Noise(2, kSamples));
  input.sample_streams.pop_back();
  EXPECT_THAT(Tiny()->Forward(input, true),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("1 random streams for 2 clips")));
}

TEST(MertTest, OnlyParametersThatRequireGradGetOne) {
  const std::unique_ptr<Mert> mert = Tiny();
  for (const auto& [name, tensor] : mert->parameters()) {
    tensor.set_requires_grad(name.find("feature_") == 0);
  }
  const Mert::TrainingOutput output =
      *mert->Forward(TrainingInput(Noise(2, kSamples)), true);
  output.last_hidden.square().sum().backward();
  for (const auto& [name, tensor] : mert->parameters()) {
    EXPECT_EQ(tensor.grad().defined(), name.find("feature_") == 0) << name;
  }
}

TEST(MertTest, WeightsAreAFunctionOfTheSeed) {
  const NamedTensors first = Tiny()->parameters();
  const NamedTensors again = Tiny()->parameters();
  const std::unique_ptr<Mert> other =
      *Mert::CreateRandom(*MertPreset("tiny"), 2);
  for (const auto& [name, tensor] : first) {
    EXPECT_TRUE(tensor.equal(again.at(name))) << name;
  }
  EXPECT_FALSE(first.at("masked_spec_embed")
                   .equal(other->parameters().at("masked_spec_embed")));
}

TEST(MertTest, WeightsAreSharedWithTheCaller) {
  NamedTensors weights = Tiny()->parameters();
  const std::unique_ptr<Mert> mert =
      *Mert::Create(*MertPreset("tiny"), weights);
  const at::Tensor audio = Noise(1, kSamples);
  const at::Tensor before = *mert->HiddenStates(audio);
  weights.at("encoder.pos_conv_embed.conv.weight_g").mul_(2);
  EXPECT_GT(LargestDifference(*mert->HiddenStates(audio), before), 1e-3);
}

TEST(MertTest, AMissingTensorIsNamed) {
  NamedTensors weights = Tiny()->parameters();
  weights.erase("encoder.layer_norm.bias");
  EXPECT_THAT(Mert::Create(*MertPreset("tiny"), weights),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("encoder.layer_norm.bias")));
}

TEST(MertTest, Bfloat16IsNearFloat32) {
  const std::unique_ptr<Mert> mert = Tiny();
  const at::Tensor audio = Noise(1, kSamples);
  const at::Tensor exact = *mert->HiddenStates(audio);
  ASSERT_THAT(mert->To(at::kCPU, at::kBFloat16), IsOk());
  const absl::StatusOr<at::Tensor> rounded = mert->HiddenStates(audio);
  ASSERT_THAT(rounded, IsOk());
  EXPECT_EQ(rounded->scalar_type(), at::kFloat);
  EXPECT_LT((*rounded - exact).norm().item<double>(),
            0.05 * exact.norm().item<double>());
}

TEST(MertTest, OtherTypesAreRefused) {
  EXPECT_THAT(Tiny()->To(at::kCPU, at::kLong),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Long")));
}

TEST(NormalizeUtterancesTest, GivesZeroMeanAndUnitVariancePerClip) {
  const at::Tensor audio = Noise(2, kSamples).add_(0.5);
  const at::Tensor normal = *NormalizeUtterances(audio);
  EXPECT_LT(normal.mean(1).abs().max().item<double>(), 1e-5);
  EXPECT_LT((normal.square().mean(1) - 1).abs().max().item<double>(), 1e-4);
}

TEST(NormalizeUtterancesTest, SilenceStaysSilent) {
  EXPECT_EQ(NormalizeUtterances(at::zeros({1, 100}, at::kFloat))
                ->abs()
                .max()
                .item<double>(),
            0);
}

}  // namespace
}  // namespace culturemert
