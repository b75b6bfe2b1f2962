// What this project's own CUDA kernels compute of the encoder, in the form that
// Encode (encoder.h) takes; all else is done in plain operations.

#ifndef CULTUREMERT_MODELS_MERT_CUDA_PARTS_H_
#define CULTUREMERT_MODELS_MERT_CUDA_PARTS_H_

#include "models/mert/encoder.h"
#include "models/mert/mert_config.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

// Dropout, and in float32 and bfloat16 the first convolution's norm and GELU,
// for parameters on a GPU; nothing for others, or if this program was built
// without --config=cuda. The parts throw c10::Error where a kernel does not
// start.
EncoderParts CudaParts(const MertConfig& config,
                       const NamedTensors& parameters);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_MERT_CUDA_PARTS_H_
