#include "models/mert/spectrogram_front_end.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "models/mert/mert.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

constexpr std::int64_t kSamples = 9000;

at::Tensor Noise(std::int64_t clips, std::int64_t samples) {
  at::Tensor audio = at::empty({clips, samples}, at::kFloat);
  RandomStream(1, 0).FillNormal(
      absl::MakeSpan(audio.data_ptr<float>(), audio.numel()), 0);
  return audio.mul_(0.1);
}

std::unique_ptr<Mert> Small() {
  MertConfig config = MertPreset("tiny").value();
  config.front_end = FrontEnd::kSpectrogram;
  return Mert::CreateRandom(config, 1).value();
}

double LargestDifference(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

TEST(SpectrogramFrontEndTest, HasAFrameWhereTheConvolutionsHaveOne) {
  for (const std::int64_t samples : {400, 719, 720, 24000, 24001}) {
    EXPECT_EQ(FrontEndSpectrogram(Noise(2, samples)).sizes(),
              (at::IntArrayRef{2, MertFrames(samples), kSpectrogramBands}));
  }
}

TEST(SpectrogramFrontEndTest, DoesNotHearHowLoudAClipIs) {
  const at::Tensor audio = Noise(1, kSamples);
  EXPECT_LT(LargestDifference(FrontEndSpectrogram(audio),
                              FrontEndSpectrogram(audio * 0.03 + 0.2)),
            0.02);
}

TEST(SpectrogramFrontEndTest, WhiteNoiseIsAtOneInEveryBand) {
  // log(1) and the mean of the logarithm of an exponential variable, -0.577 for
  // one bin and nearer to 0 for more, on the scale (x + 3.5) / 3.5.
  const at::Tensor mean =
      FrontEndSpectrogram(Noise(1, 240000)).mean(at::IntArrayRef({0, 1}));
  EXPECT_GT(mean.min().item<double>(), 1 - 0.7 / 3.5);
  EXPECT_LT(mean.max().item<double>(), 1.05);
}

TEST(SpectrogramFrontEndTest, SilenceIsFinite) {
  const at::Tensor bands = FrontEndSpectrogram(at::zeros({1, 2400}));
  EXPECT_NEAR(bands.min().item<double>(), (std::log(1e-4) + 3.5) / 3.5, 1e-4);
  EXPECT_NEAR(bands.max().item<double>(), (std::log(1e-4) + 3.5) / 3.5, 1e-4);
}

TEST(SpectrogramFrontEndTest, FeaturesAreTwoConvolutionsOfTheSpectrogram) {
  const std::unique_ptr<Mert> mert = Small();
  const at::Tensor audio = Noise(2, kSamples);
  at::Tensor x = FrontEndSpectrogram(audio).transpose(1, 2);
  for (const std::string layer : {"0", "1"}) {
    const std::string name = "feature_extractor.conv_layers." + layer + ".conv";
    x = at::gelu(at::conv1d(x, mert->parameters().at(name + ".weight"),
                            mert->parameters().at(name + ".bias"), 1, 1));
  }
  EXPECT_LT(LargestDifference(SpectrogramFrontEnd(mert->parameters(), audio),
                              x.transpose(1, 2)),
            1e-5);
}

TEST(SpectrogramFrontEndTest, AClipHasTheSameBitsInEveryBatch) {
  const std::unique_ptr<Mert> mert = Small();
  const at::Tensor audio = Noise(3, kSamples);
  const at::Tensor together = SpectrogramFrontEnd(mert->parameters(), audio);
  for (std::int64_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(together.narrow(0, i, 1).equal(
        SpectrogramFrontEnd(mert->parameters(), audio.narrow(0, i, 1))));
  }
}

TEST(SpectrogramFrontEndTest, ItsConvolutionsAreTrained) {
  const std::unique_ptr<Mert> mert = Small();
  for (const auto& [name, tensor] : mert->parameters()) {
    tensor.requires_grad_(true);
  }
  Mert::TrainingInput input;
  input.audio = Noise(2, kSamples);
  const absl::StatusOr<Mert::TrainingOutput> output =
      mert->Forward(input, /*training=*/false);
  ASSERT_THAT(output, IsOk());
  output->last_hidden.square().mean().backward();
  for (const auto& [name, tensor] : mert->parameters()) {
    if (name.find("feature_extractor") != 0) continue;
    ASSERT_TRUE(tensor.grad().defined()) << name;
    EXPECT_GT(tensor.grad().abs().max().item<double>(), 0) << name;
  }
}

TEST(SpectrogramFrontEndTest, TheWholeModelRunsInEveryTypeItSupports) {
  const at::Tensor audio = Noise(2, kSamples);
  const at::Tensor expected = *Small()->HiddenStates(audio);
  EXPECT_EQ(expected.sizes(),
            (at::IntArrayRef{4, 2, MertFrames(kSamples), 32}));
  for (const auto type : {at::kDouble, at::kBFloat16}) {
    const std::unique_ptr<Mert> mert = Small();
    ASSERT_THAT(mert->To(at::kCPU, type), IsOk());
    const absl::StatusOr<at::Tensor> states = mert->HiddenStates(audio);
    ASSERT_THAT(states, IsOk());
    EXPECT_LT(LargestDifference(*states, expected),
              type == at::kDouble ? 1e-4 : 0.2);
  }
}

}  // namespace
}  // namespace culturemert
