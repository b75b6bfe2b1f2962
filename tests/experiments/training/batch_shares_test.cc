#include "experiments/training/batch_shares.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Batches of 8 segments of 2 s in micro-batches of 4.
TrainingConfig TwoMicroBatches() {
  TrainingConfig config;
  config.segment_seconds = 2;
  config.batch_seconds = 16;
  config.micro_batch_segments = 4;
  return config;
}

TEST(CheckBatchSharesTest, WholeMicroBatchesCanBeShared) {
  EXPECT_THAT(CheckBatchShares(TwoMicroBatches(), 1), IsOk());
  EXPECT_THAT(CheckBatchShares(TwoMicroBatches(), 2), IsOk());
}

TEST(CheckBatchSharesTest, SaysWhatWouldFitMoreProcesses) {
  EXPECT_THAT(CheckBatchShares(TwoMicroBatches(), 4),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("stage1: a batch of 8 segments"),
                             HasSubstr("a multiple of 32"),
                             HasSubstr("or micro_batch_segments=2"))));
  EXPECT_THAT(CheckBatchShares(TwoMicroBatches(), 3),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("a multiple of 24"),
                             Not(HasSubstr("or micro_batch_segments")))));
}

TEST(CheckBatchSharesTest, LooksAtEveryStage) {
  TrainingConfig config = TwoMicroBatches();
  config.stages.back().batch_seconds = 8;
  EXPECT_THAT(CheckBatchShares(config, 2),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("stage2: a batch of 4 segments")));
}

}  // namespace
}  // namespace culturemert
