#include "experiments/study/study_processes.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

World OneOf(int size) {
  World world;
  world.rank = size - 1;
  world.size = size;
  return world;
}

TEST(CheckProcessesTest, TakesFourForEachCpu) {
  EXPECT_THAT(CheckProcesses(1, 2, OneOf(1)), IsOk());
  EXPECT_THAT(CheckProcesses(8, 2, OneOf(1)), IsOk());
  for (const int processes : {-1, 0, 9}) {
    EXPECT_THAT(CheckProcesses(processes, 2, OneOf(1)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("expected 1 to 8")));
  }
}

TEST(CheckProcessesTest, LeavesItToAnotherLauncher) {
  EXPECT_THAT(CheckProcesses(1, 2, OneOf(16)), IsOk());
  EXPECT_THAT(
      CheckProcesses(2, 2, OneOf(16)),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("started 16 processes"), HasSubstr("rank 15"))));
}

TEST(JoinProcessesTest, OneGpuIsNotForSeveralProcesses) {
  StudyContext context;
  context.device = "cuda:1";
  EXPECT_THAT(JoinProcesses(OneOf(2), context),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("--device=cuda:1 is one GPU"),
                             HasSubstr("--device=cuda"))));
}

}  // namespace
}  // namespace culturemert
