#include "models/spectrogram/log_bands.h"

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
#include <numeric>
#include <utility>
#include <vector>

#include "models/tokenizer/tokenizer.h"

namespace culturemert {
namespace {

constexpr double kNyquistHz = kTokenizerRateHz / 2.0;

// Samples of windows transformed at a time: bounds memory for long audio.
constexpr std::int64_t kSamplesAtOnce = std::int64_t{1} << 21;

double Mel(double hz) { return 2595 * std::log10(1 + hz / 700); }

double Hz(double mel) { return 700 * (std::pow(10, mel / 2595) - 1); }

}  // namespace

std::vector<SpectrumBand> TriangularBands(const std::vector<double>& corners_hz,
                                          std::int64_t window_samples) {
  const double bin_hz = static_cast<double>(kTokenizerRateHz) /
                        static_cast<double>(window_samples);
  const std::int64_t bins = window_samples / 2 + 1;
  std::vector<SpectrumBand> bands;
  for (std::size_t i = 0; i + 2 < corners_hz.size(); ++i) {
    const double low = corners_hz[i];
    const double middle = corners_hz[i + 1];
    const double high = corners_hz[i + 2];
    SpectrumBand band;
    band.first_bin = static_cast<std::int64_t>(low / bin_hz) + 1;
    for (std::int64_t bin = band.first_bin;
         bin < bins && static_cast<double>(bin) * bin_hz < high; ++bin) {
      const double hz = static_cast<double>(bin) * bin_hz;
      band.weights.push_back(
          static_cast<float>(hz < middle ? (hz - low) / (middle - low)
                                         : (high - hz) / (high - middle)));
    }
    bands.push_back(std::move(band));
  }
  return bands;
}

std::vector<double> MelCornersHz(int bands) {
  const double step = Mel(kNyquistHz) / (bands + 1);
  std::vector<double> corners;
  for (int i = 0; i < bands + 2; ++i) corners.push_back(Hz(i * step));
  return corners;
}

std::vector<double> LogFrequencyCornersHz(double lowest_hz, int bands,
                                          int bands_per_octave) {
  std::vector<double> corners;
  for (int i = -1; i <= bands; ++i) {
    corners.push_back(lowest_hz *
                      std::exp2(static_cast<double>(i) / bands_per_octave));
  }
  return corners;
}

std::vector<SpectrumBand> Averaging(std::vector<SpectrumBand> bands) {
  for (SpectrumBand& band : bands) {
    const float sum =
        std::accumulate(band.weights.begin(), band.weights.end(), 0.0F);
    for (float& weight : band.weights) weight /= sum;
  }
  return bands;
}

LogBands::LogBands(std::int64_t window_samples, std::vector<SpectrumBand> bands,
                   float floor)
    : window_(at::hann_window(window_samples, at::kFloat)),
      bands_(std::move(bands)),
      floor_(floor) {}

at::Tensor LogBands::Compute(const at::Tensor& audio) const {
  const std::int64_t samples = audio.size(0);
  const std::int64_t frames = TokenizerFrames(samples);
  const std::int64_t window = window_.size(0);
  const std::int64_t bins = window / 2 + 1;
  const std::int64_t before = (window - kTokenizerHopSamples) / 2;
  const std::int64_t after =
      (frames - 1) * kTokenizerHopSamples + window - before - samples;
  const at::Tensor windows =
      at::constant_pad_nd(audio, {before, after})
          .unfold(0, window, kTokenizerHopSamples);  // [frames, window]
  at::Tensor result = at::empty({frames, size()}, at::kFloat);
  float* const out = result.data_ptr<float>();
  const std::int64_t frames_at_once = kSamplesAtOnce / window;
  for (std::int64_t first = 0; first < frames; first += frames_at_once) {
    const std::int64_t count = std::min(frames_at_once, frames - first);
    const at::Tensor spectra =
        at::fft_rfft(windows.narrow(0, first, count) * window_);
    const auto* const values = spectra.const_data_ptr<c10::complex<float>>();
    at::parallel_for(0, count, 16, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t t = begin; t < end; ++t) {
        float* row = out + (first + t) * size();
        for (const SpectrumBand& band : bands_) {
          const auto* bin = values + t * bins + band.first_bin;
          float energy = floor_;
          for (const float weight : band.weights) {
            energy += weight * std::norm(*bin++);
          }
          *row++ = std::log(energy);
        }
      }
    });
  }
  return result;
}

}  // namespace culturemert
