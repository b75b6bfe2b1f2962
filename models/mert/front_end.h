// The convolutional front-end and its gradient written out, for float32 and
// float64 on the CPU. In time-major layout, [length, C], the samples a
// convolution of stride 2 sees of two taps are one row of 2 C numbers, so that
// each layer is one or two matrix products without any copy. The first layer is
// computed a tile at a time and never kept (models/ops/first_conv.h).
//
// Functions throw what LibTorch throws.

#ifndef CULTUREMERT_MODELS_MERT_FRONT_END_H_
#define CULTUREMERT_MODELS_MERT_FRONT_END_H_

#include <ATen/core/Tensor.h>

#include <vector>

#include "models/mert/mert_config.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

// The front-end's nine tensors: the convolutions' weights, then weight and bias
// of the norm.
std::vector<at::Tensor> FrontEndTensors(const NamedTensors& parameters);

// The outputs of all convolutions but the first before GELU, of each clip:
// [clip][layer - 1][length, C].
using FrontEndActivations = std::vector<std::vector<at::Tensor>>;

// The features, [B, T, C], of `audio`, [B, samples], contiguous. `activations`
// may be null.
at::Tensor FrontEndForward(const MertConfig& config,
                           const std::vector<at::Tensor>& tensors,
                           const at::Tensor& audio,
                           FrontEndActivations* activations);

// The gradients by the nine tensors, given that by the features.
std::vector<at::Tensor> FrontEndBackward(const MertConfig& config,
                                         const std::vector<at::Tensor>& tensors,
                                         const at::Tensor& audio,
                                         const FrontEndActivations& activations,
                                         const at::Tensor& gradient);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_MERT_FRONT_END_H_
