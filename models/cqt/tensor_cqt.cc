#include "models/cqt/tensor_cqt.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/complex.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/fft_fft.h>
#include <ATen/ops/fft_ifft.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/stack.h>

#include <algorithm>
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

// A copy on `device` of numbers that lie here.
template <typename T>
at::Tensor Upload(const T* numbers, at::IntArrayRef shape, c10::Device device) {
  return at::from_blob(const_cast<T*>(numbers), shape,
                       c10::CppTypeToScalarType<T>::value)
      .to(device, /*non_blocking=*/false, /*copy=*/true);
}

// [block_samples] of the block's row, zeros where it has none.
template <typename T>
at::Tensor BlockSamples(const CqtTables<T>& tables, const CqtBlock& block,
                        const at::Tensor& audio) {
  const std::int64_t begin = block.first_sample;
  const std::int64_t end = begin + tables.block_samples;
  const std::int64_t from = std::max<std::int64_t>(0, begin);
  const std::int64_t to = std::max(from, std::min(audio.size(1), end));
  return at::constant_pad_nd(audio.select(0, block.row).slice(0, from, to),
                             {from - begin, end - to});
}

// [blocks, spectral bins, frames of a block]; the caller drops the frames that
// are not the block's.
template <typename T>
at::Tensor SpectralBins(const CqtTables<T>& tables,
                        const CqtTableTensors& tensors,
                        const at::Tensor& samples) {
  const std::int64_t blocks = samples.size(0);
  const at::Tensor even = at::fft_fft(samples).index_select(1, tensors.places);
  const at::Tensor odd = even * tensors.half_sample;  // [blocks, spectrum]
  std::vector<at::Tensor> folded;
  for (std::size_t k = 0; k < tables.spectral_bins.size(); ++k) {
    const SpectralBin& bin = tables.spectral_bins[k];
    const at::Tensor stretch =
        (bin.is_odd ? odd : even)
            .narrow(1, bin.first, bin.folds * tables.period)
            .view({blocks, bin.folds, tables.period});
    folded.push_back((stretch * tensors.weights[k]).sum(1));  // [blocks, M]
  }
  return at::fft_ifft(at::stack(folded, 1)).abs();
}

// [B, frames, the group's bins]
template <typename T>
at::Tensor DirectBins(const CqtTables<T>& tables, const DirectGroup& group,
                      const at::Tensor& kernels, const at::Tensor& audio) {
  const std::int64_t hop = tables.options.hop_samples;
  const std::int64_t frames = CqtFrames(audio.size(1), tables.options);
  const std::int64_t before = -group.first_offset;
  const std::int64_t after =
      (frames - 1) * hop + group.taps - before - audio.size(1);
  const at::Tensor sums = at::matmul(
      at::constant_pad_nd(audio, {before, after}).unfold(1, group.taps, hop),
      kernels);  // [B, frames, 2 kCorrelatedBins]
  return at::complex(
             sums.narrow(2, 0, group.bins).contiguous(),
             sums.narrow(2, kCorrelatedBins<T>, group.bins).contiguous())
      .abs();
}

}  // namespace

template <typename T>
CqtTableTensors UploadCqtTables(const CqtTables<T>& tables,
                                c10::Device device) {
  CqtTableTensors tensors;
  const std::int64_t stripes = tables.period / kStripe<T>;
  if (!tables.spectral_bins.empty()) {
    const at::Tensor places =
        at::arange(tables.spectrum_begin,
                   tables.spectrum_begin + tables.spectrum_size, at::kLong);
    tensors.places = places.remainder(tables.block_samples).to(device);
    tensors.half_sample = at::complex(
        Upload(tables.half_sample_real.data(), {tables.spectrum_size}, device),
        Upload(tables.half_sample_imaginary.data(), {tables.spectrum_size},
               device));
  }
  for (const SpectralBin& bin : tables.spectral_bins) {
    tensors.weights.push_back(
        Upload(tables.spectral_weights.data() + bin.weights,
               {stripes, bin.folds, kStripe<T>}, device)
            .permute({1, 0, 2})
            .reshape({bin.folds, tables.period}));
  }
  for (const DirectGroup& group : tables.direct_groups) {
    tensors.direct_kernels.push_back(
        Upload(tables.direct_kernels.data() + group.kernels,
               {group.taps, 2 * kCorrelatedBins<T>}, device));
  }
  return tensors;
}

template <typename T>
at::Tensor TensorCqt(const CqtTables<T>& tables, const CqtTableTensors& tensors,
                     const at::Tensor& audio) {
  at::Tensor magnitudes =
      at::empty({audio.size(0), CqtFrames(audio.size(1), tables.options),
                 tables.options.bins},
                audio.options());
  const std::int64_t spectral_bins =
      static_cast<std::int64_t>(tables.spectral_bins.size());
  if (spectral_bins > 0) {
    const std::vector<CqtBlock> blocks =
        CutIntoBlocks(tables, audio.size(0), audio.size(1));
    const std::int64_t count = static_cast<std::int64_t>(blocks.size());
    for (std::int64_t first = 0; first < count; first += kBlocksAtOnce) {
      std::vector<at::Tensor> samples;
      for (std::int64_t i = first; i < std::min(first + kBlocksAtOnce, count);
           ++i) {
        samples.push_back(BlockSamples(tables, blocks[i], audio));
      }
      const at::Tensor values =
          SpectralBins(tables, tensors, at::stack(samples));
      for (std::size_t i = 0; i < samples.size(); ++i) {
        const CqtBlock& block = blocks[first + i];
        magnitudes.select(0, block.row)
            .slice(0, block.first_frame, block.first_frame + block.frames)
            .narrow(1, 0, spectral_bins)
            .copy_(values.select(0, i)
                       .narrow(1, block.position_frames, block.frames)
                       .transpose(0, 1));
      }
    }
  }
  for (std::size_t i = 0; i < tables.direct_groups.size(); ++i) {
    const DirectGroup& group = tables.direct_groups[i];
    magnitudes.narrow(2, group.first_bin, group.bins)
        .copy_(DirectBins(tables, group, tensors.direct_kernels[i], audio));
  }
  return magnitudes;
}

template CqtTableTensors UploadCqtTables(const CqtTables<float>&, c10::Device);
template CqtTableTensors UploadCqtTables(const CqtTables<double>&, c10::Device);
template at::Tensor TensorCqt(const CqtTables<float>&, const CqtTableTensors&,
                              const at::Tensor&);
template at::Tensor TensorCqt(const CqtTables<double>&, const CqtTableTensors&,
                              const at::Tensor&);

}  // namespace cqt_internal
}  // namespace culturemert
