// In which type the encoder computes while its weights, gradients and moments
// stay float32: bfloat16 halves what a GPU moves and doubles and more what its
// matrix units do. float16, with its loss scaling, is not offered: the CQT's
// error alone leaves its range.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_COMPUTE_TYPE_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_COMPUTE_TYPE_H_

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <memory>

#include "absl/status/statusor.h"
#include "models/mert/mert.h"
#include "tools/base/config/schema.h"

namespace culturemert {

enum class ComputeType {
  kAuto,  // bfloat16 on a GPU, float32 on a CPU.
  kFloat32,
  kBFloat16,
};

inline ConfigNames<ComputeType> ConfigNamesOf(ComputeType) {
  return {{ComputeType::kAuto, "auto"},
          {ComputeType::kFloat32, "float32"},
          {ComputeType::kBFloat16, "bfloat16"}};
}

// The type for parameters of `parameter_type` on `device`: bfloat16, or else
// the parameters' own.
c10::ScalarType ResolveComputeType(ComputeType type, c10::Device device,
                                   c10::ScalarType parameter_type);

// The encoder as a micro-batch computes with it: itself where the types are the
// same (it must outlive the result then), else one of converted weights, whose
// gradients arrive at the weights of `encoder` in their own type. Errors: those
// of Mert::Create.
absl::StatusOr<std::shared_ptr<const Mert>> InComputeType(const Mert& encoder,
                                                          ComputeType type);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_COMPUTE_TYPE_H_
