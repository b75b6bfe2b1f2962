// GELU over arrays; see elementary.h. Free of tensors: float and double arrays
// on the CPU, in parallel over LibTorch's threads. `out` may be an input.

#ifndef CULTUREMERT_MODELS_OPS_GELU_H_
#define CULTUREMERT_MODELS_OPS_GELU_H_

#include <cstdint>

namespace culturemert {

// out[i] = GELU(x[i]).
template <typename T>
void GeluForward(const T* x, std::int64_t count, T* out);

// x is [rows, columns]; x[r, c] += bias[c], out[r, c] = GELU(of that).
template <typename T>
void BiasGeluForward(T* x, const T* bias, std::int64_t rows,
                     std::int64_t columns, T* out);

// out[i] = gradient[i] * GELU'(x[i]).
template <typename T>
void GeluBackward(const T* gradient, const T* x, std::int64_t count, T* out);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_OPS_GELU_H_
