// A transformer layer and its gradient written out, for float32 and float64 on
// the CPU. Against LibTorch's own gradients it keeps a third of the
// activations (no attention weights, no dropout masks, no GELU outputs: they
// are computed again) and makes fewer passes over memory.
//
// Functions throw what LibTorch throws.

#ifndef CULTUREMERT_MODELS_MERT_TRANSFORMER_LAYER_H_
#define CULTUREMERT_MODELS_MERT_TRANSFORMER_LAYER_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "models/mert/dropout_sites.h"
#include "models/mert/mert_config.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

// The places of a layer's tensors in lists of them.
enum LayerTensor {
  kQueryWeight,  // [D, D]
  kQueryBias,    // [D]
  kKeyWeight,
  kKeyBias,
  kValueWeight,
  kValueBias,
  kOutputWeight,
  kOutputBias,
  kFirstNormWeight,  // [D]
  kFirstNormBias,
  kInnerWeight,  // [F, D]
  kInnerBias,    // [F]
  kOuterWeight,  // [D, F]
  kOuterBias,    // [D]
  kLastNormWeight,
  kLastNormBias,
  kLayerTensors,
};

// The tensors of one layer in that order.
std::vector<at::Tensor> LayerTensors(const NamedTensors& parameters,
                                     std::int64_t layer);

// What the forward pass keeps for the gradient; rows are B * T frames.
struct LayerActivations {
  at::Tensor input;            // [B, T, D]
  at::Tensor attention_input;  // [rows, D]: pre-norm only, else undefined
  at::Tensor queries, keys, values, mixed;  // [rows, D]
  at::Tensor log_sums;                      // [B, H, T]
  at::Tensor first_sum;                     // [rows, D]
  at::Tensor feed_forward_input;            // [rows, D]
  at::Tensor inner;                         // [rows, F], before GELU
  at::Tensor second_sum;                    // [rows, D], post-norm only
  at::Tensor first_norm, last_norm;  // [2, rows]: mean, inverse deviation
};

// The output of the layer for `input`, [B, T, D], contiguous. `tensors` are the
// layer's. `activations` may be null.
at::Tensor LayerForward(const MertConfig& config,
                        const std::vector<at::Tensor>& tensors,
                        const DropoutPlan& dropout, std::int64_t layer,
                        const at::Tensor& input, LayerActivations* activations);

// The gradient by the input, [B, T, D]. `gradients` gets kLayerTensors entries:
// those of the tensors that require grad, the others undefined.
at::Tensor LayerBackward(const MertConfig& config,
                         const std::vector<at::Tensor>& tensors,
                         const DropoutPlan& dropout, std::int64_t layer,
                         const LayerActivations& activations,
                         const at::Tensor& gradient,
                         std::vector<at::Tensor>* gradients);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_MERT_TRANSFORMER_LAYER_H_
