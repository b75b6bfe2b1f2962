#include "experiments/distributed/gradient_buckets.h"

#include <ATen/ops/full.h>

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/distributed/group_processes.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;

TEST(GradientBucketsTest, OneProcessKeepsItsGradients) {
  const auto group = ProcessGroup::Connect(World{}, ProcessGroupOptions{});
  ASSERT_THAT(group, IsOk());
  const at::Tensor parameter = at::full({3}, 2.0).requires_grad_(true);
  const auto buckets = GradientBuckets::Create(**group, {parameter});
  ASSERT_THAT(buckets, IsOk());
  (*buckets)->BeginLastMicroBatch();
  parameter.square().sum().backward();
  EXPECT_THAT((*buckets)->Finish(), IsOk());
  EXPECT_EQ(parameter.grad().sum().item<double>(), 12.0);
  EXPECT_EQ((*buckets)->num_buckets(), 0);
}

// Four trained parameters: each its own bucket, some together, all in one.
TEST(GradientBucketsTest, TwoRanksHaveTheBitsOfAPlainSumAfterBackward) {
  GroupProcesses processes("buckets", 2);
  EXPECT_THAT(processes.Results(), Each("equal 4 3 1"));
}

TEST(GradientBucketsTest, ThreeRanksHaveTheBitsOfAPlainSumAfterBackward) {
  GroupProcesses processes("buckets", 3);
  EXPECT_THAT(processes.Results(), Each("equal 4 3 1"));
}

// The bucket without a gradient holds up the others in the first update only.
TEST(GradientBucketsTest, BucketsAreAddedUpDuringBackward) {
  GroupProcesses processes("buckets_during_backward", 2);
  EXPECT_THAT(processes.Results(), Each("0 of 4, 3 of 4, "));
}

TEST(GradientBucketsTest, RanksWithOtherParametersAreNamed) {
  GroupProcesses processes("buckets_of_other_parameters", 3);
  EXPECT_THAT(processes.Results(),
              Each(AllOf(HasSubstr("INVALID_ARGUMENT"), HasSubstr("rank 1"))));
}

TEST(GradientBucketsTest, ASecondBackwardAfterTheLastIsAnError) {
  GroupProcesses processes("buckets_backward_twice", 2);
  EXPECT_THAT(processes.Results(), Each(AllOf(HasSubstr("FAILED_PRECONDITION"),
                                              HasSubstr("gradients twice"))));
}

TEST(GradientBucketsTest, FinishTellsWhyARankWasLost) {
  GroupProcesses processes("buckets_lost", 2);
  EXPECT_THAT(processes.Results(),
              Each("ABORTED: rank 1 gave up: no more audio"));
}

}  // namespace
}  // namespace culturemert
