#include "models/encodec/packed_matrix.h"

#include <algorithm>

namespace culturemert {
namespace {

std::int64_t RowChannels(const StoredWeight& weight) {
  return weight.padded_rows ? PaddedChannels(weight.in) : weight.in;
}

}  // namespace

PackedMatrix::PackedMatrix(const FrameKernels& kernels,
                           const std::vector<StoredWeight>& weights)
    : columns_(PaddedChannels(weights.front().out)) {
  std::int64_t depth = 0;
  for (const StoredWeight& weight : weights) {
    depth += weight.kernel * RowChannels(weight);
  }
  values_ = AlignedFloats(depth * columns_);
  const std::int64_t out_channels = weights.front().out;
  for (std::int64_t out = 0; out < out_channels; ++out) {
    const std::int64_t panel = out / kernels.panel_columns;
    const std::int64_t first = panel * kernels.panel_columns;
    const std::int64_t width =
        std::min(kernels.panel_columns, columns_ - first);
    float* column = values_.data() + first * depth + (out - first);
    for (const StoredWeight& weight : weights) {
      const float* filter = weight.values + out * weight.in * weight.kernel;
      for (std::int64_t k = 0; k < weight.kernel; ++k) {
        for (std::int64_t in = 0; in < weight.in; ++in) {
          column[in * width] = filter[in * weight.kernel + k];
        }
        column += RowChannels(weight) * width;
      }
    }
  }
}

FrameProduct PackedMatrix::Product() const {
  FrameProduct product;
  product.weights = values_.data();
  product.columns = columns_;
  return product;
}

AlignedFloats PaddedCopy(const float* values, std::int64_t size) {
  AlignedFloats padded(PaddedChannels(size));
  std::copy_n(values, size, padded.data());
  return padded;
}

}  // namespace culturemert
