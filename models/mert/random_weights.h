// Fresh weights of an encoder.

#ifndef CULTUREMERT_MODELS_MERT_RANDOM_WEIGHTS_H_
#define CULTUREMERT_MODELS_MERT_RANDOM_WEIGHTS_H_

#include <cstdint>

#include "models/mert/mert_config.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

// float32 on the CPU; see Mert::CreateRandom. `config` is a checked one. Each
// tensor is a function of the seed and its own name and shape alone. Throws
// what LibTorch throws.
NamedTensors RandomMertWeights(const MertConfig& config, std::uint64_t seed);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_MERT_RANDOM_WEIGHTS_H_
