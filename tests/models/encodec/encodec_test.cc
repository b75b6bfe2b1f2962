#include "models/encodec/encodec.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "models/encodec/encodec_layers.h"
#include "models/encodec/encodec_reference.h"
#include "models/encodec/frame_kernels.h"
#include "tests/models/encodec/random_encodec.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::HasSubstr;

// Of values with a standard deviation near 1.
constexpr double kLatentBar = 1e-4;

std::unique_ptr<Encodec> MakeEncodec(const EncodecConfig& config,
                                     const NamedTensors& tensors,
                                     int threads = 1) {
  absl::StatusOr<std::unique_ptr<Encodec>> encodec =
      Encodec::Create(config, tensors, threads);
  EXPECT_THAT(encodec, IsOk());
  return *std::move(encodec);
}

std::unique_ptr<Encodec> TinyEncodec(int threads = 1) {
  const EncodecConfig config = EncodecConfig::Tiny();
  return MakeEncodec(config, RandomEncodecTensors(config, 1), threads);
}

at::Tensor Latents(const Encodec& encodec, const at::Tensor& audio) {
  absl::StatusOr<at::Tensor> latents = encodec.Latents(audio);
  EXPECT_THAT(latents, IsOk());
  return *std::move(latents);
}

at::Tensor Codes(const Encodec& encodec, const at::Tensor& audio,
                 int books = 8) {
  absl::StatusOr<at::Tensor> codes = encodec.Codes(audio, books);
  EXPECT_THAT(codes, IsOk());
  return *std::move(codes);
}

double LargestDifference(const at::Tensor& a, const at::Tensor& b) {
  EXPECT_EQ(a.sizes(), b.sizes());
  return (a - b).abs().max().item<double>();
}

double Share(const at::Tensor& condition) {
  return condition.to(at::kDouble).mean().item<double>();
}

// The largest difference of the latents from those of the reference in float64.
double ErrorOf(const EncodecConfig& config, const at::Tensor& audio,
               int threads = 1) {
  const std::unique_ptr<Encodec> encodec =
      MakeEncodec(config, RandomEncodecTensors(config, 3), threads);
  const absl::StatusOr<EncodecLayers> layers =
      BuildEncodecLayers(config, RandomEncodecTensors(config, 3, at::kDouble));
  EXPECT_THAT(layers, IsOk());
  return LargestDifference(Latents(*encodec, audio).to(at::kDouble),
                           ReferenceLatents(*layers, audio.to(at::kDouble)));
}

TEST(EncodecTest, LatentsAreThoseOfTheReferenceForEveryLength) {
  const EncodecConfig config = EncodecConfig::Tiny();
  for (const std::int64_t samples :
       {1,    2,    3,    6,     7,     8,     39,   41,   159,
        200,  319,  320,  321,   322,   640,   961,  1279, 1280,
        1281, 2240, 2247, 15359, 15360, 15362, 31000}) {
    EXPECT_LT(ErrorOf(config, RandomAudio(2, samples, samples), 2), kLatentBar)
        << samples;
  }
}

TEST(EncodecTest, LatentsAreThoseOfTheReferenceBeyondOneSegment) {
  EXPECT_LT(ErrorOf(EncodecConfig::Tiny(), RandomAudio(1, 727777, 4), 2),
            kLatentBar);
}

TEST(EncodecTest, LatentsAreThoseOfTheReferenceInOtherShapes) {
  EncodecConfig config = EncodecConfig::Tiny();
  config.ratios = {10, 4, 8};
  config.base_width = 10;
  config.lstm_layers = 3;
  config.latent_size = 21;
  EXPECT_LT(ErrorOf(config, RandomAudio(3, 9999, 5)), kLatentBar);
  config.ratios = {320};
  config.lstm_layers = 1;
  EXPECT_LT(ErrorOf(config, RandomAudio(1, 3333, 6), 3), kLatentBar);
  EXPECT_LT(ErrorOf(config, RandomAudio(1, 100, 7)), kLatentBar);
}

