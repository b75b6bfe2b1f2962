// The constant-Q transform as it is defined: the plain version that the fast
// one is compared with.

#ifndef CULTUREMERT_MODELS_CQT_DIRECT_CQT_H_
#define CULTUREMERT_MODELS_CQT_DIRECT_CQT_H_

#include <ATen/core/Tensor.h>

#include "absl/status/statusor.h"
#include "models/cqt/cqt_options.h"

namespace culturemert {

// As CqtTeacher::Magnitudes, but for audio on the CPU only, and by the sums of
// cqt_kernels.h, taken in double whatever the audio's type: 1.3 billion complex
// multiplications for 5 s at MERT's settings, about 2 seconds on one core.
// Errors: those of CheckCqtOptions and CqtTeacher::Magnitudes, and
// kInvalidArgument for audio elsewhere.
absl::StatusOr<at::Tensor> DirectCqt(const at::Tensor& audio,
                                     const CqtOptions& options);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_CQT_DIRECT_CQT_H_
