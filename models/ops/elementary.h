// exp, erf, GELU and its derivative as straight code without branches or calls,
// which compilers turn into vector instructions. Free of LibTorch.
//
// The float versions are within 5e-7 of the exact value (relative for Exp,
// absolute for Erf); the double versions are the C library's, which makes them
// the reference.

#ifndef CULTUREMERT_MODELS_OPS_ELEMENTARY_H_
#define CULTUREMERT_MODELS_OPS_ELEMENTARY_H_

#include <cmath>
#include <cstdint>

#include "models/ops/vectorized.h"

namespace culturemert {

// e^x. Arguments are taken within [-87, 88], where the result is a normal
// number.
CULTUREMERT_INLINE float Exp(float x) {
  constexpr float kLog2E = 1.44269504f;
  constexpr float kLn2High = 0.693359375f;
  constexpr float kLn2Low = -2.12194440e-4f;
  // Adding and taking away 1.5 * 2^23 rounds to an integer.
  constexpr float kRounder = 12582912.0f;
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float power = (x * kLog2E + kRounder) - kRounder;
  const float rest = (x - power * kLn2High) - power * kLn2Low;
  // Taylor's series on |rest| <= ln(2) / 2.
  float sum = 1.0f / 5040;
  sum = sum * rest + 1.0f / 720;
  sum = sum * rest + 1.0f / 120;
  sum = sum * rest + 1.0f / 24;
  sum = sum * rest + 1.0f / 6;
  sum = sum * rest + 0.5f;
  sum = sum * rest + 1.0f;
  sum = sum * rest + 1.0f;
  const std::int32_t exponent = (static_cast<std::int32_t>(power) + 127) << 23;
  return sum * __builtin_bit_cast(float, exponent);
}

CULTUREMERT_INLINE double Exp(double x) { return std::exp(x); }

// The error function: a rational function x P(x^2) / Q(x^2) fitted for the
// least largest relative error (1.9e-8) on |x| <= 3.925, where it reaches 1.
CULTUREMERT_INLINE float Erf(float x) {
  constexpr float kEnd = 3.925f;
  x = x < -kEnd ? -kEnd : x;
  x = x > kEnd ? kEnd : x;
  const float u = x * x;
  float p = 2.046020654233871e-06f;
  p = p * u + 0.00028484169160947204f;
  p = p * u + 0.0037725111469626427f;
  p = p * u + 0.05276917293667793f;
  p = p * u + 0.19059298932552338f;
  p = p * u + 1.1283791065216064f;
  float q = 3.8047608541091904e-05f;
  q = q * u + 0.0011638464638963342f;
  q = q * u + 0.014983120374381542f;
  q = q * u + 0.11418238282203674f;
  q = q * u + 0.5022413730621338f;
  q = q * u + 1.0f;
  return x * p / q;
}

CULTUREMERT_INLINE double Erf(double x) { return std::erf(x); }

// The exact GELU (Hendrycks and Gimpel, 2016): x times the standard normal
// distribution function at x.
template <typename T>
CULTUREMERT_INLINE T Gelu(T x) {
  return T(0.5) * x * (T(1) + Erf(x * T(0.70710678118654752440)));
}

template <typename T>
CULTUREMERT_INLINE T GeluDerivative(T x) {
  const T distribution = T(0.5) * (T(1) + Erf(x * T(0.70710678118654752440)));
  const T density = T(0.39894228040143267794) * Exp(T(-0.5) * x * x);
  return distribution + x * density;
}

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_OPS_ELEMENTARY_H_
