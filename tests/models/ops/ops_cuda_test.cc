// The kernels on a GPU against the CPU: dropout bit by bit, norm and GELU
// against LibTorch's operations and gradients in float64. The kernels need a
// GPU alone; their wrappers LibTorch's CUDA half too.

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/group_norm.h>
#include <cuda_bf16.h>
#include <cuda_runtime_api.h>

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "models/device/cuda_backend.h"
#include "models/ops/dropout.h"
#include "models/ops/dropout_cuda.h"
#include "models/ops/dropout_kernels.h"
#include "models/ops/group_norm_gelu_cuda.h"
#include "models/ops/group_norm_gelu_kernels.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

constexpr double kEpsilon = 1e-5;

at::Tensor Noise(at::IntArrayRef shape, std::uint64_t seed) {
  at::Tensor noise = at::empty(shape, at::kFloat);
  RandomStream(seed, 0).FillNormal(
      absl::MakeSpan(noise.data_ptr<float>(), noise.numel()), 0);
  return noise;
}

// ||found - expected|| / ||expected||.
double Error(const at::Tensor& found, const at::Tensor& expected) {
  const at::Tensor exact = expected.to(at::kDouble);
  return ((found.to(at::kDouble) - exact).norm() / exact.norm()).item<double>();
}

// A copy of a CPU tensor on the device.
class DeviceCopy {
 public:
  explicit DeviceCopy(const at::Tensor& tensor)
      : tensor_(tensor.contiguous()), size_bytes_(tensor_.nbytes()) {
    EXPECT_EQ(cudaMalloc(&data_, size_bytes_), cudaSuccess);
    EXPECT_EQ(cudaMemcpy(data_, tensor_.const_data_ptr(), size_bytes_,
                         cudaMemcpyHostToDevice),
              cudaSuccess);
  }
  DeviceCopy(const DeviceCopy&) = delete;
  DeviceCopy& operator=(const DeviceCopy&) = delete;
  ~DeviceCopy() { cudaFree(data_); }

  template <typename T>
  T* Data() const {
    return static_cast<T*>(data_);
  }

  // What is there now, when all launches are done.
  at::Tensor Read() const {
    at::Tensor out = at::empty_like(tensor_);
    EXPECT_EQ(cudaMemcpy(out.mutable_data_ptr(), data_, size_bytes_,
                         cudaMemcpyDeviceToHost),
              cudaSuccess);
    return out;
  }

 private:
  const at::Tensor tensor_;
  const std::size_t size_bytes_;
  void* data_ = nullptr;
};

class OpsCudaTest : public testing::Test {
 protected:
  void SetUp() override {
    int devices = 0;
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
      GTEST_SKIP() << "the kernels are built, and there is no GPU to run them";
    }
  }
};

class WrappersCudaTest : public OpsCudaTest {
 protected:
  void SetUp() override {
    OpsCudaTest::SetUp();
    if (IsSkipped()) return;
    if (!ProcessCudaBackend().ok()) {
      GTEST_SKIP() << ProcessCudaBackend().status();
    }
  }
};

BatchDropout Dropouts(std::int64_t clips, std::int64_t rows_per_clip) {
  BatchDropout dropout;
  dropout.rows_per_clip = rows_per_clip;
  for (std::int64_t i = 0; i < clips; ++i) {
    dropout.clips.emplace_back(0.1, RandomStream(0x123456789abcdef0 + i, ~i));
  }
  return dropout;
}

// The factors of x's elements, in double.
at::Tensor Factors(const BatchDropout& dropout, const at::Tensor& x) {
  at::Tensor factors = at::empty(x.sizes(), at::kDouble);
  const std::int64_t columns = x.size(-1);
  for (std::int64_t row = 0; row < x.numel() / columns; ++row) {
    dropout.Factors(row, columns,
                    factors.mutable_data_ptr<double>() + row * columns);
  }
  return factors;
}

