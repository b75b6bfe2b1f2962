// The layers of an EnCodec encoder with their weight norm resolved, in the
// order audio passes them.

#ifndef CULTUREMERT_MODELS_ENCODEC_ENCODEC_LAYERS_H_
#define CULTUREMERT_MODELS_ENCODEC_ENCODEC_LAYERS_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "models/encodec/encodec_config.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

struct EncodecConvolution {
  at::Tensor weight;  // [out, in, kernel]: g v / |v|, |v| over in and kernel
  at::Tensor bias;    // [out]
  std::int64_t stride = 1;
};

// shortcut(x) + expand(ELU(hidden(ELU(x)))), then ELU and `down`.
struct EncodecStage {
  EncodecConvolution hidden;
  EncodecConvolution expand;
  EncodecConvolution shortcut;
  EncodecConvolution down;
};

// Gates in PyTorch's order: input, forget, cell, output.
struct EncodecLstmLayer {
  at::Tensor input_weight;      // [4 W, W]
  at::Tensor recurrent_weight;  // [4 W, W]
  at::Tensor input_bias;        // [4 W]
  at::Tensor recurrent_bias;    // [4 W]
};

struct EncodecLayers {
  EncodecConvolution first;
  std::vector<EncodecStage> stages;
  std::vector<EncodecLstmLayer> lstm;  // Its input is added to its output.
  EncodecConvolution last;             // Behind an ELU.
  std::vector<at::Tensor> books;       // Each [codes, latent].
};

// From tensors as EncodecTensors(config) lists them, all on one device. They
// are converted to float64 if they are of that type, else to float32.
// kInvalidArgument: an invalid config, tensors that CheckTensors refuses, or
// values that are not finite, naming the tensor.
absl::StatusOr<EncodecLayers> BuildEncodecLayers(const EncodecConfig& config,
                                                 const NamedTensors& tensors);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_ENCODEC_ENCODEC_LAYERS_H_
