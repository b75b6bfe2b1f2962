#include "models/cqt/fast_cqt.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/fft_ifft.h>
#include <ATen/ops/fft_rfft.h>
#include <ATen/ops/zeros.h>
#include <c10/util/complex.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "models/cqt/cqt_blocks.h"
#include "models/cqt/cqt_loops.h"
#include "models/cqt/cqt_options.h"
#include "models/cqt/cqt_tables.h"

namespace culturemert {
namespace cqt_internal {
namespace {

// Blocks in memory at a time.
constexpr std::int64_t kBlocksAtOnce = 16;

// Bins of one task.
constexpr std::int64_t kBinsAtOnce = 16;

// Frames of one task of the direct part: a multiple of kCorrelatedFrames.
constexpr std::int64_t kFramesAtOnce = 48;

template <typename T>
T Magnitude(T real, T imaginary) {
  return std::sqrt(real * real + imaginary * imaginary);
}

// Samples [begin, end) of a row, zeros where it has none.
template <typename T>
void CopyRow(const T* row, std::int64_t samples, std::int64_t begin,
             std::int64_t end, T* out) {
  const std::int64_t from = std::clamp<std::int64_t>(0, begin, end);
  const std::int64_t to = std::clamp<std::int64_t>(samples, from, end);
  std::fill(out, out + (from - begin), T{0});
  if (to > from) std::copy(row + from, row + to, out + (from - begin));
  std::fill(out + (to - begin), out + (end - begin), T{0});
}

// A block's coefficients from spectrum_begin on, by the parity of the kernels
// that are to be applied to them.
template <typename T>
struct Spectrum {
  std::vector<T> real[2];
  std::vector<T> imaginary[2];
};

template <typename T>
class Transform {
 public:
  Transform(const CqtTables<T>& tables, const at::Tensor& audio,
            const at::Tensor& magnitudes)
      : tables_(tables),
        audio_(audio.const_data_ptr<T>()),
        samples_(audio.size(1)),
        rows_(audio.size(0)),
        options_(magnitudes.options()),
        magnitudes_(magnitudes.data_ptr<T>()),
        frames_(magnitudes.size(1)),
        bins_(magnitudes.size(2)) {}

  void Run() {
    if (!tables_.spectral_bins.empty()) ComputeSpectralBins();
    ComputeDirectBins();
  }

 private:
  void ComputeSpectralBins() {
    const std::vector<CqtBlock> blocks =
        CutIntoBlocks(tables_, rows_, samples_);
    const std::int64_t count = static_cast<std::int64_t>(blocks.size());
    const std::int64_t tasks_per_block =
        (static_cast<std::int64_t>(tables_.spectral_bins.size()) + kBinsAtOnce -
         1) /
        kBinsAtOnce;
    std::vector<Spectrum<T>> spectra(std::min(count, kBlocksAtOnce));
    for (std::int64_t first = 0; first < count; first += kBlocksAtOnce) {
      const std::int64_t held = std::min(kBlocksAtOnce, count - first);
      at::parallel_for(0, held, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
          ComputeSpectrum(blocks[first + i], &spectra[i]);
        }
      });
      at::parallel_for(0, held * tasks_per_block, 1,
                       [&](std::int64_t begin, std::int64_t end) {
                         for (std::int64_t i = begin; i < end; ++i) {
                           ComputeBins(blocks[first + i / tasks_per_block],
                                       spectra[i / tasks_per_block],
                                       i % tasks_per_block, tasks_per_block);
                         }
                       });
    }
  }

  // One transform a call, so that its rounding depends on nothing else.
  void ComputeSpectrum(const CqtBlock& block, Spectrum<T>* spectrum) const {
    const std::int64_t size = tables_.block_samples;
    const at::Tensor samples = at::empty({size}, options_);
    CopyRow(audio_ + block.row * samples_, samples_, block.first_sample,
            block.first_sample + size, samples.data_ptr<T>());
    const at::Tensor coefficients = at::fft_rfft(samples);  // [N / 2 + 1]
    const auto* const x = coefficients.const_data_ptr<c10::complex<T>>();
    for (int parity = 0; parity < 2; ++parity) {
      spectrum->real[parity].resize(tables_.spectrum_size);
      spectrum->imaginary[parity].resize(tables_.spectrum_size);
    }
    for (std::int64_t i = 0; i < tables_.spectrum_size; ++i) {
      const std::int64_t q = tables_.spectrum_begin + i;
      std::int64_t around = q % size;
      if (around < 0) around += size;
      const bool is_mirrored = around > size / 2;
      const c10::complex<T> value = x[is_mirrored ? size - around : around];
      const T real = value.real();
      const T imaginary = is_mirrored ? -value.imag() : value.imag();
      const T cosine = tables_.half_sample_real[i];
      const T sine = tables_.half_sample_imaginary[i];
      spectrum->real[0][i] = real;
      spectrum->imaginary[0][i] = imaginary;
      spectrum->real[1][i] = real * cosine - imaginary * sine;
      spectrum->imaginary[1][i] = real * sine + imaginary * cosine;
    }
  }

