// Group norm with a group for each channel, then exact GELU, on a GPU: what
// stands behind the first convolution. Launches of the kernels.
//
// A row is one channel of one clip, x is [B, C, T], contiguous. float or
// __nv_bfloat16 values; statistics, weights, sums and all arithmetic are float.
// Every sum is taken in an order given by the sizes alone, so that results are
// the same in each run.

#ifndef CULTUREMERT_MODELS_OPS_GROUP_NORM_GELU_KERNELS_H_
#define CULTUREMERT_MODELS_OPS_GROUP_NORM_GELU_KERNELS_H_

#include <cuda_runtime_api.h>

#include <cstdint>

namespace culturemert {

struct GroupNormSize {
  std::int64_t clips = 0;     // B
  std::int64_t channels = 0;  // C
  std::int64_t length = 0;    // T
};

struct GroupNormWeights {
  const float* weight;  // [C]
  const float* bias;    // [C]
};

// Of each row, [B, C].
struct GroupNormStatistics {
  float* mean;
  float* inverse_deviation;  // 1 / sqrt(population variance + epsilon)
};

// y = GELU((x - mean) * inverse_deviation * weight + bias), [B, C, T]; fills
// `statistics`. cudaErrorInvalidValue: a size below 1, or too many rows.
template <typename T>
cudaError_t LaunchGroupNormGelu(const GroupNormSize& size, const T* x,
                                const GroupNormWeights& weights, float epsilon,
                                T* y, const GroupNormStatistics& statistics,
                                cudaStream_t stream);

struct GroupNormGradients {
  float* weight;  // [C]
  float* bias;    // [C]
  float* sums;    // [2, B, C], scratch
};

// The gradients of that by x, weight and bias, given `gradient` by y; the
// normalised values are computed again. gradient_x may be `gradient`.
template <typename T>
cudaError_t LaunchGroupNormGeluGradient(
    const GroupNormSize& size, const T* gradient, const T* x,
    const GroupNormWeights& weights, const GroupNormStatistics& statistics,
    T* gradient_x, const GroupNormGradients& gradients, cudaStream_t stream);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_OPS_GROUP_NORM_GELU_KERNELS_H_
