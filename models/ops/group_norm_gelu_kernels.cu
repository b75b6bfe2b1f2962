#include <cuda_bf16.h>

#include <climits>

#include "models/ops/group_norm_gelu_kernels.h"

namespace culturemert {
namespace {

constexpr int kThreads = 256;
constexpr int kWarpSize = 32;
constexpr int kWarps = kThreads / kWarpSize;
constexpr float kSqrtHalf = 0.70710678118654752440f;
constexpr float kDensityAtZero = 0.39894228040143267794f;  // 1 / sqrt(2 pi)

// The standard normal distribution function.
__device__ float Distribution(float z) {
  return 0.5f * (1.0f + erff(z * kSqrtHalf));
}

__device__ float GeluDerivative(float z) {
  return Distribution(z) + z * kDensityAtZero * expf(-0.5f * z * z);
}

// The sum of `value` over the block's threads, given to each of them: over each
// warp as a tree, then over the warps in order. All threads must call it;
// `shared` is [kWarps].
__device__ float BlockSum(float value, float* shared) {
  for (int offset = kWarpSize / 2; offset > 0; offset /= 2) {
    value += __shfl_down_sync(0xffffffff, value, offset);
  }
  __syncthreads();  // What an earlier call left in `shared` has been read.
  if (threadIdx.x % kWarpSize == 0) shared[threadIdx.x / kWarpSize] = value;
  __syncthreads();
  float sum = 0;
  for (int warp = 0; warp < kWarps; ++warp) sum += shared[warp];
  return sum;
}

// In the kernels below blockIdx.x is the row, and its thread i takes the frames
// i, i + kThreads, i + 2 kThreads ... below the length: none where the length
// is less than i + 1. All threads reach each BlockSum.

template <typename T>
__global__ void __launch_bounds__(kThreads)
    Forward(GroupNormSize size, const T* x, GroupNormWeights weights,
            float epsilon, T* y, GroupNormStatistics statistics) {
  __shared__ float shared[kWarps];
  const std::int64_t row = blockIdx.x;  // clip * C + channel
  const std::int64_t channel = row % size.channels;
  const T* const x_row = x + row * size.length;
  T* const y_row = y + row * size.length;
  const float count = static_cast<float>(size.length);

  float sum = 0;
  for (std::int64_t t = threadIdx.x; t < size.length; t += kThreads) {
    sum += static_cast<float>(x_row[t]);
  }
  const float mean = BlockSum(sum, shared) / count;
  // A second pass over the row: the difference of mean squares would cancel.
  float squares = 0;
  for (std::int64_t t = threadIdx.x; t < size.length; t += kThreads) {
    const float centred = static_cast<float>(x_row[t]) - mean;
    squares += centred * centred;
  }
  const float variance = BlockSum(squares, shared) / count;
  const float inverse_deviation = 1.0f / sqrtf(variance + epsilon);
  if (threadIdx.x == 0) {
    statistics.mean[row] = mean;
    statistics.inverse_deviation[row] = inverse_deviation;
  }
  const float weight = weights.weight[channel];
  const float bias = weights.bias[channel];
  for (std::int64_t t = threadIdx.x; t < size.length; t += kThreads) {
    const float normalised =
        (static_cast<float>(x_row[t]) - mean) * inverse_deviation;
    const float z = normalised * weight + bias;
    y_row[t] = static_cast<T>(z * Distribution(z));
  }
}

// With n the normalised value, z = weight n + bias and h = gradient GELU'(z),
//   by x:      weight inverse_deviation (h - mean(h) - n mean(h n)),
//   by weight: the sum of h n over clips and frames; by bias: that of h.
// Writes the first, and each row's sum of h and of h n to sums [2, B, C].
template <typename T>
__global__ void __launch_bounds__(kThreads)
    Backward(GroupNormSize size, const T* gradient, const T* x,
             GroupNormWeights weights, GroupNormStatistics statistics,
             T* gradient_x, float* sums) {
  __shared__ float shared[kWarps];
  const std::int64_t row = blockIdx.x;  // clip * C + channel
  const std::int64_t rows = size.clips * size.channels;
  const std::int64_t channel = row % size.channels;
  const T* const gradient_row = gradient + row * size.length;
  const T* const x_row = x + row * size.length;
  T* const out_row = gradient_x + row * size.length;
  const float count = static_cast<float>(size.length);
  const float mean = statistics.mean[row];
  const float inverse_deviation = statistics.inverse_deviation[row];
  const float weight = weights.weight[channel];
  const float bias = weights.bias[channel];

  float thread_h = 0;
  float thread_hn = 0;
  for (std::int64_t t = threadIdx.x; t < size.length; t += kThreads) {
    const float n = (static_cast<float>(x_row[t]) - mean) * inverse_deviation;
    const float h =
        static_cast<float>(gradient_row[t]) * GeluDerivative(n * weight + bias);
    thread_h += h;
    thread_hn += h * n;
  }
  const float sum_h = BlockSum(thread_h, shared);
  const float sum_hn = BlockSum(thread_hn, shared);
  if (threadIdx.x == 0) {
    sums[row] = sum_h;
    sums[rows + row] = sum_hn;
  }
  const float mean_h = sum_h / count;
  const float mean_hn = sum_hn / count;
  // Each thread writes only frames that it alone reads: out_row may be
  // gradient_row.
  for (std::int64_t t = threadIdx.x; t < size.length; t += kThreads) {
    const float n = (static_cast<float>(x_row[t]) - mean) * inverse_deviation;
    const float h =
        static_cast<float>(gradient_row[t]) * GeluDerivative(n * weight + bias);
    out_row[t] =
        static_cast<T>(weight * inverse_deviation * (h - mean_h - n * mean_hn));
  }
}

// A thread for each channel adds up its rows, clip by clip.
__global__ void __launch_bounds__(kThreads)
    SumOverClips(GroupNormSize size, GroupNormGradients gradients) {
  const std::int64_t channel =
      static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (channel >= size.channels) return;
  const std::int64_t rows = size.clips * size.channels;
  float bias = 0;
  float weight = 0;
  for (std::int64_t row = channel; row < rows; row += size.channels) {
    bias += gradients.sums[row];
    weight += gradients.sums[rows + row];
  }
  gradients.bias[channel] = bias;
  gradients.weight[channel] = weight;
}

bool IsInRange(const GroupNormSize& size) {
  return size.clips > 0 && size.channels > 0 && size.length > 0 &&
         size.clips <= INT_MAX / size.channels;
}

unsigned Rows(const GroupNormSize& size) {
  return static_cast<unsigned>(size.clips * size.channels);
}

}  // namespace

template <typename T>
cudaError_t LaunchGroupNormGelu(const GroupNormSize& size, const T* x,
                                const GroupNormWeights& weights, float epsilon,
                                T* y, const GroupNormStatistics& statistics,
                                cudaStream_t stream) {
  if (!IsInRange(size)) return cudaErrorInvalidValue;
  Forward<<<Rows(size), kThreads, 0, stream>>>(size, x, weights, epsilon, y,
                                               statistics);
  return cudaGetLastError();
}

template <typename T>
cudaError_t LaunchGroupNormGeluGradient(
    const GroupNormSize& size, const T* gradient, const T* x,
    const GroupNormWeights& weights, const GroupNormStatistics& statistics,
    T* gradient_x, const GroupNormGradients& gradients, cudaStream_t stream) {
  if (!IsInRange(size)) return cudaErrorInvalidValue;
  Backward<<<Rows(size), kThreads, 0, stream>>>(
      size, gradient, x, weights, statistics, gradient_x, gradients.sums);
  const cudaError_t error = cudaGetLastError();
  if (error != cudaSuccess) return error;
  const std::int64_t grid = (size.channels + kThreads - 1) / kThreads;
  SumOverClips<<<static_cast<unsigned>(grid), kThreads, 0, stream>>>(size,
                                                                     gradients);
  return cudaGetLastError();
}

template cudaError_t LaunchGroupNormGelu(const GroupNormSize&, const float*,
                                         const GroupNormWeights&, float, float*,
                                         const GroupNormStatistics&,
                                         cudaStream_t);
template cudaError_t LaunchGroupNormGelu(
    const GroupNormSize&, const __nv_bfloat16*, const GroupNormWeights&, float,
    __nv_bfloat16*, const GroupNormStatistics&, cudaStream_t);
template cudaError_t LaunchGroupNormGeluGradient(
    const GroupNormSize&, const float*, const float*, const GroupNormWeights&,
    const GroupNormStatistics&, float*, const GroupNormGradients&,
    cudaStream_t);
template cudaError_t LaunchGroupNormGeluGradient(
    const GroupNormSize&, const __nv_bfloat16*, const __nv_bfloat16*,
    const GroupNormWeights&, const GroupNormStatistics&, __nv_bfloat16*,
    const GroupNormGradients&, cudaStream_t);

}  // namespace culturemert
