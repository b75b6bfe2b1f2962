#include "models/spectrogram/log_bands.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <complex>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::Pointwise;

constexpr double kPi = 3.14159265358979323846;
constexpr std::int64_t kWindow = 512;

at::Tensor Noise(std::int64_t samples) {
  at::Tensor audio = at::empty({samples}, at::kFloat);
  RandomStream(1, 0).FillNormal(
      absl::MakeSpan(audio.data_ptr<float>(), audio.numel()), 0);
  return audio;
}

at::Tensor Sine(double hz, std::int64_t samples) {
  at::Tensor audio = at::empty({samples}, at::kFloat);
  for (std::int64_t i = 0; i < samples; ++i) {
    audio.data_ptr<float>()[i] = static_cast<float>(
        std::sin(2 * kPi * hz * static_cast<double>(i) / 24000));
  }
  return audio;
}

// By the definition: a discrete Fourier transform written out.
double LogEnergy(const at::Tensor& audio, std::int64_t frame,
                 const SpectrumBand& band, double floor) {
  const std::int64_t first = 320 * frame + 160 - kWindow / 2;
  double energy = floor;
  for (std::size_t b = 0; b < band.weights.size(); ++b) {
    const auto bin = static_cast<double>(band.first_bin) + b;
    std::complex<double> sum = 0;
    for (std::int64_t i = 0; i < kWindow; ++i) {
      const std::int64_t at = first + i;
      if (at < 0 || at >= audio.size(0)) continue;
      const double window = 0.5 - 0.5 * std::cos(2 * kPi * i / kWindow);
      sum += window * audio.data_ptr<float>()[at] *
             std::polar(1.0, -2 * kPi * bin * static_cast<double>(i) / kWindow);
    }
    energy += band.weights[b] * std::norm(sum);
  }
  return std::log(energy);
}

TEST(LogBandsTest, AreTheLogarithmsOfWeightedEnergiesOfTheSpectrum) {
  const std::vector<SpectrumBand> bands =
      TriangularBands({100, 300, 1000, 5000, 12000}, kWindow);
  const at::Tensor audio = Noise(1500);
  const at::Tensor rows = LogBands(kWindow, bands, 1e-3F).Compute(audio);
  ASSERT_EQ(rows.sizes(), (at::IntArrayRef{5, 3}));
  for (std::int64_t frame = 0; frame < 5; ++frame) {
    for (std::int64_t band = 0; band < 3; ++band) {
      EXPECT_NEAR(rows[frame][band].item<double>(),
                  LogEnergy(audio, frame, bands[band], 1e-3), 1e-4);
    }
  }
}

TEST(LogBandsTest, SilenceIsTheFloor) {
  const LogBands bands(kWindow, TriangularBands({100, 300, 1000}, kWindow),
                       0.25F);
  const at::Tensor rows = bands.Compute(at::zeros({321}, at::kFloat));
  EXPECT_EQ(rows.sizes(), (at::IntArrayRef{2, 1}));
  EXPECT_NEAR(rows.min().item<double>(), std::log(0.25), 1e-6);
  EXPECT_NEAR(rows.max().item<double>(), std::log(0.25), 1e-6);
}

TEST(LogBandsTest, AFrameDoesNotDependOnHowManyFollow) {
  const LogBands bands(kWindow, TriangularBands({100, 300, 1000}, kWindow),
                       1e-3F);
  const at::Tensor audio = Noise(320 * 9000);  // More than are done at a time.
  const at::Tensor rows = bands.Compute(audio);
  const at::Tensor fewer = bands.Compute(audio.narrow(0, 0, 320 * 40));
  EXPECT_TRUE(rows.narrow(0, 0, 38).equal(fewer.narrow(0, 0, 38)));
}

TEST(LogBandsTest, TrianglesRiseToTheMiddleCorner) {
  // Bins of 46.875 Hz: 3 to 6 lie strictly between 100 and 300.
  const std::vector<SpectrumBand> bands =
      TriangularBands({100, 200, 300}, kWindow);
  ASSERT_EQ(bands.size(), 1U);
  EXPECT_EQ(bands[0].first_bin, 3);
  EXPECT_THAT(
      bands[0].weights,
      Pointwise(testing::FloatNear(1e-6F),
                std::vector<float>{0.40625F, 0.875F, 0.65625F, 0.1875F}));
}

TEST(LogBandsTest, MelCornersAreEvenlySpacedOnTheMelScale) {
  const std::vector<double> corners = MelCornersHz(2);
  // 2595 log10(1 + 12000 / 700) = 3265.7 mel, in thirds.
  EXPECT_THAT(corners,
              ElementsAre(DoubleNear(0, 1e-9), DoubleNear(1139.4, 0.1),
                          DoubleNear(4133.3, 0.1), DoubleNear(12000, 1e-6)));
}

TEST(LogBandsTest, LogFrequencyCornersDoubleEachOctave) {
  EXPECT_THAT(LogFrequencyCornersHz(100, 3, 2),
              ElementsAre(DoubleNear(70.711, 1e-3), DoubleNear(100, 1e-9),
                          DoubleNear(141.421, 1e-3), DoubleNear(200, 1e-9),
                          DoubleNear(282.843, 1e-3)));
}

TEST(LogBandsTest, AveragesOfWhiteNoiseAreTheSameInWideAndNarrowBands) {
  const LogBands bands(
      kWindow, Averaging(TriangularBands({50, 150, 300, 4000, 12000}, kWindow)),
      1e-6F);
  const at::Tensor mean =
      bands.Compute(Noise(24000 * 10)).exp().mean(at::IntArrayRef({0}));
  // 3 / 8 of the window for a variance of 1.
  for (int band = 0; band < 3; ++band) {
    EXPECT_NEAR(mean[band].item<double>(), 192, 20);
  }
}

TEST(LogBandsTest, ASineIsLoudestInItsBand) {
  const LogBands bands(
      4096,
      Averaging(TriangularBands(LogFrequencyCornersHz(130.8, 96, 24), 4096)),
      1e-3F);
  const at::Tensor row =
      bands.Compute(Sine(130.8 * std::exp2(31.0 / 24), 24000)).select(0, 30);
  EXPECT_EQ(row.argmax().item<std::int64_t>(), 31);
}

}  // namespace
}  // namespace culturemert
