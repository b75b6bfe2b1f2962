// Log energies in bands of frequency, a row for every frame of the tokenizers'
// grid (models/tokenizer/tokenizer.h), 75 a second at 24 000 Hz.

#ifndef CULTUREMERT_MODELS_SPECTROGRAM_LOG_BANDS_H_
#define CULTUREMERT_MODELS_SPECTROGRAM_LOG_BANDS_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace culturemert {

// A weighted sum over neighbouring bins of a spectrum.
struct SpectrumBand {
  std::int64_t first_bin = 0;
  std::vector<float> weights;
};

// Triangles from one of `corners_hz` to the next but one, highest (1) at the
// one between: corners_hz.size() - 2 bands over the bins of a transform of
// `window_samples` at 24 000 Hz. `corners_hz` rises strictly, from 0 or more to
// 12 000 at most, and there is a bin within each band.
std::vector<SpectrumBand> TriangularBands(const std::vector<double>& corners_hz,
                                          std::int64_t window_samples);

// The corners of `bands` bands of equal width from 0 to 12 000 Hz on the mel
// scale 2595 log10(1 + f / 700).
std::vector<double> MelCornersHz(int bands);

// The corners of bands whose middles are lowest_hz 2^(i / bands_per_octave),
// i = 0 to bands - 1.
std::vector<double> LogFrequencyCornersHz(double lowest_hz, int bands,
                                          int bands_per_octave);

// The same bands with weights that add up to 1: averages instead of sums.
std::vector<SpectrumBand> Averaging(std::vector<SpectrumBand> bands);

// Safe to use from several threads at once.
class LogBands {
 public:
  // Hann windows of `window_samples`, an even number of at least a frame's 320,
  // about the frames' middles. `floor` > 0 is added to energies.
  LogBands(std::int64_t window_samples, std::vector<SpectrumBand> bands,
           float floor);

  std::int64_t size() const { return static_cast<std::int64_t>(bands_.size()); }

  // `audio`: float32 [samples] on the CPU, contiguous, at least one sample;
  // silence is added on both sides. Returns log(floor + energy), float32
  // [TokenizerFrames(samples), size()], energy being the sum over a band's bins
  // of weight |X|^2 and X the transform of the windowed samples. A frame's row
  // does not depend on how many there are. Throws LibTorch's exceptions.
  at::Tensor Compute(const at::Tensor& audio) const;

 private:
  const at::Tensor window_;  // [window_samples]
  const std::vector<SpectrumBand> bands_;
  const float floor_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_SPECTROGRAM_LOG_BANDS_H_
