#include "experiments/training/adam_kernels.h"

#include <cmath>

#include "models/ops/vectorized.h"

namespace culturemert {
namespace {

template <typename T>
CULTUREMERT_INLINE void UpdateElements(const AdamCoefficients& coefficients,
                                       std::int64_t size,
                                       T* __restrict__ parameters,
                                       const T* __restrict__ gradients,
                                       T* __restrict__ first_moments,
                                       T* __restrict__ second_moments) {
  const T beta1 = static_cast<T>(coefficients.beta1);
  const T beta2 = static_cast<T>(coefficients.beta2);
  const T one_less_beta1 = static_cast<T>(1 - coefficients.beta1);
  const T one_less_beta2 = static_cast<T>(1 - coefficients.beta2);
  const T epsilon = static_cast<T>(coefficients.epsilon);
  const T kept = static_cast<T>(coefficients.kept);
  const T step = static_cast<T>(coefficients.step);
  const T scale = static_cast<T>(coefficients.gradient_scale);
  for (std::int64_t i = 0; i < size; ++i) {
    const T gradient = gradients[i] * scale;
    const T first = beta1 * first_moments[i] + one_less_beta1 * gradient;
    const T second =
        beta2 * second_moments[i] + one_less_beta2 * gradient * gradient;
    first_moments[i] = first;
    second_moments[i] = second;
    parameters[i] =
        kept * parameters[i] - step * first / (std::sqrt(second) + epsilon);
  }
}

// Eight sums side by side: the order of additions, and so the result, is the
// same whatever the width of the machine's vectors.
template <typename T>
CULTUREMERT_INLINE double SumSquares(std::int64_t size, const T* values) {
  constexpr int kLanes = 8;
  double sums[kLanes] = {};
  std::int64_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) {
      const double value = values[i + lane];
      sums[lane] += value * value;
    }
  }
  for (; i < size; ++i) sums[0] += static_cast<double>(values[i]) * values[i];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
         ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

}  // namespace

CULTUREMERT_VECTORIZED
void AdamUpdate(const AdamCoefficients& coefficients, std::int64_t size,
                float* parameters, const float* gradients, float* first_moments,
                float* second_moments) {
  UpdateElements(coefficients, size, parameters, gradients, first_moments,
                 second_moments);
}

CULTUREMERT_VECTORIZED
void AdamUpdate(const AdamCoefficients& coefficients, std::int64_t size,
                double* parameters, const double* gradients,
                double* first_moments, double* second_moments) {
  UpdateElements(coefficients, size, parameters, gradients, first_moments,
                 second_moments);
}

CULTUREMERT_VECTORIZED
double SumOfSquares(std::int64_t size, const float* values) {
  return SumSquares(size, values);
}

CULTUREMERT_VECTORIZED
double SumOfSquares(std::int64_t size, const double* values) {
  return SumSquares(size, values);
}

}  // namespace culturemert
