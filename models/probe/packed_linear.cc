#include "models/probe/packed_linear.h"

#include <algorithm>
#include <vector>

namespace culturemert {
namespace probe_internal {
namespace {

// Rows of a panel, or of a gradient, that stay in the first-level cache while
// many tiles are multiplied with them: 24 kB.
constexpr std::int64_t kDepth = 192;

}  // namespace

PackedLinear::PackedLinear(std::int64_t inputs, std::int64_t outputs)
    : inputs_(inputs),
      outputs_(outputs),
      padded_inputs_(Padded(inputs)),
      padded_outputs_(Padded(outputs)),
      weights_(padded_inputs_ * padded_outputs_),
      first_moments_(padded_inputs_ * padded_outputs_),
      second_moments_(padded_inputs_ * padded_outputs_),
      bias_(padded_outputs_),
      bias_first_moments_(padded_outputs_),
      bias_second_moments_(padded_outputs_) {}

void PackedLinear::SetParameters(absl::Span<const float> weight,
                                 absl::Span<const float> bias) {
  for (std::int64_t o = 0; o < outputs_; ++o) {
    for (std::int64_t i = 0; i < inputs_; ++i) {
      weights_.data()[Index(i, o)] =
          weight[static_cast<std::size_t>(o * inputs_ + i)];
    }
  }
  std::copy(bias.begin(), bias.end(), bias_.data());
}

void PackedLinear::GetParameters(absl::Span<float> weight,
                                 absl::Span<float> bias) const {
  for (std::int64_t o = 0; o < outputs_; ++o) {
    for (std::int64_t i = 0; i < inputs_; ++i) {
      weight[static_cast<std::size_t>(o * inputs_ + i)] =
          weights_.data()[Index(i, o)];
    }
  }
  std::copy_n(bias_.data(), outputs_, bias.begin());
}

void PackedLinear::Forward(const float* in, std::int64_t padded_batch,
                           float* out) const {
  for (std::int64_t o = 0; o < padded_outputs_; o += kTileColumns) {
    const float* const panel = weights_.data() + o * padded_inputs_;
    for (std::int64_t i = 0; i < padded_inputs_; i += kDepth) {
      const std::int64_t depth = std::min(kDepth, padded_inputs_ - i);
      for (std::int64_t b = 0; b < padded_batch; b += kTileRows) {
        float* const tile = out + b * padded_outputs_ + o;
        ResultTile result = {tile, padded_outputs_, tile, padded_outputs_};
        if (i == 0) {
          result.start = bias_.data() + o;
          result.start_stride = 0;
        }
        MultiplyTile({in + b * padded_inputs_ + i, padded_inputs_, 1},
                     panel + i * kTileColumns, kTileColumns, depth, result);
      }
    }
  }
}

void PackedLinear::Backward(const float* out_gradient,
                            std::int64_t padded_batch,
                            float* in_gradient) const {
  alignas(64) static constexpr float kZeros[kTileColumns] = {};
  for (std::int64_t o = 0; o < padded_outputs_; o += kDepth) {
    const std::int64_t depth = std::min(kDepth, padded_outputs_ - o);
    for (std::int64_t b = 0; b < padded_batch; b += kTileColumns) {
      for (std::int64_t i = 0; i < padded_inputs_; i += kTileRows) {
        float* const tile = in_gradient + i * padded_batch + b;
        ResultTile result = {tile, padded_batch, tile, padded_batch};
        if (o == 0) {
          result.start = kZeros;
          result.start_stride = 0;
        }
        MultiplyPanelRows(
            weights_.data() + o * padded_inputs_ + i * kTileColumns,
            padded_inputs_, depth / kTileColumns,
            out_gradient + o * padded_batch + b, padded_batch, result);
      }
    }
  }
}

void PackedLinear::Update(const AdamStep& adam, const float* in,
                          const float* out_gradient, std::int64_t batch) {
  // Tiles of inputs and panels of gradients, each without gaps: a row's stride
  // is often a power of two, and then few rows fit into a cache together.
  if (input_tiles_.size() < padded_inputs_ * batch) {
    input_tiles_ = AlignedFloats(padded_inputs_ * batch);
    gradient_panel_ = AlignedFloats(kTileColumns * batch);
  }
  for (std::int64_t i = 0; i < padded_inputs_; i += kTileRows) {
    for (std::int64_t b = 0; b < batch; ++b) {
      std::copy_n(in + b * padded_inputs_ + i, kTileRows,
                  input_tiles_.data() + i * batch + b * kTileRows);
    }
  }
  for (std::int64_t o = 0; o < padded_outputs_; o += kTileColumns) {
    for (std::int64_t b = 0; b < batch; ++b) {
      std::copy_n(out_gradient + b * padded_outputs_ + o, kTileColumns,
                  gradient_panel_.data() + b * kTileColumns);
    }
    for (std::int64_t i = 0; i < padded_inputs_; i += kTileRows) {
      const std::int64_t tile = o * padded_inputs_ + i * kTileColumns;
      UpdateTile(adam, {input_tiles_.data() + i * batch, 1, kTileRows},
                 gradient_panel_.data(), kTileColumns, batch,
                 weights_.data() + tile, first_moments_.data() + tile,
                 second_moments_.data() + tile);
    }
  }
  std::vector<float> gradient(static_cast<std::size_t>(padded_outputs_), 0);
  for (std::int64_t b = 0; b < batch; ++b) {
    const float* const row = out_gradient + b * padded_outputs_;
    for (std::size_t o = 0; o < gradient.size(); ++o) gradient[o] += row[o];
  }
  UpdateNumbers(adam, padded_outputs_, gradient.data(), bias_.data(),
                bias_first_moments_.data(), bias_second_moments_.data());
}

}  // namespace probe_internal
}  // namespace culturemert
