// What stands around each part of a transformer layer: bias, dropout, residual
// sum and layer norm in one pass over the rows, and the gradients. float32 and
// float64 arrays on the CPU, in parallel over LibTorch's threads; results do
// not depend on their number. Matrices are [rows, columns], contiguous.

#ifndef CULTUREMERT_MODELS_OPS_LAYER_NORM_H_
#define CULTUREMERT_MODELS_OPS_LAYER_NORM_H_

#include <cstdint>

#include "models/ops/dropout.h"

namespace culturemert {

struct MatrixSize {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
};

// sum = residual + dropout(branch + bias); bias is [columns]. `sum` may be
// `branch` or `residual`.
template <typename T>
void AddBranch(const MatrixSize& size, const T* branch, const T* bias,
               const BatchDropout& dropout, const T* residual, T* sum);

template <typename T>
struct LayerNormWeights {
  const T* weight;  // [columns]
  const T* bias;    // [columns]
  double epsilon;
};

// What the gradient needs of each row, [rows]; null where none is wanted.
template <typename T>
struct LayerNormStatistics {
  T* mean = nullptr;
  T* inverse_deviation = nullptr;
};

// y = (x - mean) / sqrt(variance + epsilon) * weight + bias, with mean and
// population variance of each row. `y` may be `x`.
template <typename T>
void LayerNormForward(const MatrixSize& size, const T* x,
                      const LayerNormWeights<T>& norm, T* y,
                      const LayerNormStatistics<T>& statistics);

// AddBranch, and y = the layer norm of `sum`.
template <typename T>
void AddBranchAndNorm(const MatrixSize& size, const T* branch, const T* bias,
                      const BatchDropout& dropout, const T* residual, T* sum,
                      const LayerNormWeights<T>& norm, T* y,
                      const LayerNormStatistics<T>& statistics);

// The gradients of LayerNormForward. `gradient_x` may be `gradient`;
// weight_gradient and bias_gradient, [columns], may both be null.
template <typename T>
void LayerNormBackward(const MatrixSize& size, const T* gradient, const T* x,
                       const T* weight, const LayerNormStatistics<T>& forward,
                       T* gradient_x, T* weight_gradient, T* bias_gradient);

// out = x with what `dropout` drops set to zero and the rest scaled. `out` may
// be `x`.
template <typename T>
void ApplyDropout(const MatrixSize& size, const BatchDropout& dropout,
                  const T* x, T* out);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_OPS_LAYER_NORM_H_
