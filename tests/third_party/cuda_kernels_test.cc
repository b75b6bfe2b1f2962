#include <vector>

#include "gtest/gtest.h"
#include "tests/third_party/scale.h"

namespace {

TEST(CudaKernelsTest, ScalesOnTheDevice) {
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
    GTEST_SKIP() << "the kernels are built, and there is no GPU to run them";
  }
  constexpr long kCount = 1000;
  const std::vector<float> x(kCount, 1.5f);
  std::vector<float> y(kCount, 0.0f);
  const std::size_t size_bytes = kCount * sizeof(float);
  void* device_x = nullptr;
  void* device_y = nullptr;
  ASSERT_EQ(cudaMalloc(&device_x, size_bytes), cudaSuccess);
  ASSERT_EQ(cudaMalloc(&device_y, size_bytes), cudaSuccess);
  ASSERT_EQ(cudaMemcpy(device_x, x.data(), size_bytes, cudaMemcpyHostToDevice),
            cudaSuccess);
  ASSERT_EQ(LaunchScale(static_cast<float*>(device_x),
                        static_cast<float*>(device_y), 2.0f, kCount, nullptr),
            cudaSuccess);
  ASSERT_EQ(cudaMemcpy(y.data(), device_y, size_bytes, cudaMemcpyDeviceToHost),
            cudaSuccess);
  EXPECT_EQ(y, std::vector<float>(kCount, 3.0f));
  cudaFree(device_x);
  cudaFree(device_y);
}

}  // namespace
