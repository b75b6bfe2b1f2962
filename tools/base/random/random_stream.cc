#include "tools/base/random/random_stream.h"

#include <cmath>
#include <cstddef>

namespace culturemert {
namespace {

constexpr double kLn2 = 0.69314718055994530942;
constexpr double kSqrtHalf = 0.70710678118654752440;
constexpr double kQuarterPi = 0.78539816339744830962;

// Coefficients of the power series of sin(x) / x, cos(x) and atanh(x) / x in
// x^2. In the ranges below, the first one left out adds less than 2^-60.
constexpr double kSine[] = {
    1.0,
    -1.0 / 6,
    1.0 / 120,
    -1.0 / 5040,
    1.0 / 362880,
    -1.0 / 39916800,
    1.0 / 6227020800,
    -1.0 / 1307674368000,
    1.0 / 355687428096000,
};
constexpr double kCosine[] = {
    1.0,
    -1.0 / 2,
    1.0 / 24,
    -1.0 / 720,
    1.0 / 40320,
    -1.0 / 3628800,
    1.0 / 479001600,
    -1.0 / 87178291200,
    1.0 / 20922789888000,
    -1.0 / 6402373705728000,
};
constexpr double kArtanh[] = {
    1.0,      1.0 / 3,  1.0 / 5,  1.0 / 7,  1.0 / 9,  1.0 / 11,
    1.0 / 13, 1.0 / 15, 1.0 / 17, 1.0 / 19, 1.0 / 21,
};

// Horner's scheme.
template <std::size_t kCount>
double Polynomial(const double (&coefficients)[kCount], double x) {
  double sum = coefficients[kCount - 1];
  for (std::size_t i = kCount - 1; i-- > 0;) sum = sum * x + coefficients[i];
  return sum;
}

// ln x for x in (0, 1]: with x = 2^e m and m in [sqrt(1/2), sqrt(2)),
// ln m = 2 artanh(s), s = (m - 1) / (m + 1), |s| < 0.172.
double Log(double x) {
  int exponent = 0;
  double mantissa = std::frexp(x, &exponent);
  if (mantissa < kSqrtHalf) {
    mantissa *= 2;
    --exponent;
  }
  const double s = (mantissa - 1) / (mantissa + 1);
  return exponent * kLn2 + 2 * s * Polynomial(kArtanh, s * s);
}

// For angles in [0, pi / 4].
double Sine(double angle) { return angle * Polynomial(kSine, angle * angle); }
double Cosine(double angle) { return Polynomial(kCosine, angle * angle); }

// cos(2 pi turns) for a multiple of 2^-53 in [0, 1). Reducing to an eighth of a
// turn is exact.
double CosineOfTurns(double turns) {
  const int octant = static_cast<int>(turns * 8);
  const double rest = turns * 8 - octant;
  const double angle = kQuarterPi * (octant % 2 == 0 ? rest : 1 - rest);
  switch (octant) {
    case 0:
    case 7:
      return Cosine(angle);
    case 1:
    case 6:
      return Sine(angle);
    case 2:
    case 5:
      return -Sine(angle);
    default:
      return -Cosine(angle);
  }
}

}  // namespace

double RandomStream::Normal(std::uint64_t index) const {
  const PhiloxBlock block = PhiloxBits(seed_, stream_, index);
  const double positive = UniformDoubleOfBits(LowHalf(block)) + 0x1p-53;
  const double turns = UniformDoubleOfBits(HighHalf(block));
  return std::sqrt(-2 * Log(positive)) * CosineOfTurns(turns);
}

void RandomStream::FillUniform(absl::Span<float> out,
                               std::uint64_t first_index) const {
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = UniformFloat(first_index + i);
  }
}

void RandomStream::FillNormal(absl::Span<float> out,
                              std::uint64_t first_index) const {
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<float>(Normal(first_index + i));
  }
}

}  // namespace culturemert
