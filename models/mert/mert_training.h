// What a training step of the encoder takes and gives. See mert.h for the
// dimensions.

#ifndef CULTUREMERT_MODELS_MERT_MERT_TRAINING_H_
#define CULTUREMERT_MODELS_MERT_MERT_TRAINING_H_

#include <ATen/core/Tensor.h>

#include <vector>

#include "tools/base/random/random_stream.h"

namespace culturemert {

struct MertTrainingInput {
  at::Tensor audio;  // [B, samples], 24 kHz
  // bool [B, T]: frames whose projected features the mask token replaces.
  // Undefined: none.
  at::Tensor mask;
  // One for each clip: what dropout drops is a pure function of it and of the
  // place, whatever the batch is made of. Needed only when training.
  std::vector<RandomStream> sample_streams;
  // Which layers layer drop skips, for all clips.
  RandomStream step_stream{0, 0};
};

struct MertTrainingOutput {
  at::Tensor last_hidden;  // [B, T, D]
  // The mean of the squared output of the convolutional front-end, float32 or
  // float64. Its gradient passes the gradient scaling, as in fairseq.
  at::Tensor feature_penalty;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_MERT_MERT_TRAINING_H_
