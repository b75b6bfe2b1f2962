#include "models/ops/attention.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mm.h>

#include <cmath>
#include <vector>

#include "models/ops/elementary.h"
#include "models/ops/vectorized.h"

namespace culturemert {
namespace {

// scores[i] = exp(scale * scores[i] - maximum) with the maximum of the scaled
// scores, their sum in `sum`; returns maximum + log(sum).
template <typename T>
CULTUREMERT_INLINE T ExpRowBody(T scale, std::int64_t count, T* scores,
                                T* sum) {
  T maximum = scores[0];
#pragma omp simd reduction(max : maximum)
  for (std::int64_t i = 0; i < count; ++i) {
    maximum = scores[i] > maximum ? scores[i] : maximum;
  }
  T total = 0;
#pragma omp simd reduction(+ : total)
  for (std::int64_t i = 0; i < count; ++i) {
    const T value = Exp(scale * (scores[i] - maximum));
    scores[i] = value;
    total += value;
  }
  *sum = total;
  return scale * maximum;
}

template <typename T>
CULTUREMERT_INLINE void ScaleRowBody(T scale, const T* factors,
                                     std::int64_t count, T* values) {
  if (factors == nullptr) {
    for (std::int64_t i = 0; i < count; ++i) values[i] *= scale;
  } else {
    for (std::int64_t i = 0; i < count; ++i) values[i] *= scale * factors[i];
  }
}

// Of one query: `scores` becomes the dropped-out weights, `gradient` (by these
// weights) the gradient by the unscaled scores.
template <typename T>
CULTUREMERT_INLINE void BackwardRowBody(T scale, T log_sum, T projection,
                                        const T* factors, std::int64_t count,
                                        T* scores, T* gradient) {
  if (factors == nullptr) {
    for (std::int64_t i = 0; i < count; ++i) {
      const T weight = Exp(scale * scores[i] - log_sum);
      gradient[i] = scale * weight * (gradient[i] - projection);
      scores[i] = weight;
    }
  } else {
    for (std::int64_t i = 0; i < count; ++i) {
      const T weight = Exp(scale * scores[i] - log_sum);
      gradient[i] = scale * weight * (factors[i] * gradient[i] - projection);
      scores[i] = weight * factors[i];
    }
  }
}

template <typename T>
CULTUREMERT_INLINE T DotBody(const T* a, const T* b, std::int64_t count) {
  T sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

#define CULTUREMERT_ROW_KERNELS(T)                                            \
  CULTUREMERT_VECTORIZED T ExpRow(T scale, std::int64_t count, T* scores,     \
                                  T* sum) {                                   \
    return ExpRowBody(scale, count, scores, sum);                             \
  }                                                                           \
  CULTUREMERT_VECTORIZED void ScaleRow(T scale, const T* factors,             \
                                       std::int64_t count, T* values) {       \
    ScaleRowBody(scale, factors, count, values);                              \
  }                                                                           \
  CULTUREMERT_VECTORIZED void BackwardRow(                                    \
      T scale, T log_sum, T projection, const T* factors, std::int64_t count, \
      T* scores, T* gradient) {                                               \
    BackwardRowBody(scale, log_sum, projection, factors, count, scores,       \
                    gradient);                                                \
  }                                                                           \
  CULTUREMERT_VECTORIZED T Dot(const T* a, const T* b, std::int64_t count) {  \
    return DotBody(a, b, count);                                              \
  }

CULTUREMERT_ROW_KERNELS(float)
CULTUREMERT_ROW_KERNELS(double)

#undef CULTUREMERT_ROW_KERNELS

template <typename T>
constexpr c10::ScalarType TypeOf() {
  return sizeof(T) == sizeof(float) ? at::kFloat : at::kDouble;
}

// The [T, d] part of one clip and head in an array of rows [H * d].
template <typename T>
at::Tensor HeadOf(const AttentionSize& size, const T* rows, std::int64_t clip,
                  std::int64_t head) {
  const std::int64_t row_size = size.heads * size.head_size;
  T* const first = const_cast<T*>(rows) + clip * size.frames * row_size +
                   head * size.head_size;
  return at::from_blob(first, {size.frames, size.head_size}, {row_size, 1},
                       TypeOf<T>());
}

// Factors of one row of one head; null if nothing is dropped.
template <typename T>
class HeadFactors {
 public:
  HeadFactors(const BatchDropout& dropout, const AttentionSize& size,
              std::int64_t unit)
      : dropout_(dropout),
        first_row_(unit * size.frames),
        values_(dropout.drops() ? size.frames : 0) {}
  const T* At(std::int64_t query) {
    if (values_.empty()) return nullptr;
    dropout_.Factors(first_row_ + query,
                     static_cast<std::int64_t>(values_.size()), values_.data());
    return values_.data();
  }

 private:
  const BatchDropout& dropout_;
  const std::int64_t first_row_;
  std::vector<T> values_;
};

// Calls work(unit, clip, head) for all of them. Units are numbered clip by
// clip, so that unit * T is the first dropout row of one.
template <typename Work>
void ForEachHead(const AttentionSize& size, const Work& work) {
  at::parallel_for(0, size.clips * size.heads, 1,
                   [&](std::int64_t begin, std::int64_t end) {
                     const at::NoGradGuard no_gradients;
                     for (std::int64_t unit = begin; unit < end; ++unit) {
                       work(unit, unit / size.heads, unit % size.heads);
                     }
                   });
}

}  // namespace

template <typename T>
void AttentionForward(const AttentionSize& size,
                      const AttentionInputs<T>& inputs,
                      const BatchDropout& dropout, T* out, T* log_sums) {
  const std::int64_t frames = size.frames;
  const T scale = T(1) / std::sqrt(static_cast<T>(size.head_size));
  ForEachHead(
      size, [&](std::int64_t unit, std::int64_t clip, std::int64_t head) {
        at::Tensor weights = at::mm(HeadOf(size, inputs.queries, clip, head),
                                    HeadOf(size, inputs.keys, clip, head).t());
        T* const rows = weights.data_ptr<T>();  // [T, T]
        HeadFactors<T> factors(dropout, size, unit);
        for (std::int64_t query = 0; query < frames; ++query) {
          T* const row = rows + query * frames;
          T sum = 0;
          const T maximum = ExpRow(scale, frames, row, &sum);
          ScaleRow(T(1) / sum, factors.At(query), frames, row);
          if (log_sums != nullptr) {
            log_sums[unit * frames + query] = maximum + std::log(sum);
          }
        }
        at::Tensor mixed = HeadOf(size, out, clip, head);
        at::mm_out(mixed, weights, HeadOf(size, inputs.values, clip, head));
      });
}

template <typename T>
void AttentionBackward(const AttentionSize& size,
                       const AttentionInputs<T>& inputs,
                       const BatchDropout& dropout, const T* out,
                       const T* log_sums, const T* gradient,
                       const AttentionGradients<T>& gradients) {
  const std::int64_t frames = size.frames;
  const std::int64_t row_size = size.heads * size.head_size;
  const T scale = T(1) / std::sqrt(static_cast<T>(size.head_size));
  ForEachHead(size, [&](std::int64_t unit, std::int64_t clip,
                        std::int64_t head) {
    const at::Tensor queries = HeadOf(size, inputs.queries, clip, head);
    const at::Tensor keys = HeadOf(size, inputs.keys, clip, head);
    const at::Tensor values = HeadOf(size, inputs.values, clip, head);
    const at::Tensor mixed_gradient = HeadOf(size, gradient, clip, head);
    at::Tensor weights = at::mm(queries, keys.t());                  // [T, T]
    at::Tensor score_gradient = at::mm(mixed_gradient, values.t());  // [T, T]
    HeadFactors<T> factors(dropout, size, unit);
    for (std::int64_t query = 0; query < frames; ++query) {
      const std::int64_t at =
          (clip * frames + query) * row_size + head * size.head_size;
      // The sum of weight times gradient over all keys.
      const T projection = Dot(gradient + at, out + at, size.head_size);
      BackwardRow(scale, log_sums[unit * frames + query], projection,
                  factors.At(query), frames,
                  weights.data_ptr<T>() + query * frames,
                  score_gradient.data_ptr<T>() + query * frames);
    }
    at::Tensor value_gradient = HeadOf(size, gradients.values, clip, head);
    at::mm_out(value_gradient, weights.t(), mixed_gradient);
    at::Tensor query_gradient = HeadOf(size, gradients.queries, clip, head);
    at::mm_out(query_gradient, score_gradient, keys);
    at::Tensor key_gradient = HeadOf(size, gradients.keys, clip, head);
    at::mm_out(key_gradient, score_gradient.t(), queries);
  });
}

#define CULTUREMERT_INSTANTIATE(T)                                          \
  template void AttentionForward(const AttentionSize&,                      \
                                 const AttentionInputs<T>&,                 \
                                 const BatchDropout&, T*, T*);              \
  template void AttentionBackward(                                          \
      const AttentionSize&, const AttentionInputs<T>&, const BatchDropout&, \
      const T*, const T*, const T*, const AttentionGradients<T>&);

CULTUREMERT_INSTANTIATE(float)
CULTUREMERT_INSTANTIATE(double)

}  // namespace culturemert
