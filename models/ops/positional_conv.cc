#include "models/ops/positional_conv.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "models/ops/elementary.h"
#include "models/ops/vectorized.h"

namespace culturemert {
namespace {

// Taps that one matrix product takes at once: the samples they see of one
// output frame are side by side in a copy of the input with kTaps frames a row,
// which, unlike one with all taps a row, fits into the cache.
constexpr std::int64_t kTaps = 8;

template <typename T>
CULTUREMERT_INLINE void FinishRowBody(const T* response, const T* bias,
                                      const T* x, std::int64_t channels,
                                      T* out) {
  for (std::int64_t i = 0; i < channels; ++i) {
    out[i] = x[i] + Gelu(response[i] + bias[i]);
  }
}

CULTUREMERT_VECTORIZED void FinishRow(const float* response, const float* bias,
                                      const float* x, std::int64_t channels,
                                      float* out) {
  FinishRowBody(response, bias, x, channels, out);
}
void FinishRow(const double* response, const double* bias, const double* x,
               std::int64_t channels, double* out) {
  FinishRowBody(response, bias, x, channels, out);
}

template <typename T>
class Group {
 public:
  Group(const PositionalConvSize& size, const PositionalConvWeights<T>& weights,
        std::int64_t group)
      : size_(size),
        width_(size.channels / size.groups),
        first_(group * width_),
        products_((size.kernel + kTaps - 1) / kTaps),
        rows_(size.frames + (products_ - 1) * kTaps),
        bias_(weights.bias + first_) {
    const auto type = sizeof(T) == sizeof(float) ? at::kFloat : at::kDouble;
    weight_ = at::zeros({products_, kTaps * width_, width_}, type);
    padded_ = at::zeros({rows_ + kTaps - 1, width_}, type);
    windows_ = at::empty({rows_, kTaps * width_}, type);
    response_ = at::empty({size.frames, width_}, type);
    T* const packed = weight_.template mutable_data_ptr<T>();
    for (std::int64_t out = 0; out < width_; ++out) {
      for (std::int64_t in = 0; in < width_; ++in) {
        const T* const taps =
            weights.direction + ((first_ + out) * width_ + in) * size.kernel;
        for (std::int64_t tap = 0; tap < size.kernel; ++tap) {
          packed[(tap * width_ + in) * width_ + out] =
              taps[tap] * weights.tap_scale[tap];
        }
      }
    }
  }

  // Of one clip, x and out [T, channels].
  void Run(const T* x, T* out) {
    const std::int64_t padding = size_.kernel / 2;
    T* const padded = padded_.template mutable_data_ptr<T>();
    for (std::int64_t frame = 0; frame < size_.frames; ++frame) {
      std::copy_n(x + frame * size_.channels + first_, width_,
                  padded + (padding + frame) * width_);
    }
    T* const windows = windows_.template mutable_data_ptr<T>();
    for (std::int64_t row = 0; row < rows_; ++row) {
      std::copy_n(padded + row * width_, kTaps * width_,
                  windows + row * kTaps * width_);
    }
    for (std::int64_t i = 0; i < products_; ++i) {
      at::addmm_out(response_, response_,
                    windows_.narrow(0, i * kTaps, size_.frames), weight_[i],
                    /*beta=*/i == 0 ? 0 : 1);
    }
    const T* const response = response_.template const_data_ptr<T>();
    for (std::int64_t frame = 0; frame < size_.frames; ++frame) {
      const std::int64_t at = frame * size_.channels + first_;
      FinishRow(response + frame * width_, bias_, x + at, width_, out + at);
    }
  }

 private:
  const PositionalConvSize& size_;
  const std::int64_t width_;  // Channels of a group.
  const std::int64_t first_;  // The first of them.
  const std::int64_t products_;
  const std::int64_t rows_;
  const T* const bias_;
  at::Tensor weight_;    // [products, kTaps * width, width]
  at::Tensor padded_;    // [rows + kTaps - 1, width]
  at::Tensor windows_;   // [rows, kTaps * width]
  at::Tensor response_;  // [T, width]
};

}  // namespace

template <typename T>
void AddPositions(const PositionalConvSize& size,
                  const PositionalConvWeights<T>& weights, const T* x, T* out) {
  at::parallel_for(
      0, size.groups, 1, [&](std::int64_t begin, std::int64_t end) {
        const at::NoGradGuard no_gradients;
        for (std::int64_t i = begin; i < end; ++i) {
          Group<T> group(size, weights, i);
          for (std::int64_t clip = 0; clip < size.clips; ++clip) {
            const std::int64_t offset = clip * size.frames * size.channels;
            group.Run(x + offset, out + offset);
          }
        }
      });
}

template void AddPositions(const PositionalConvSize&,
                           const PositionalConvWeights<float>&, const float*,
                           float*);
template void AddPositions(const PositionalConvSize&,
                           const PositionalConvWeights<double>&, const double*,
                           double*);

}  // namespace culturemert
