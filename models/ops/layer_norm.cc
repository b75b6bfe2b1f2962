#include "models/ops/layer_norm.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "models/ops/vectorized.h"

namespace culturemert {
namespace {

// Sums over rows are taken chunk by chunk of this many, so that their order
// does not depend on the number of threads.
constexpr std::int64_t kChunkRows = 64;

template <typename T>
CULTUREMERT_INLINE void AddRowBody(const T* branch, const T* bias,
                                   const T* factors, const T* residual,
                                   std::int64_t columns, T* sum) {
  if (factors == nullptr) {
    for (std::int64_t i = 0; i < columns; ++i) {
      sum[i] = residual[i] + (branch[i] + bias[i]);
    }
  } else {
    for (std::int64_t i = 0; i < columns; ++i) {
      sum[i] = residual[i] + factors[i] * (branch[i] + bias[i]);
    }
  }
}

template <typename T>
CULTUREMERT_INLINE void NormRowBody(const T* x, std::int64_t columns,
                                    const LayerNormWeights<T>& norm, T* y,
                                    T* mean, T* inverse_deviation) {
  T total = 0;
#pragma omp simd reduction(+ : total)
  for (std::int64_t i = 0; i < columns; ++i) total += x[i];
  const T centre = total / static_cast<T>(columns);
  T squares = 0;
#pragma omp simd reduction(+ : squares)
  for (std::int64_t i = 0; i < columns; ++i) {
    squares += (x[i] - centre) * (x[i] - centre);
  }
  const T inverse = T(1) / std::sqrt(squares / static_cast<T>(columns) +
                                     static_cast<T>(norm.epsilon));
  const T* const weight = norm.weight;
  const T* const bias = norm.bias;
  for (std::int64_t i = 0; i < columns; ++i) {
    y[i] = (x[i] - centre) * inverse * weight[i] + bias[i];
  }
  *mean = centre;
  *inverse_deviation = inverse;
}

// Adds to the sums over rows; they may be null.
template <typename T>
CULTUREMERT_INLINE void BackwardRowBody(const T* gradient, const T* x,
                                        const T* weight, T mean, T inverse,
                                        std::int64_t columns, T* gradient_x,
                                        T* weight_sum, T* bias_sum) {
  if (weight_sum != nullptr) {
    for (std::int64_t i = 0; i < columns; ++i) {
      weight_sum[i] += gradient[i] * (x[i] - mean) * inverse;
      bias_sum[i] += gradient[i];
    }
  }
  T total = 0;
  T projection = 0;
#pragma omp simd reduction(+ : total, projection)
  for (std::int64_t i = 0; i < columns; ++i) {
    const T scaled = gradient[i] * weight[i];
    total += scaled;
    projection += scaled * (x[i] - mean);
  }
  const T count = static_cast<T>(columns);
  const T offset = total / count;
  const T slope = projection * inverse * inverse / count;
  for (std::int64_t i = 0; i < columns; ++i) {
    gradient_x[i] =
        inverse * (gradient[i] * weight[i] - offset - (x[i] - mean) * slope);
  }
}

template <typename T>
CULTUREMERT_INLINE void MultiplyBody(const T* x, const T* factors,
                                     std::int64_t columns, T* out) {
  for (std::int64_t i = 0; i < columns; ++i) out[i] = x[i] * factors[i];
}

#define CULTUREMERT_ROW_KERNELS(T)                                           \
  CULTUREMERT_VECTORIZED void AddRow(const T* branch, const T* bias,         \
                                     const T* factors, const T* residual,    \
                                     std::int64_t columns, T* sum) {         \
    AddRowBody(branch, bias, factors, residual, columns, sum);               \
  }                                                                          \
  CULTUREMERT_VECTORIZED void NormRow(const T* x, std::int64_t columns,      \
                                      const LayerNormWeights<T>& norm, T* y, \
                                      T* mean, T* inverse_deviation) {       \
    NormRowBody(x, columns, norm, y, mean, inverse_deviation);               \
  }                                                                          \
  CULTUREMERT_VECTORIZED void BackwardRow(                                   \
      const T* gradient, const T* x, const T* weight, T mean, T inverse,     \
      std::int64_t columns, T* gradient_x, T* weight_sum, T* bias_sum) {     \
    BackwardRowBody(gradient, x, weight, mean, inverse, columns, gradient_x, \
                    weight_sum, bias_sum);                                   \
  }                                                                          \
  CULTUREMERT_VECTORIZED void Multiply(const T* x, const T* factors,         \
                                       std::int64_t columns, T* out) {       \
    MultiplyBody(x, factors, columns, out);                                  \
  }

CULTUREMERT_ROW_KERNELS(float)
CULTUREMERT_ROW_KERNELS(double)

#undef CULTUREMERT_ROW_KERNELS

template <typename Work>
void ForEachChunk(std::int64_t rows, const Work& work) {
  const std::int64_t chunks = (rows + kChunkRows - 1) / kChunkRows;
  at::parallel_for(0, chunks, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t chunk = begin; chunk < end; ++chunk) {
      work(chunk, chunk * kChunkRows, std::min(rows, (chunk + 1) * kChunkRows));
    }
  });
}

// The factors of one row at a time; null if nothing is dropped.
template <typename T>
class FactorRow {
 public:
  FactorRow(const BatchDropout& dropout, std::int64_t columns)
      : dropout_(dropout), values_(dropout.drops() ? columns : 0) {}
  const T* At(std::int64_t row) {
    if (values_.empty()) return nullptr;
    dropout_.Factors(row, static_cast<std::int64_t>(values_.size()),
                     values_.data());
    return values_.data();
  }

