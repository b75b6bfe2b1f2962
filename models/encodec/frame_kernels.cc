#include "models/encodec/frame_kernels.h"

#include "models/encodec/frame_kernels_avx2.h"
#include "models/encodec/frame_kernels_avx512.h"

namespace culturemert {

const FrameKernels* Avx2FrameKernels() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
             ? &kAvx2FrameKernels
             : nullptr;
}

const FrameKernels* Avx512FrameKernels() {
  return __builtin_cpu_supports("avx512f") ? &kAvx512FrameKernels : nullptr;
}

const FrameKernels* SupportedFrameKernels() {
  const FrameKernels* widest = Avx512FrameKernels();
  return widest != nullptr ? widest : Avx2FrameKernels();
}

}  // namespace culturemert
