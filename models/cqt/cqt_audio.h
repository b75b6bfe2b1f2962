// The check of the audio that both versions of the constant-Q transform take.

#ifndef CULTUREMERT_MODELS_CQT_CQT_AUDIO_H_
#define CULTUREMERT_MODELS_CQT_CQT_AUDIO_H_

#include <ATen/core/Tensor.h>

#include "absl/status/status.h"

namespace culturemert {

// OK if `audio` is float32 or float64 [B, samples], at least one sample long
// and all finite; otherwise kInvalidArgument. Throws LibTorch's exceptions.
absl::Status CheckCqtAudio(const at::Tensor& audio);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_CQT_CQT_AUDIO_H_