 private:
  const BatchDropout& dropout_;
  std::vector<T> values_;
};

template <typename T>
void Norm(const MatrixSize& size, std::int64_t row, const T* x,
          const LayerNormWeights<T>& norm, T* y,
          const LayerNormStatistics<T>& statistics) {
  T mean = 0;
  T inverse = 0;
  NormRow(x + row * size.columns, size.columns, norm, y + row * size.columns,
          &mean, &inverse);
  if (statistics.mean == nullptr) return;
  statistics.mean[row] = mean;
  statistics.inverse_deviation[row] = inverse;
}

}  // namespace

template <typename T>
void AddBranch(const MatrixSize& size, const T* branch, const T* bias,
               const BatchDropout& dropout, const T* residual, T* sum) {
  ForEachChunk(size.rows,
               [&](std::int64_t, std::int64_t begin, std::int64_t end) {
                 FactorRow<T> factors(dropout, size.columns);
                 for (std::int64_t row = begin; row < end; ++row) {
                   const std::int64_t at = row * size.columns;
                   AddRow(branch + at, bias, factors.At(row), residual + at,
                          size.columns, sum + at);
                 }
               });
}

template <typename T>
void LayerNormForward(const MatrixSize& size, const T* x,
                      const LayerNormWeights<T>& norm, T* y,
                      const LayerNormStatistics<T>& statistics) {
  ForEachChunk(size.rows,
               [&](std::int64_t, std::int64_t begin, std::int64_t end) {
                 for (std::int64_t row = begin; row < end; ++row) {
                   Norm(size, row, x, norm, y, statistics);
                 }
               });
}

template <typename T>
void AddBranchAndNorm(const MatrixSize& size, const T* branch, const T* bias,
                      const BatchDropout& dropout, const T* residual, T* sum,
                      const LayerNormWeights<T>& norm, T* y,
                      const LayerNormStatistics<T>& statistics) {
  ForEachChunk(size.rows,
               [&](std::int64_t, std::int64_t begin, std::int64_t end) {
                 FactorRow<T> factors(dropout, size.columns);
                 for (std::int64_t row = begin; row < end; ++row) {
                   const std::int64_t at = row * size.columns;
                   AddRow(branch + at, bias, factors.At(row), residual + at,
                          size.columns, sum + at);
                   Norm(size, row, sum, norm, y, statistics);
                 }
               });
}

template <typename T>
void LayerNormBackward(const MatrixSize& size, const T* gradient, const T* x,
                       const T* weight, const LayerNormStatistics<T>& forward,
                       T* gradient_x, T* weight_gradient, T* bias_gradient) {
  const std::int64_t columns = size.columns;
  const std::int64_t chunks = (size.rows + kChunkRows - 1) / kChunkRows;
  const bool sums = weight_gradient != nullptr;
  // Of each chunk: the sums for the weight, then those for the bias.
  std::vector<T> partial(sums ? chunks * 2 * columns : 0, T(0));
  ForEachChunk(
      size.rows, [&](std::int64_t chunk, std::int64_t begin, std::int64_t end) {
        T* const sum = sums ? partial.data() + chunk * 2 * columns : nullptr;
        for (std::int64_t row = begin; row < end; ++row) {
          BackwardRow(gradient + row * columns, x + row * columns, weight,
                      forward.mean[row], forward.inverse_deviation[row],
                      columns, gradient_x + row * columns, sum,
                      sums ? sum + columns : nullptr);
        }
      });
  if (!sums) return;
  std::fill_n(weight_gradient, columns, T(0));
  std::fill_n(bias_gradient, columns, T(0));
  for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
    const T* const sum = partial.data() + chunk * 2 * columns;
    for (std::int64_t i = 0; i < columns; ++i) {
      weight_gradient[i] += sum[i];
      bias_gradient[i] += sum[columns + i];
    }
  }
}

template <typename T>
void ApplyDropout(const MatrixSize& size, const BatchDropout& dropout,
                  const T* x, T* out) {
  ForEachChunk(size.rows,
               [&](std::int64_t, std::int64_t begin, std::int64_t end) {
                 FactorRow<T> factors(dropout, size.columns);
                 for (std::int64_t row = begin; row < end; ++row) {
                   const std::int64_t at = row * size.columns;
                   const T* const values = factors.At(row);
                   if (values == nullptr) {
                     if (out != x) std::copy_n(x + at, size.columns, out + at);
                   } else {
                     Multiply(x + at, values, size.columns, out + at);
                   }
                 }
               });
}

#define CULTUREMERT_INSTANTIATE(T)                                             \
  template void AddBranch(const MatrixSize&, const T*, const T*,               \
                          const BatchDropout&, const T*, T*);                  \
  template void LayerNormForward(const MatrixSize&, const T*,                  \
                                 const LayerNormWeights<T>&, T*,               \
                                 const LayerNormStatistics<T>&);               \
  template void AddBranchAndNorm(                                              \
      const MatrixSize&, const T*, const T*, const BatchDropout&, const T*,    \
      T*, const LayerNormWeights<T>&, T*, const LayerNormStatistics<T>&);      \
  template void LayerNormBackward(const MatrixSize&, const T*, const T*,       \
                                  const T*, const LayerNormStatistics<T>&, T*, \
                                  T*, T*);                                     \
  template void ApplyDropout(const MatrixSize&, const BatchDropout&, const T*, \
                             T*);

CULTUREMERT_INSTANTIATE(float)
CULTUREMERT_INSTANTIATE(double)

}  // namespace culturemert
