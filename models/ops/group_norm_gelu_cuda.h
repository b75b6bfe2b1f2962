// Group norm with a group for each channel, then exact GELU, of tensors on a
// GPU: one kernel, which keeps nothing for the gradient but its input and two
// numbers a row. Built under --config=cuda only.

#ifndef CULTUREMERT_MODELS_OPS_GROUP_NORM_GELU_CUDA_H_
#define CULTUREMERT_MODELS_OPS_GROUP_NORM_GELU_CUDA_H_

#include <ATen/core/Tensor.h>

namespace culturemert {

// GELU(group_norm(x)), [B, C, T] as x, with gradients by all three tensors.
// `weight` and `bias` are [C]; all are float32 or bfloat16 on one GPU. Between
// the two, and for statistics and sums, numbers are float32.
// Throws c10::Error: other types, shapes or devices; a failed launch.
at::Tensor GroupNormGeluCuda(const at::Tensor& x, const at::Tensor& weight,
                             const at::Tensor& bias, double epsilon);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_OPS_GROUP_NORM_GELU_CUDA_H_
