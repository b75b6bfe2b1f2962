// What a machine can do at best, as far as training is concerned: the speed of
// one large matrix product, measured, not looked up.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_MATRIX_SPEED_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_MATRIX_SPEED_H_

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include "absl/status/statusor.h"

namespace culturemert {

// Floating-point operations a second of the fastest of a few products of two
// square matrices of `type` on `device`, of 1024 rows on a CPU, with the
// threads LibTorch has, and 8192 on a GPU. Takes about a tenth of a second.
// kInternal or kResourceExhausted where LibTorch fails.
absl::StatusOr<double> MeasureMatrixFlops(c10::Device device,
                                          c10::ScalarType type);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_MATRIX_SPEED_H_
