// y[i] = factor * x[i] for n floats on the device: the smallest kernel.

#ifndef CULTUREMERT_TESTS_THIRD_PARTY_SCALE_H_
#define CULTUREMERT_TESTS_THIRD_PARTY_SCALE_H_

#include <cuda_runtime_api.h>

cudaError_t LaunchScale(const float* x, float* y, float factor, long n,
                        cudaStream_t stream);

#endif  // CULTUREMERT_TESTS_THIRD_PARTY_SCALE_H_
