#include "tests/third_party/scale.h"

namespace {

constexpr int kThreadsPerBlock = 256;

__global__ void Scale(const float* x, float* y, float factor, long n) {
  const long i = blockIdx.x * static_cast<long>(blockDim.x) + threadIdx.x;
  if (i < n) y[i] = factor * x[i];
}

}  // namespace

cudaError_t LaunchScale(const float* x, float* y, float factor, long n,
                        cudaStream_t stream) {
  const long blocks = (n + kThreadsPerBlock - 1) / kThreadsPerBlock;
  Scale<<<blocks, kThreadsPerBlock, 0, stream>>>(x, y, factor, n);
  return cudaGetLastError();
}
