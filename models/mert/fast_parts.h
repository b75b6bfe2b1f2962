// The parts of the encoder where the time goes, as front_end.h and
// transformer_layer.h compute them, with their gradients, in the form that
// Encode (encoder.h) takes.

#ifndef CULTUREMERT_MODELS_MERT_FAST_PARTS_H_
#define CULTUREMERT_MODELS_MERT_FAST_PARTS_H_

#include <ATen/core/Tensor.h>

#include "models/mert/dropout_sites.h"
#include "models/mert/encoder.h"
#include "models/mert/mert_config.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

// Whether FastParts computes with these parameters: float32 or float64 on the
// CPU.
bool HasFastParts(const NamedTensors& parameters);

// The arguments must outlive what is returned; the graph for the gradient does
// not need them. A gradient can be taken once: what the forward pass kept is
// released while the gradient is computed.
EncoderParts FastParts(const MertConfig& config, const NamedTensors& parameters,
                       const DropoutPlan& dropout);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_MERT_FAST_PARTS_H_
