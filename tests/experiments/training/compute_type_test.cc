#include "experiments/training/compute_type.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>

#include <map>
#include <string>

#include "experiments/training/matrix_speed.h"
#include "experiments/training/stage_loss.h"
#include "gtest/gtest.h"
#include "tests/experiments/training/tiny_training.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

TEST(ResolveComputeType, IsNarrowOnAGpuByDefault) {
  const c10::Device cpu(c10::DeviceType::CPU);
  const c10::Device gpu(c10::DeviceType::CUDA, 0);
  const auto resolve = [](ComputeType type, c10::Device device) {
    return ResolveComputeType(type, device, at::kFloat);
  };
  EXPECT_EQ(resolve(ComputeType::kAuto, gpu), at::kBFloat16);
  EXPECT_EQ(resolve(ComputeType::kAuto, cpu), at::kFloat);
  EXPECT_EQ(resolve(ComputeType::kFloat32, gpu), at::kFloat);
  EXPECT_EQ(resolve(ComputeType::kBFloat16, cpu), at::kBFloat16);
}

// A step of each kind in bfloat16 has the loss and the gradients of one in
// float32, to bfloat16's precision; they arrive at float32 weights.
TEST(ComputeType, BFloat16MovesTheSameWeights) {
  TinyTraining tiny;
  TrainingConfig config = TinyTraining::Config();
  for (const StageConfig& stage :
       {StageConfig::FrontEndWarmUp(), StageConfig()}) {
    SCOPED_TRACE(stage.name);
    std::map<ComputeType, double> losses;
    std::map<ComputeType, NamedTensors> gradients;
    for (const ComputeType type :
         {ComputeType::kFloat32, ComputeType::kBFloat16}) {
      config.dtype = type;
      const auto loss =
          CreateStageLoss(config, stage, tiny.model(), tiny.data());
      ASSERT_THAT(loss, IsOk());
      const auto trainable = SetTrainable(tiny.model(), stage.trainable);
      ASSERT_THAT(trainable, IsOk());
      SegmentBatch batch = tiny.ReadBatch(4);
      const auto micro_batch =
          CutMicroBatch(batch, 0, 4, 0, *tiny.data().codes);
      ASSERT_THAT(micro_batch, IsOk());
      const auto sums = (*loss)->Accumulate(0, *micro_batch);
      ASSERT_THAT(sums, IsOk());
      losses[type] = sums->loss;
      for (const auto& [name, parameter] : *trainable) {
        if (!parameter.grad().defined()) continue;  // Of a dropped layer.
        EXPECT_EQ(parameter.grad().scalar_type(), at::kFloat) << name;
        gradients[type][name] = parameter.grad().clone();
      }
    }
    EXPECT_NEAR(losses[ComputeType::kBFloat16] / losses[ComputeType::kFloat32],
                1, 0.02);
    double difference = 0;
    double length = 0;
    for (const auto& [name, exact] : gradients[ComputeType::kFloat32]) {
      const at::Tensor& narrow = gradients[ComputeType::kBFloat16].at(name);
      difference += (narrow - exact).square().sum().item<double>();
      length += exact.square().sum().item<double>();
    }
    EXPECT_LT(difference, 0.01 * length);
    EXPECT_GT(difference, 0);
  }
}

TEST(MeasureMatrixFlops, IsAMachinesSpeed) {
  const auto flops =
      MeasureMatrixFlops(c10::Device(c10::DeviceType::CPU), at::kFloat);
  ASSERT_THAT(flops, IsOk());
  EXPECT_GT(*flops, 1e8);
  EXPECT_LT(*flops, 1e14);
}

}  // namespace
}  // namespace culturemert
