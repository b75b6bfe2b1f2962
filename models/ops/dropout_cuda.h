// Dropout by place (dropout.h) of tensors on a GPU, where nothing of a mask is
// made, copied or kept. Built under --config=cuda only.

#ifndef CULTUREMERT_MODELS_OPS_DROPOUT_CUDA_H_
#define CULTUREMERT_MODELS_OPS_DROPOUT_CUDA_H_

#include <ATen/core/Tensor.h>

#include "models/ops/dropout.h"

namespace culturemert {

// x times its factors, with a gradient. x is of float32, float64 or bfloat16 on
// a GPU and seen as [rows, columns], columns being its last dimension; there
// are as many rows as the clips of `dropout` have. The elements dropped are
// those that the CPU drops; values are the CPU's in float32 and float64, and in
// bfloat16 the exact factor's product rounded once.
// Throws c10::Error: another type, device or number of rows; a failed launch.
at::Tensor DropoutCuda(const BatchDropout& dropout, const at::Tensor& x);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_OPS_DROPOUT_CUDA_H_
