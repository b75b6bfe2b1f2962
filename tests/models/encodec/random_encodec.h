// EnCodecs with random weights, and audio for them.

#ifndef CULTUREMERT_TESTS_MODELS_ENCODEC_RANDOM_ENCODEC_H_
#define CULTUREMERT_TESTS_MODELS_ENCODEC_RANDOM_ENCODEC_H_

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "models/encodec/encodec_config.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

// Normal values scaled so that activations keep their size from layer to layer.
NamedTensors RandomEncodecTensors(const EncodecConfig& config,
                                  std::uint64_t seed,
                                  at::ScalarType type = at::kFloat);

// [clips, samples]: normal values with standard deviation 0.2 under a slow
// swell.
at::Tensor RandomAudio(std::int64_t clips, std::int64_t samples,
                       std::uint64_t seed);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_MODELS_ENCODEC_RANDOM_ENCODEC_H_
