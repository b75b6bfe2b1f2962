#include "models/ops/gelu.h"

#include <ATen/Parallel.h>

#include "models/ops/elementary.h"
#include "models/ops/vectorized.h"

namespace culturemert {
namespace {

constexpr std::int64_t kGrain = 8192;

template <typename T>
CULTUREMERT_INLINE void ForwardBody(const T* x, std::int64_t count, T* out) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = Gelu(x[i]);
}

template <typename T>
CULTUREMERT_INLINE void BiasBody(T* x, const T* bias, std::int64_t columns,
                                 T* out) {
  for (std::int64_t i = 0; i < columns; ++i) {
    const T sum = x[i] + bias[i];
    x[i] = sum;
    out[i] = Gelu(sum);
  }
}

template <typename T>
CULTUREMERT_INLINE void BackwardBody(const T* gradient, const T* x,
                                     std::int64_t count, T* out) {
  for (std::int64_t i = 0; i < count; ++i) {
    out[i] = gradient[i] * GeluDerivative(x[i]);
  }
}

CULTUREMERT_VECTORIZED void Forward(const float* x, std::int64_t count,
                                    float* out) {
  ForwardBody(x, count, out);
}
void Forward(const double* x, std::int64_t count, double* out) {
  ForwardBody(x, count, out);
}

CULTUREMERT_VECTORIZED void Bias(float* x, const float* bias,
                                 std::int64_t columns, float* out) {
  BiasBody(x, bias, columns, out);
}
void Bias(double* x, const double* bias, std::int64_t columns, double* out) {
  BiasBody(x, bias, columns, out);
}

CULTUREMERT_VECTORIZED void Backward(const float* gradient, const float* x,
                                     std::int64_t count, float* out) {
  BackwardBody(gradient, x, count, out);
}
void Backward(const double* gradient, const double* x, std::int64_t count,
              double* out) {
  BackwardBody(gradient, x, count, out);
}

}  // namespace

template <typename T>
void GeluForward(const T* x, std::int64_t count, T* out) {
  at::parallel_for(0, count, kGrain, [&](std::int64_t begin, std::int64_t end) {
    Forward(x + begin, end - begin, out + begin);
  });
}

template <typename T>
void BiasGeluForward(T* x, const T* bias, std::int64_t rows,
                     std::int64_t columns, T* out) {
  const std::int64_t grain = kGrain / columns + 1;
  at::parallel_for(0, rows, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      Bias(x + row * columns, bias, columns, out + row * columns);
    }
  });
}

template <typename T>
void GeluBackward(const T* gradient, const T* x, std::int64_t count, T* out) {
  at::parallel_for(0, count, kGrain, [&](std::int64_t begin, std::int64_t end) {
    Backward(gradient + begin, x + begin, end - begin, out + begin);
  });
}

template void GeluForward(const float*, std::int64_t, float*);
template void GeluForward(const double*, std::int64_t, double*);
template void BiasGeluForward(float*, const float*, std::int64_t, std::int64_t,
                              float*);
template void BiasGeluForward(double*, const double*, std::int64_t,
                              std::int64_t, double*);
template void GeluBackward(const float*, const float*, std::int64_t, float*);
template void GeluBackward(const double*, const double*, std::int64_t, double*);

}  // namespace culturemert
