// The kernels of frame_kernels.h for processors with AVX2 and FMA; to be called
// on no other.

#ifndef CULTUREMERT_MODELS_ENCODEC_FRAME_KERNELS_AVX2_H_
#define CULTUREMERT_MODELS_ENCODEC_FRAME_KERNELS_AVX2_H_

#include "models/encodec/frame_kernels.h"

namespace culturemert {

extern const FrameKernels kAvx2FrameKernels;

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_ENCODEC_FRAME_KERNELS_AVX2_H_
