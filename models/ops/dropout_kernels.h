// Dropout by place (dropout.h) on a GPU: the launch of its kernel. Decisions
// are those of the CPU, bit by bit; float and double products too.

#ifndef CULTUREMERT_MODELS_OPS_DROPOUT_KERNELS_H_
#define CULTUREMERT_MODELS_OPS_DROPOUT_KERNELS_H_

#include <cuda_runtime_api.h>

#include <cstdint>

namespace culturemert {

// Clips of one launch. They travel with it as an argument, 1 KiB of the 4 KiB
// that a launch takes, so that nothing need be copied to the device before.
inline constexpr int kDropoutClipsPerLaunch = 64;

struct DropoutLaunch {
  std::uint64_t seeds[kDropoutClipsPerLaunch] = {};    // of the clips' streams
  std::uint64_t streams[kDropoutClipsPerLaunch] = {};  // their numbers
  int clips = 0;                                       // at most the above
  int threshold = 0;                                   // Dropout::threshold()
  double scale = 1;                                    // Dropout::scale()
  std::int64_t rows_per_clip = 0;
  std::int64_t columns = 0;
};

// out = x times its factors; both are [clips * rows_per_clip, columns],
// contiguous, on the device, and may be the same. T is float, double or
// __nv_bfloat16; products of the last are taken in float.
// cudaErrorInvalidValue: sizes out of range.
template <typename T>
cudaError_t LaunchDropout(const DropoutLaunch& launch, const T* x, T* out,
                          cudaStream_t stream);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_OPS_DROPOUT_KERNELS_H_
