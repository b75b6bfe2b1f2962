// The other front-end (FrontEnd::kSpectrogram): what seven convolutions would
// have to learn before anything else, a spectrogram, is computed, and two
// convolutions make features of it. A model of a million parameters that is
// trained for minutes hears pitch with it and does not without; encoders
// published after MERT begin with spectrograms too (Won et al., "A foundation
// model for music informatics", ICASSP 2024; Zhu et al., "MuQ", 2025). No
// published MERT has it.
//
//   audio [B, samples], each clip at zero mean and unit variance
//     |  80 mel bands of windows of 1024 samples: timbre and rhythm
//     |  144 bands, 24 an octave from C3 on, of windows of 4096: pitch
//     v
//   (log(1e-4 + mean energy of the band) + 3.5) / 3.5      [B, T, 224]
//     v  convolution over 3 frames, GELU                    [B, T, C]
//     v  convolution over 3 frames, GELU                    [B, T, C]
//
// T is MertFrames(samples), as behind the convolutions; frame t is about sample
// 320 t + 160. An energy of 1 is white noise at unit variance. Beyond the
// clip's ends there is silence.

#ifndef CULTUREMERT_MODELS_MERT_SPECTROGRAM_FRONT_END_H_
#define CULTUREMERT_MODELS_MERT_SPECTROGRAM_FRONT_END_H_

#include <ATen/core/Tensor.h>

#include "models/mert/mert_config.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

// The spectrogram above, [B, T, kSpectrogramBands], of `audio`, [B, samples] of
// any floating-point type on any device, in that type on that device. Computed
// in float32 on the CPU; without gradient. A clip's values do not depend on the
// others. Throws LibTorch's exceptions.
at::Tensor FrontEndSpectrogram(const at::Tensor& audio);

// The features, [B, T, C]; differentiable in the parameters. Throws LibTorch's
// exceptions.
at::Tensor SpectrogramFrontEnd(const NamedTensors& parameters,
                               const at::Tensor& audio);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_MERT_SPECTROGRAM_FRONT_END_H_
