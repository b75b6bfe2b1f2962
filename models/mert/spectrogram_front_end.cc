#include "models/mert/spectrogram_front_end.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/stack.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/spectrogram/log_bands.h"

namespace culturemert {
namespace {

constexpr int kMelBands = 80;
constexpr std::int64_t kMelWindowSamples = 1024;
constexpr int kPitchBands = 144;
constexpr int kPitchBandsPerOctave = 24;
constexpr double kLowestPitchHz = 130.8127826502993;  // C3.
constexpr std::int64_t kPitchWindowSamples = 4096;
static_assert(kMelBands + kPitchBands == kSpectrogramBands);

constexpr double kEnergyFloor = 1e-4;
// About the mean and the deviation of log energies of music.
constexpr double kLogOffset = 3.5;
constexpr double kLogScale = 3.5;
// Of the variance, so that silence stays silent.
constexpr double kVarianceEpsilon = 1e-7;

// The sum of a Hann window's squares: |X|^2 of white noise of unit variance.
constexpr double NoiseEnergy(std::int64_t window_samples) {
  return 3.0 / 8 * static_cast<double>(window_samples);
}

// Log energies of one resolution; the floor is relative to that of noise.
LogBands Resolution(const std::vector<double>& corners_hz,
                    std::int64_t window_samples) {
  return LogBands(
      window_samples, Averaging(TriangularBands(corners_hz, window_samples)),
      static_cast<float>(kEnergyFloor * NoiseEnergy(window_samples)));
}

const LogBands& Mel() {
  static const auto& bands =
      *new LogBands(Resolution(MelCornersHz(kMelBands), kMelWindowSamples));
  return bands;
}

const LogBands& Pitch() {
  static const auto& bands = *new LogBands(Resolution(
      LogFrequencyCornersHz(kLowestPitchHz, kPitchBands, kPitchBandsPerOctave),
      kPitchWindowSamples));
  return bands;
}

at::Tensor Standardised(const at::Tensor& clip) {
  const at::Tensor exact = clip.to(at::kDouble);
  const at::Tensor centred = exact - exact.mean();
  const double variance = centred.square().mean().item<double>();
  return (centred / std::sqrt(variance + kVarianceEpsilon))
      .to(at::kFloat)
      .contiguous();
}

// [T, bands] of one resolution, standardised roughly.
at::Tensor Scaled(const LogBands& bands, std::int64_t window_samples,
                  const at::Tensor& clip, std::int64_t frames) {
  return (bands.Compute(clip).narrow(0, 0, frames) -
          (std::log(NoiseEnergy(window_samples)) - kLogOffset)) /
         kLogScale;
}

// x [T, inputs] and a weight [C, 3 * inputs], taps side by side: [T, C].
at::Tensor Convolve(const at::Tensor& x, const at::Tensor& weight,
                    const at::Tensor& bias) {
  const at::Tensor padded = at::constant_pad_nd(x, {0, 0, 1, 1});
  const std::int64_t frames = x.size(0);
  return at::linear(
      at::cat({padded.narrow(0, 0, frames), padded.narrow(0, 1, frames),
               padded.narrow(0, 2, frames)},
              1),
      weight, bias);
}

}  // namespace

at::Tensor FrontEndSpectrogram(const at::Tensor& audio) {
  const at::NoGradGuard no_gradients;
  const at::Tensor samples = audio.detach().to(at::kCPU);
  const std::int64_t frames = MertFrames(samples.size(1));
  std::vector<at::Tensor> clips;
  for (std::int64_t i = 0; i < samples.size(0); ++i) {
    const at::Tensor clip = Standardised(samples.select(0, i));
    clips.push_back(
        at::cat({Scaled(Mel(), kMelWindowSamples, clip, frames),
                 Scaled(Pitch(), kPitchWindowSamples, clip, frames)},
                1));
  }
  return at::stack(clips).to(audio.options());
}

at::Tensor SpectrogramFrontEnd(const NamedTensors& parameters,
                               const at::Tensor& audio) {
  const at::Tensor spectrogram = FrontEndSpectrogram(audio);
  std::vector<at::Tensor> weights;
  std::vector<at::Tensor> biases;
  for (int layer = 0; layer < kSpectrogramConvLayers; ++layer) {
    const std::string prefix =
        absl::StrCat("feature_extractor.conv_layers.", layer, ".conv.");
    // [C, inputs, 3] to [C, 3 * inputs].
    weights.push_back(parameters.find(prefix + "weight")
                          ->second.permute({0, 2, 1})
                          .flatten(1));
    biases.push_back(parameters.find(prefix + "bias")->second);
  }
  // One clip at a time: the bits of a clip do not depend on the batch.
  std::vector<at::Tensor> clips;
  for (std::int64_t i = 0; i < spectrogram.size(0); ++i) {
    at::Tensor x = spectrogram.select(0, i);
    for (int layer = 0; layer < kSpectrogramConvLayers; ++layer) {
      x = at::gelu(Convolve(x, weights[layer], biases[layer]));
    }
    clips.push_back(std::move(x));
  }
  return at::stack(clips);
}

}  // namespace culturemert
