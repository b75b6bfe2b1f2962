#include "models/probe/tile_kernels.h"

#include <cmath>

#include "models/ops/vectorized.h"

namespace culturemert {
namespace probe_internal {
namespace {

constexpr int kWidth = 16;
constexpr int kVectors = kTileColumns / kWidth;
constexpr std::int64_t kTileSize = kTileRows * kTileColumns;

typedef float Floats __attribute__((vector_size(64), may_alias));

CULTUREMERT_INLINE const Floats& At(const float* aligned) {
  return *reinterpret_cast<const Floats*>(aligned);
}
CULTUREMERT_INLINE Floats& At(float* aligned) {
  return *reinterpret_cast<Floats*>(aligned);
}

CULTUREMERT_INLINE void Accumulate(const LeftMatrix& left, const float* right,
                                   std::int64_t right_stride,
                                   std::int64_t depth,
                                   Floats (&sums)[kTileRows][kVectors]) {
  const float* values = left.values;
  const std::int64_t row_stride = left.row_stride;
  for (std::int64_t k = 0; k < depth; ++k) {
    const Floats first = At(right);
    const Floats second = At(right + kWidth);
#pragma GCC unroll 8
    for (int i = 0; i < kTileRows; ++i) {
      const float value = values[i * row_stride];
      sums[i][0] += value * first;
      sums[i][1] += value * second;
    }
    right += right_stride;
    values += left.depth_stride;
  }
}

CULTUREMERT_INLINE void Load(const float* start, std::int64_t stride,
                             Floats (&sums)[kTileRows][kVectors]) {
#pragma GCC unroll 8
  for (int i = 0; i < kTileRows; ++i) {
    sums[i][0] = At(start + i * stride);
    sums[i][1] = At(start + i * stride + kWidth);
  }
}

CULTUREMERT_INLINE void Store(const Floats (&sums)[kTileRows][kVectors],
                              float* out, std::int64_t out_stride) {
#pragma GCC unroll 8
  for (int i = 0; i < kTileRows; ++i) {
    At(out + i * out_stride) = sums[i][0];
    At(out + i * out_stride + kWidth) = sums[i][1];
  }
}

CULTUREMERT_INLINE void Update(const AdamStep& adam, std::int64_t size,
                               const float* __restrict__ gradients,
                               float* __restrict__ values,
                               float* __restrict__ first_moments,
                               float* __restrict__ second_moments) {
  const AdamStep s = adam;
  const float one_less_beta1 = 1 - s.beta1;
  const float one_less_beta2 = 1 - s.beta2;
  for (std::int64_t i = 0; i < size; ++i) {
    const float gradient = gradients[i];
    const float first = s.beta1 * first_moments[i] + one_less_beta1 * gradient;
    const float second =
        s.beta2 * second_moments[i] + one_less_beta2 * gradient * gradient;
    first_moments[i] = first;
    second_moments[i] = second;
    values[i] -= s.step * first / (std::sqrt(second) + s.epsilon);
  }
}

// Sixteen sums side by side: the order of additions is the same whatever the
// width of the machine's vectors.
CULTUREMERT_INLINE double Dot(const float* a, const float* b,
                              std::int64_t size) {
  float lanes[kWidth] = {};
  std::int64_t i = 0;
  for (; i + kWidth <= size; i += kWidth) {
    for (int lane = 0; lane < kWidth; ++lane) {
      lanes[lane] += a[i + lane] * b[i + lane];
    }
  }
  double sum = 0;
  for (const float lane : lanes) sum += lane;
  for (; i < size; ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

}  // namespace

CULTUREMERT_VECTORIZED
void MultiplyTile(const LeftMatrix& left, const float* right,
                  std::int64_t right_stride, std::int64_t depth,
                  const ResultTile& result) {
  Floats sums[kTileRows][kVectors];
  Load(result.start, result.start_stride, sums);
  Accumulate(left, right, right_stride, depth, sums);
  Store(sums, result.out, result.stride);
}

CULTUREMERT_VECTORIZED
void MultiplyPanelRows(const float* weights, std::int64_t panel_rows,
                       std::int64_t panels, const float* right,
                       std::int64_t right_stride, const ResultTile& result) {
  Floats sums[kTileRows][kVectors];
  Load(result.start, result.start_stride, sums);
  for (std::int64_t p = 0; p < panels; ++p) {
    const LeftMatrix left = {weights + p * panel_rows * kTileColumns,
                             kTileColumns, 1};
    Accumulate(left, right + p * kTileColumns * right_stride, right_stride,
               kTileColumns, sums);
  }
  Store(sums, result.out, result.stride);
}

CULTUREMERT_VECTORIZED
void UpdateTile(const AdamStep& adam, const LeftMatrix& left,
                const float* right, std::int64_t right_stride,
                std::int64_t depth, float* weights, float* first_moments,
                float* second_moments) {
  Floats sums[kTileRows][kVectors] = {};
  Accumulate(left, right, right_stride, depth, sums);
  alignas(64) float gradients[kTileSize];
  Store(sums, gradients, kTileColumns);
  Update(adam, kTileSize, gradients, weights, first_moments, second_moments);
}

CULTUREMERT_VECTORIZED
void UpdateNumbers(const AdamStep& adam, std::int64_t size,
                   const float* gradients, float* values, float* first_moments,
                   float* second_moments) {
  Update(adam, size, gradients, values, first_moments, second_moments);
}

CULTUREMERT_VECTORIZED
void Transpose(const float* from, std::int64_t from_stride, std::int64_t rows,
               std::int64_t columns, float* to, std::int64_t to_stride) {
  constexpr std::int64_t kBlock = 16;
  for (std::int64_t i0 = 0; i0 < rows; i0 += kBlock) {
    const std::int64_t i1 = i0 + kBlock < rows ? i0 + kBlock : rows;
    for (std::int64_t j = 0; j < columns; ++j) {
      for (std::int64_t i = i0; i < i1; ++i) {
        to[j * to_stride + i] = from[i * from_stride + j];
      }
    }
  }
}

CULTUREMERT_VECTORIZED
void RectifyAndScale(const float* __restrict__ factors, std::int64_t size,
                     float* __restrict__ values) {
  if (factors == nullptr) {
    for (std::int64_t i = 0; i < size; ++i) {
      values[i] = values[i] > 0 ? values[i] : 0;
    }
    return;
  }
  for (std::int64_t i = 0; i < size; ++i) {
    values[i] = (values[i] > 0 ? values[i] : 0) * factors[i];
  }
}

CULTUREMERT_VECTORIZED
void ScaleWherePositive(const float* __restrict__ activations, float scale,
                        std::int64_t size, float* __restrict__ gradient) {
  for (std::int64_t i = 0; i < size; ++i) {
    gradient[i] *= activations[i] > 0 ? scale : 0;
  }
}

CULTUREMERT_VECTORIZED
void MixStates(const float* states, const float* weights, std::int64_t count,
               std::int64_t size, float* __restrict__ sum) {
  for (std::int64_t d = 0; d < size; ++d) sum[d] = weights[0] * states[d];
  for (std::int64_t n = 1; n < count; ++n) {
    const float* const state = states + n * size;
    const float weight = weights[n];
    for (std::int64_t d = 0; d < size; ++d) sum[d] += weight * state[d];
  }
}

CULTUREMERT_VECTORIZED
void AddDots(const float* states, const float* gradient, std::int64_t count,
             std::int64_t size, double* dots) {
  for (std::int64_t n = 0; n < count; ++n) {
    dots[n] += Dot(states + n * size, gradient, size);
  }
}

}  // namespace probe_internal
}  // namespace culturemert
