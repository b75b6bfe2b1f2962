// The inner loops of adam.h: one pass over memory, vectorised for the machine
// that the program starts on; the same bits on every machine.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_ADAM_KERNELS_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_ADAM_KERNELS_H_

#include <cstdint>

namespace culturemert {

// Of one update; see adam.h for the symbols.
struct AdamCoefficients {
  double beta1 = 0;
  double beta2 = 0;
  double epsilon = 0;
  double kept = 1;  // 1 - rate * weight_decay
  double step = 0;  // rate * sqrt(1 - beta2^t) / (1 - beta1^t)
  double gradient_scale = 1;
};

// Updates `size` elements in place. The arrays do not overlap.
void AdamUpdate(const AdamCoefficients& coefficients, std::int64_t size,
                float* parameters, const float* gradients, float* first_moments,
                float* second_moments);
void AdamUpdate(const AdamCoefficients& coefficients, std::int64_t size,
                double* parameters, const double* gradients,
                double* first_moments, double* second_moments);

// Sum of the squares, in double precision.
double SumOfSquares(std::int64_t size, const float* values);
double SumOfSquares(std::int64_t size, const double* values);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_ADAM_KERNELS_H_
