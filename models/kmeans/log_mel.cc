#include "models/kmeans/log_mel.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/fft_rfft.h>
#include <ATen/ops/hann_window.h>
#include <c10/util/complex.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "models/tokenizer/tokenizer.h"

namespace culturemert {
namespace kmeans_internal {
namespace {

constexpr std::int64_t kWindow = 1024;
constexpr std::int64_t kBins = kWindow / 2 + 1;
constexpr double kBinHz = static_cast<double>(kTokenizerRateHz) / kWindow;
constexpr float kFloor = 1e-10F;

// Frames transformed at a time: bounds memory for long audio.
constexpr std::int64_t kFramesAtOnce = 2048;

double Mel(double hz) { return 2595 * std::log10(1 + hz / 700); }

double Hz(double mel) { return 700 * (std::pow(10, mel / 2595) - 1); }

}  // namespace

LogMel::LogMel() : window_(at::hann_window(kWindow, at::kFloat)) {
  const double step = Mel(kTokenizerRateHz / 2.0) / (kMelBands + 1);
  for (int band = 0; band < kMelBands; ++band) {
    const double low = Hz(band * step);
    const double middle = Hz((band + 1) * step);
    const double high = Hz((band + 2) * step);
    Band weights;
    weights.first_bin = static_cast<std::int64_t>(low / kBinHz) + 1;
    for (std::int64_t bin = weights.first_bin;
         bin < kBins && bin * kBinHz < high; ++bin) {
      const double hz = bin * kBinHz;
      weights.weights.push_back(
          static_cast<float>(hz < middle ? (hz - low) / (middle - low)
                                         : (high - hz) / (high - middle)));
    }
    bands_.push_back(std::move(weights));
  }
}

at::Tensor LogMel::Compute(const at::Tensor& audio) const {
  const std::int64_t samples = audio.size(0);
  const std::int64_t frames = TokenizerFrames(samples);
  const std::int64_t before = (kWindow - kTokenizerHopSamples) / 2;
  const std::int64_t after =
      (frames - 1) * kTokenizerHopSamples + kWindow - before - samples;
  const at::Tensor windows =
      at::constant_pad_nd(audio, {before, after})
          .unfold(0, kWindow, kTokenizerHopSamples);  // [frames, kWindow]
  at::Tensor result = at::empty({frames, kMelBands}, at::kFloat);
  float* const out = result.data_ptr<float>();
  for (std::int64_t first = 0; first < frames; first += kFramesAtOnce) {
    const std::int64_t count = std::min(kFramesAtOnce, frames - first);
    const at::Tensor spectra =
        at::fft_rfft(windows.narrow(0, first, count) * window_);
    const auto* const values = spectra.const_data_ptr<c10::complex<float>>();
    at::parallel_for(0, count, 16, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t t = begin; t < end; ++t) {
        for (int b = 0; b < kMelBands; ++b) {
          const auto* bin = values + t * kBins + bands_[b].first_bin;
          float energy = kFloor;
          for (const float weight : bands_[b].weights) {
            energy += weight * std::norm(*bin++);
          }
          out[(first + t) * kMelBands + b] = std::log(energy);
        }
      }
    });
  }
  return result;
}

}  // namespace kmeans_internal
}  // namespace culturemert
