// The wheel's libtorch_cpu.so exports c10d's Gloo backend but carries none of
// Gloo's headers; the packaged ones must fit it.

#include <ATen/core/Tensor.h>
#include <ATen/ops/full.h>

#include <string>
#include <vector>

#include "gtest/gtest.h"

#define USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/HashStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

namespace {

TEST(GlooTest, ReducesOverOneProcessOnLoopback) {
  auto options = c10d::ProcessGroupGloo::Options::create();
  options->devices.push_back(
      c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1"));
  const auto store = c10::make_intrusive<c10d::HashStore>();
  const auto group = c10::make_intrusive<c10d::ProcessGroupGloo>(
      store, /*rank=*/0, /*size=*/1, options);
  std::vector<at::Tensor> tensors = {at::full({4}, 3.0)};
  group->allreduce(tensors)->wait();
  EXPECT_EQ(tensors[0].sum().item<double>(), 12.0);
}

}  // namespace