TEST(EncodecTest, CodesAreThoseOfTheLatents) {
  EncodecConfig config = EncodecConfig::Tiny();
  config.codes_per_book = 37;
  const std::unique_ptr<Encodec> encodec =
      MakeEncodec(config, RandomEncodecTensors(config, 8));
  const at::Tensor audio = RandomAudio(2, 60000, 9);
  const absl::StatusOr<at::Tensor> expected =
      encodec->Quantize(Latents(*encodec, audio));
  ASSERT_THAT(expected, IsOk());
  const at::Tensor codes = Codes(*encodec, audio);
  ASSERT_EQ(codes.sizes(), expected->sizes());
  // But for ties within rounding, which are rare.
  EXPECT_GT(Share(codes == *expected), 0.998);
  EXPECT_GE(codes.min().item<std::int64_t>(), 0);
  EXPECT_LT(codes.max().item<std::int64_t>(), 37);
  EXPECT_TRUE(Codes(*encodec, audio, 3).equal(codes.narrow(1, 0, 3)));
}

TEST(EncodecTest, OfEqualCodesTheLowestIsTaken) {
  EncodecConfig config = EncodecConfig::Tiny();
  NamedTensors tensors = RandomEncodecTensors(config, 10);
  at::Tensor& embed = tensors.at("quantizer.layers.0.codebook.embed");
  embed = at::cat({embed.narrow(0, 0, 32), embed.narrow(0, 0, 32)});
  const std::unique_ptr<Encodec> encodec = MakeEncodec(config, tensors);
  const at::Tensor audio = RandomAudio(1, 40000, 11);
  EXPECT_LT(Codes(*encodec, audio, 1).max().item<std::int64_t>(), 32);
  const absl::StatusOr<at::Tensor> reference =
      encodec->Quantize(Latents(*encodec, audio), 1);
  ASSERT_THAT(reference, IsOk());
  EXPECT_LT(reference->max().item<std::int64_t>(), 32);
}

TEST(EncodecTest, RowsOfABatchHaveTheBitsTheyHaveAlone) {
  const std::unique_ptr<Encodec> encodec = TinyEncodec();
  const at::Tensor audio = RandomAudio(19, 5555, 12);
  const at::Tensor together = Latents(*encodec, audio);
  const at::Tensor codes = Codes(*encodec, audio);
  for (std::int64_t row = 0; row < audio.size(0); ++row) {
    const at::Tensor alone = audio.narrow(0, row, 1);
    EXPECT_TRUE(Latents(*encodec, alone).equal(together.narrow(0, row, 1)))
        << row;
    EXPECT_TRUE(Codes(*encodec, alone).equal(codes.narrow(0, row, 1))) << row;
  }
}

TEST(EncodecTest, RowsOfABatchAreIndependentInFloat64Too) {
  const EncodecConfig config = EncodecConfig::Tiny();
  const std::unique_ptr<Encodec> encodec =
      MakeEncodec(config, RandomEncodecTensors(config, 1, at::kDouble));
  const at::Tensor audio = RandomAudio(3, 2222, 13).to(at::kDouble);
  const at::Tensor together = Latents(*encodec, audio);
  EXPECT_EQ(together.scalar_type(), at::kDouble);
  EXPECT_TRUE(
      Latents(*encodec, audio.narrow(0, 2, 1)).equal(together.narrow(0, 2, 1)));
  EXPECT_LT(LargestDifference(Latents(*TinyEncodec(), audio).to(at::kDouble),
                              together),
            kLatentBar);
}

TEST(EncodecTest, TheNumberOfThreadsChangesNoBit) {
  if (SupportedFrameKernels() == nullptr) GTEST_SKIP() << "LibTorch's kernels";
  const at::Tensor audio = RandomAudio(3, 41234, 14);
  const at::Tensor one = Latents(*TinyEncodec(1), audio);
  for (const int threads : {2, 3, 7}) {
    EXPECT_TRUE(Latents(*TinyEncodec(threads), audio).equal(one)) << threads;
  }
}