template <typename DeviceT>
at::Tensor LaunchedDropout(const BatchDropout& dropout, const at::Tensor& x) {
  DropoutLaunch launch;
  launch.clips = static_cast<int>(dropout.clips.size());
  for (int i = 0; i < launch.clips; ++i) {
    launch.seeds[i] = dropout.clips[i].stream().seed();
    launch.streams[i] = dropout.clips[i].stream().stream();
  }
  launch.threshold = dropout.clips.front().threshold();
  launch.scale = dropout.clips.front().scale();
  launch.rows_per_clip = dropout.rows_per_clip;
  launch.columns = x.size(-1);
  const DeviceCopy data(x);
  EXPECT_EQ(LaunchDropout(launch, data.Data<DeviceT>(), data.Data<DeviceT>(),
                          nullptr),
            cudaSuccess);
  return data.Read();
}

TEST_F(OpsCudaTest, DropoutIsThatOfTheCpuBitByBit) {
  for (const std::int64_t columns : {1, 15, 16, 129, 374, 768}) {
    const BatchDropout dropout = Dropouts(3, 7);
    const at::Tensor x = Noise({3 * 7, columns}, 1);
    const at::Tensor factors = Factors(dropout, x);
    EXPECT_TRUE(
        LaunchedDropout<float>(dropout, x).equal(x * factors.to(at::kFloat)))
        << columns;
    const at::Tensor exact = x.to(at::kDouble);
    EXPECT_TRUE(LaunchedDropout<double>(dropout, exact).equal(exact * factors))
        << columns;
    const at::Tensor narrow = x.to(at::kBFloat16);
    EXPECT_TRUE(LaunchedDropout<__nv_bfloat16>(dropout, narrow)
                    .equal((narrow.to(at::kFloat) * factors.to(at::kFloat))
                               .to(at::kBFloat16)))
        << columns;
  }
}

// Needs no GPU: nothing is launched.
TEST(OpsCudaLaunchTest, SizesOutOfRangeAreErrors) {
  DropoutLaunch launch;
  launch.clips = kDropoutClipsPerLaunch + 1;
  EXPECT_EQ(LaunchDropout<float>(launch, nullptr, nullptr, nullptr),
            cudaErrorInvalidValue);
  EXPECT_EQ(LaunchGroupNormGelu<float>({1, 1, 0}, nullptr, {}, 0, nullptr, {},
                                       nullptr),
            cudaErrorInvalidValue);
  EXPECT_EQ(LaunchGroupNormGelu<float>({1 << 20, 1 << 20, 1}, nullptr, {}, 0,
                                       nullptr, {}, nullptr),
            cudaErrorInvalidValue);
  EXPECT_EQ(LaunchGroupNormGeluGradient<float>({0, 1, 1}, nullptr, nullptr, {},
                                               {}, nullptr, {}, nullptr),
            cudaErrorInvalidValue);
}

struct NormCase {
  at::Tensor x, weight, bias, gradient;
};

NormCase MakeNormCase(const GroupNormSize& size, c10::ScalarType type) {
  const std::vector<std::int64_t> shape = {size.clips, size.channels,
                                           size.length};
  return {(Noise(shape, 1) * 2 + 3).to(type), Noise({size.channels}, 2),
          Noise({size.channels}, 3), Noise(shape, 4).to(type)};
}

// The output, and the gradients by x, weight and bias.
using NormResults = std::vector<at::Tensor>;

NormResults PlainNormGelu(const NormCase& given) {
  const auto leaf = [](const at::Tensor& tensor) {
    return tensor.to(at::kDouble).clone().set_requires_grad(true);
  };
  const at::Tensor x = leaf(given.x);
  const at::Tensor weight = leaf(given.weight);
  const at::Tensor bias = leaf(given.bias);
  const at::Tensor y =
      at::gelu(at::group_norm(x, x.size(1), weight, bias, kEpsilon));
  y.backward(given.gradient.to(at::kDouble));
  return {y.detach(), x.grad(), weight.grad(), bias.grad()};
}

