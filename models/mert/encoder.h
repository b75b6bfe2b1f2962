// The encoder in plain tensor operations: every line is one of the model's
// definition, gradients are LibTorch's. It runs on every device in every
// floating-point type, and is what the parts put in its place (fast_parts.h,
// for float32 and float64 on the CPU; cuda_parts.h on GPUs) are tested against.
//
// Functions throw what LibTorch throws.

#ifndef CULTUREMERT_MODELS_MERT_ENCODER_H_
#define CULTUREMERT_MODELS_MERT_ENCODER_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

#include "models/mert/dropout_sites.h"
#include "models/mert/mert_config.h"
#include "models/mert/mert_training.h"
#include "models/ops/dropout.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

// Gets each hidden state in turn, [B, T, D], with its index: 0 to layers.
using HiddenStateSink =
    std::function<void(std::int64_t index, const at::Tensor& state)>;

// Other ways to compute parts of the encoder; what is empty is done in plain
// operations.
struct EncoderParts {
  // The features, [B, T, C], of audio, [B, samples].
  std::function<at::Tensor(const at::Tensor& audio)> front_end;
  // x, [B, T, D], and its positional convolution.
  std::function<at::Tensor(const at::Tensor& x)> add_positions;
  // The output of a transformer layer for x, [B, T, D].
  std::function<at::Tensor(std::int64_t layer, const at::Tensor& x)> layer;

  // The last two serve within plain operations.
  // GELU of the group norm of x, [B, C, T], with a group for each channel.
  std::function<at::Tensor(const at::Tensor& x, const at::Tensor& weight,
                           const at::Tensor& bias)>
      norm_gelu;
  // x, [B, ..., columns], with elements dropped.
  std::function<at::Tensor(const BatchDropout& dropout, const at::Tensor& x)>
      drop;
};

// `audio` is [B, samples] of the parameters' type and device, contiguous;
// `mask` bool [B, T] or undefined. Layers that layer drop skips repeat the
// state before. `sink` may be empty.
MertTrainingOutput Encode(const MertConfig& config,
                          const NamedTensors& parameters,
                          const at::Tensor& audio, const at::Tensor& mask,
                          const DropoutPlan& dropout, const EncoderParts& parts,
                          const HiddenStateSink& sink);

// The norm of each tap of a positional convolution's direction v,
// [1, 1, kernel].
at::Tensor WeightNorms(const at::Tensor& v);

// The positional convolution's weight, [D, D / groups, kernel]: v, each tap of
// it scaled to the norm g (weight normalisation over dimension 2).
at::Tensor WeightNormalised(const at::Tensor& v, const at::Tensor& g);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_MERT_ENCODER_H_
