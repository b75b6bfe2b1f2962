// The kernels of frame_kernels.h for processors with AVX-512 (F); to be called
// on no other.

#ifndef CULTUREMERT_MODELS_ENCODEC_FRAME_KERNELS_AVX512_H_
#define CULTUREMERT_MODELS_ENCODEC_FRAME_KERNELS_AVX512_H_

#include "models/encodec/frame_kernels.h"

namespace culturemert {

extern const FrameKernels kAvx512FrameKernels;

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_ENCODEC_FRAME_KERNELS_AVX512_H_