template <typename DeviceT>
NormResults LaunchedNormGelu(const GroupNormSize& size, const NormCase& given) {
  const DeviceCopy x(given.x);
  const DeviceCopy weight(given.weight);
  const DeviceCopy bias(given.bias);
  const DeviceCopy y(at::empty_like(given.x));
  const at::Tensor rows = at::empty({size.clips, size.channels}, at::kFloat);
  const DeviceCopy mean(rows);
  const DeviceCopy inverse_deviation(rows);
  const GroupNormWeights weights = {weight.Data<float>(), bias.Data<float>()};
  const GroupNormStatistics statistics = {mean.Data<float>(),
                                          inverse_deviation.Data<float>()};
  EXPECT_EQ(LaunchGroupNormGelu(size, x.Data<const DeviceT>(), weights,
                                static_cast<float>(kEpsilon), y.Data<DeviceT>(),
                                statistics, nullptr),
            cudaSuccess);
  const DeviceCopy gradient(given.gradient);
  const DeviceCopy sums(at::empty({2, size.clips, size.channels}, at::kFloat));
  const DeviceCopy weight_gradient(given.weight);
  const DeviceCopy bias_gradient(given.bias);
  EXPECT_EQ(LaunchGroupNormGeluGradient(
                size, gradient.Data<const DeviceT>(), x.Data<const DeviceT>(),
                weights, statistics, gradient.Data<DeviceT>(),
                {weight_gradient.Data<float>(), bias_gradient.Data<float>(),
                 sums.Data<float>()},
                nullptr),
            cudaSuccess);
  return {y.Read(), gradient.Read(), weight_gradient.Read(),
          bias_gradient.Read()};
}

void ExpectNear(const NormResults& found, const NormResults& expected,
                double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_LE(Error(found[i], expected[i]), tolerance) << "result " << i;
  }
}

TEST_F(OpsCudaTest, NormAndGeluAndTheirGradientsAreThoseOfLibTorch) {
  for (const GroupNormSize& size : std::vector<GroupNormSize>{
           {1, 4, 31}, {2, 3, 256}, {3, 300, 257}, {2, 5, 23999}}) {
    SCOPED_TRACE(size.length);
    const NormCase given = MakeNormCase(size, at::kFloat);
    ExpectNear(LaunchedNormGelu<float>(size, given), PlainNormGelu(given),
               1e-5);
    const NormCase narrow = MakeNormCase(size, at::kBFloat16);
    ExpectNear(LaunchedNormGelu<__nv_bfloat16>(size, narrow),
               PlainNormGelu(narrow), 4e-3);
  }
}

TEST_F(OpsCudaTest, GradientsAreTheSameInEachRun) {
  const GroupNormSize size = {5, 70, 1001};
  const NormCase given = MakeNormCase(size, at::kFloat);
  const NormResults first = LaunchedNormGelu<float>(size, given);
  const NormResults second = LaunchedNormGelu<float>(size, given);
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_TRUE(first[i].equal(second[i])) << "result " << i;
  }
}

TEST_F(WrappersCudaTest, MoreClipsThanALaunchTakesAreDroppedAsOnTheCpu) {
  constexpr std::int64_t kClips = 2 * kDropoutClipsPerLaunch + 1;
  const BatchDropout dropout = Dropouts(kClips, 2 * 3);
  const at::Tensor x = Noise({kClips, 2, 3, 131}, 1);
  const at::Tensor factors = Factors(dropout, x).to(at::kFloat);
  const at::Tensor on_gpu = x.to(at::kCUDA).set_requires_grad(true);
  const at::Tensor y = DropoutCuda(dropout, on_gpu);
  EXPECT_TRUE(y.detach().cpu().equal(x * factors));
  const at::Tensor gradient = Noise(x.sizes(), 2);
  y.backward(gradient.to(at::kCUDA));
  EXPECT_TRUE(on_gpu.grad().cpu().equal(gradient * factors));
}

TEST_F(WrappersCudaTest, NormAndGeluHaveTheGradientsOfLibTorch) {
  const NormCase given = MakeNormCase({3, 70, 257}, at::kFloat);
  const auto leaf = [](const at::Tensor& tensor) {
    return tensor.to(at::kCUDA).set_requires_grad(true);
  };
  // As a transposed tensor would come: not contiguous.
  const at::Tensor x = given.x.transpose(1, 2)
                           .contiguous()
                           .to(at::kCUDA)
                           .transpose(1, 2)
                           .set_requires_grad(true);
  const at::Tensor weight = leaf(given.weight);
  const at::Tensor bias = leaf(given.bias);
  const at::Tensor y = GroupNormGeluCuda(x, weight, bias, kEpsilon);
  y.backward(given.gradient.to(at::kCUDA));
  ExpectNear({y.detach().cpu(), x.grad().cpu(), weight.grad().cpu(),
              bias.grad().cpu()},
             PlainNormGelu(given), 1e-5);
}

}  // namespace
}  // namespace culturemert
