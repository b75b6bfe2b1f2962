#include "models/mert/cuda_parts.h"

#ifdef CULTUREMERT_WITH_CUDA

#include "models/ops/dropout_cuda.h"
#include "models/ops/group_norm_gelu_cuda.h"

namespace culturemert {

EncoderParts CudaParts(const MertConfig& config,
                       const NamedTensors& parameters) {
  EncoderParts parts;
  const at::Tensor& first = parameters.begin()->second;
  if (!first.is_cuda()) return parts;
  parts.drop = DropoutCuda;
  if (first.scalar_type() != at::kDouble) {
    parts.norm_gelu = [epsilon = config.layer_norm_epsilon](
                          const at::Tensor& x, const at::Tensor& weight,
                          const at::Tensor& bias) {
      return GroupNormGeluCuda(x, weight, bias, epsilon);
    };
  }
  return parts;
}

}  // namespace culturemert

#else

namespace culturemert {

EncoderParts CudaParts(const MertConfig&, const NamedTensors&) { return {}; }

}  // namespace culturemert

#endif  // CULTUREMERT_WITH_CUDA