  // Bins task, task + tasks, task + 2 tasks ...: low bins have few coefficients
  // and high ones many, so that each task gets some of both.
  void ComputeBins(const CqtBlock& block, const Spectrum<T>& spectrum,
                   std::int64_t task, std::int64_t tasks) const {
    const std::int64_t bins =
        static_cast<std::int64_t>(tables_.spectral_bins.size());
    const std::int64_t period = tables_.period;
    const at::Tensor folded = at::zeros(
        {kBinsAtOnce, period},
        options_.dtype(c10::toComplexType(options_.dtype().toScalarType())));
    T* const sums = reinterpret_cast<T*>(folded.data_ptr());
    for (std::int64_t k = task, i = 0; k < bins; k += tasks, ++i) {
      const SpectralBin& bin = tables_.spectral_bins[k];
      FoldSpectrum(spectrum.real[bin.is_odd].data() + bin.first,
                   spectrum.imaginary[bin.is_odd].data() + bin.first,
                   tables_.spectral_weights.data() + bin.weights, bin.folds,
                   period, sums + i * 2 * period);
    }
    const at::Tensor series = at::fft_ifft(folded);  // [kBinsAtOnce, M]
    const auto* const values = series.const_data_ptr<c10::complex<T>>();
    T* const out =
        magnitudes_ + (block.row * frames_ + block.first_frame) * bins_;
    for (std::int64_t t = 0; t < block.frames; ++t) {
      const auto* value = values + block.position_frames + t;
      for (std::int64_t k = task; k < bins; k += tasks, value += period) {
        out[t * bins_ + k] = Magnitude(value->real(), value->imag());
      }
    }
  }

  void ComputeDirectBins() const {
    if (tables_.direct_groups.empty()) return;
    const std::int64_t tiles = (frames_ + kFramesAtOnce - 1) / kFramesAtOnce;
    at::parallel_for(
        0, rows_ * tiles, 1, [&](std::int64_t begin, std::int64_t end) {
          std::vector<T> audio;
          for (std::int64_t i = begin; i < end; ++i) {
            ComputeDirectTile(i / tiles, i % tiles * kFramesAtOnce, &audio);
          }
        });
  }

  void ComputeDirectTile(std::int64_t row, std::int64_t first_frame,
                         std::vector<T>* audio) const {
    const std::int64_t hop = tables_.options.hop_samples;
    const std::int64_t reach = tables_.direct_reach;
    const std::int64_t begin = first_frame * hop - reach;
    audio->resize((kFramesAtOnce - 1) * hop + 2 * reach);
    CopyRow(audio_ + row * samples_, samples_, begin,
            begin + static_cast<std::int64_t>(audio->size()), audio->data());
    const std::int64_t frames = std::min(kFramesAtOnce, frames_ - first_frame);
    T* const out = magnitudes_ + (row * frames_ + first_frame) * bins_;
    for (const DirectGroup& group : tables_.direct_groups) {
      for (std::int64_t t = 0; t < frames; t += kCorrelatedFrames) {
        T sums[kCorrelatedFrames][2 * kCorrelatedBins<T>];
        CorrelateFrames(audio->data() + t * hop + reach + group.first_offset,
                        hop, tables_.direct_kernels.data() + group.kernels,
                        group.taps, &sums[0][0]);
        const std::int64_t computed =
            std::min<std::int64_t>(kCorrelatedFrames, frames - t);
        for (std::int64_t i = 0; i < computed; ++i) {
          for (int b = 0; b < group.bins; ++b) {
            out[(t + i) * bins_ + group.first_bin + b] =
                Magnitude(sums[i][b], sums[i][b + kCorrelatedBins<T>]);
          }
        }
      }
    }
  }

  const CqtTables<T>& tables_;
  const T* const audio_;
  const std::int64_t samples_;
  const std::int64_t rows_;
  const at::TensorOptions options_;
  T* const magnitudes_;
  const std::int64_t frames_;
  const std::int64_t bins_;
};

}  // namespace

template <typename T>
at::Tensor FastCqt(const CqtTables<T>& tables, const at::Tensor& audio) {
  at::Tensor magnitudes =
      at::empty({audio.size(0), CqtFrames(audio.size(1), tables.options),
                 tables.options.bins},
                audio.options());
  Transform<T>(tables, audio, magnitudes).Run();
  return magnitudes;
}

template at::Tensor FastCqt(const CqtTables<float>&, const at::Tensor&);
template at::Tensor FastCqt(const CqtTables<double>&, const at::Tensor&);

}  // namespace cqt_internal
}  // namespace culturemert
