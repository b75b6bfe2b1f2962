#include <cuda_bf16.h>

#include <climits>
#include <type_traits>

#include "models/ops/dropout_kernels.h"
#include "models/ops/dropout_layout.h"

namespace culturemert {
namespace {

constexpr int kThreads = 256;

// A thread for each block of random bits: blockIdx.y is the clip, the rest the
// block's index in the clip's stream. 16 threads side by side write 16 columns
// side by side: whole memory sectors in each of the 8 turns.
template <typename T, typename Factor>
__global__ void __launch_bounds__(kThreads)
    Drop(const __grid_constant__ DropoutLaunch launch,
         std::int64_t blocks_per_clip, const T* x, T* out) {
  const std::int64_t index =
      static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (index >= blocks_per_clip) return;
  const int clip = blockIdx.y;
  const std::int64_t first = clip * launch.rows_per_clip * launch.columns;
  const DropoutRule<Factor> rule = {
      launch.seeds[clip], launch.streams[clip], launch.threshold,
      static_cast<Factor>(launch.scale), launch.columns};
  DropByBlock(rule, index, x + first, out + first);
}

}  // namespace

template <typename T>
cudaError_t LaunchDropout(const DropoutLaunch& launch, const T* x, T* out,
                          cudaStream_t stream) {
  using Factor =
      std::conditional_t<std::is_same<T, double>::value, double, float>;
  if (launch.clips < 0 || launch.clips > kDropoutClipsPerLaunch ||
      launch.rows_per_clip < 0 || launch.columns < 0) {
    return cudaErrorInvalidValue;
  }
  const std::int64_t blocks_per_clip =
      launch.rows_per_clip * DropoutBlocksPerRow(launch.columns);
  if (launch.clips == 0 || blocks_per_clip == 0) return cudaSuccess;
  const std::int64_t grid = (blocks_per_clip + kThreads - 1) / kThreads;
  if (grid > INT_MAX) return cudaErrorInvalidValue;
  Drop<T, Factor>
      <<<dim3(static_cast<unsigned>(grid), static_cast<unsigned>(launch.clips)),
         kThreads, 0, stream>>>(launch, blocks_per_clip, x, out);
  return cudaGetLastError();
}

template cudaError_t LaunchDropout(const DropoutLaunch&, const float*, float*,
                                   cudaStream_t);
template cudaError_t LaunchDropout(const DropoutLaunch&, const double*, double*,
                                   cudaStream_t);
template cudaError_t LaunchDropout(const DropoutLaunch&, const __nv_bfloat16*,
                                   __nv_bfloat16*, cudaStream_t);

}  // namespace culturemert