TEST(EncodecTest, FramesDependOnNothingThatFollows) {
  const std::unique_ptr<Encodec> encodec = TinyEncodec();
  const at::Tensor audio = RandomAudio(1, 32000, 15);
  const at::Tensor whole = Latents(*encodec, audio);
  const at::Tensor half = Latents(*encodec, audio.narrow(1, 0, 16000));
  EXPECT_TRUE(half.equal(whole.narrow(2, 0, 50)));
}

TEST(EncodecTest, AudioThatIsNoneIsRefused) {
  const std::unique_ptr<Encodec> encodec = TinyEncodec();
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  const at::Tensor audio = RandomAudio(2, 640, 16);
  EXPECT_THAT(encodec->Codes(audio.flatten()),
              StatusIs(kInvalid, HasSubstr("1 dimensions")));
  EXPECT_THAT(encodec->Latents(audio.narrow(1, 0, 0)),
              StatusIs(kInvalid, HasSubstr("0 samples")));
  EXPECT_THAT(encodec->Codes(audio.to(at::kLong)),
              StatusIs(kInvalid, HasSubstr("floating-point")));
  at::Tensor broken = audio.clone();
  broken[1][639].fill_(std::numeric_limits<float>::quiet_NaN());
  EXPECT_THAT(encodec->Codes(broken),
              StatusIs(kInvalid, HasSubstr("not finite")));
  EXPECT_THAT(encodec->Codes(audio, 9),
              StatusIs(kInvalid, HasSubstr("9 books asked for")));
  EXPECT_THAT(encodec->Codes(audio, 0),
              StatusIs(kInvalid, HasSubstr("expected 1 to 8")));
}

TEST(EncodecTest, WeightsThatDoNotFitAreNamed) {
  const EncodecConfig config = EncodecConfig::Tiny();
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  const NamedTensors good = RandomEncodecTensors(config, 17);
  NamedTensors tensors = good;
  tensors.erase("encoder.layers.15.conv.bias");
  EXPECT_THAT(Encodec::Create(config, tensors),
              StatusIs(kInvalid, HasSubstr("encoder.layers.15.conv.bias")));
  tensors = good;
  tensors.at("encoder.layers.3.conv.weight_v") =
      at::full({4, 2, 4}, 0.0f, at::kFloat);
  EXPECT_THAT(Encodec::Create(config, tensors),
              StatusIs(kInvalid, HasSubstr("encoder.layers.3.conv.weight_v")));
  tensors = good;
  tensors.at("encoder.layers.13.lstm.bias_hh_l0") =
      at::full({128}, std::numeric_limits<float>::infinity(), at::kFloat);
  EXPECT_THAT(Encodec::Create(config, tensors),
              StatusIs(kInvalid, HasSubstr("bias_hh_l0: holds values that")));
  EXPECT_THAT(Encodec::Create(config, good, -1),
              StatusIs(kInvalid, HasSubstr("-1")));
}

TEST(EncodecTest, HalfPrecisionWeightsAreComputedInFloat32) {
  const EncodecConfig config = EncodecConfig::Tiny();
  NamedTensors half;
  for (const auto& [name, tensor] : RandomEncodecTensors(config, 18)) {
    half.emplace(name, tensor.to(at::kBFloat16));
  }
  NamedTensors rounded;
  for (const auto& [name, tensor] : half) {
    rounded.emplace(name, tensor.to(at::kFloat));
  }
  const at::Tensor audio = RandomAudio(1, 3200, 19);
  EXPECT_TRUE(Latents(*MakeEncodec(config, half), audio)
                  .equal(Latents(*MakeEncodec(config, rounded), audio)));
}

}  // namespace
}  // namespace culturemert
