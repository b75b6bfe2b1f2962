#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/fft_irfft.h>
#include <ATen/ops/fft_rfft.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/sum.h>
#include <torch/headeronly/version.h>

#include <string>

#include "gtest/gtest.h"

namespace {

TEST(LibTorchTest, HeadersAreThePinnedVersion) {
  EXPECT_STREQ(TORCH_VERSION, "2.11.0");
}

TEST(LibTorchTest, MultipliesMatrices) {
  const at::Tensor ones = at::ones({64, 32});
  const at::Tensor product = at::matmul(ones, ones.t());
  EXPECT_TRUE(at::allclose(product, at::ones({64, 64}) * 32));
}

TEST(LibTorchTest, FourierTransformsThereAndBack) {
  const at::Tensor signal = at::arange(1000, at::kDouble);
  const at::Tensor back = at::fft_irfft(at::fft_rfft(signal), signal.size(0));
  EXPECT_TRUE(at::allclose(back, signal, /*rtol=*/1e-12, /*atol=*/1e-9));
}

// d/dx sum(x * x) = 2x.
TEST(LibTorchTest, Differentiates) {
  at::Tensor x = at::arange(5, at::kFloat);
  x.set_requires_grad(true);
  at::sum(x * x).backward();
  EXPECT_TRUE(at::allclose(x.grad(), 2 * x.detach()));
}

}  // namespace
