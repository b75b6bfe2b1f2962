// What ProcessGroup says when one of several real processes is lost.

#include <chrono>
#include <csignal>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/distributed/group_processes.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;

void WaitUntilAllAreReady(GroupProcesses& processes) {
  for (int rank = 0; rank < 3; ++rank) processes.WaitUntilReady(rank);
}

TEST(LostRankTest, AKilledOrStoppedRankIsNamedOnAllOthers) {
  GroupProcesses killed("sum_until_lost", 3);
  GroupProcesses stopped("sum_until_lost", 3);
  WaitUntilAllAreReady(killed);
  killed.Kill(1, SIGKILL);
  WaitUntilAllAreReady(stopped);
  stopped.Kill(1, SIGSTOP);
  for (GroupProcesses* processes : {&killed, &stopped}) {
    for (const int rank : {0, 2}) {
      EXPECT_THAT(processes->Result(rank, std::chrono::seconds(10)),
                  AllOf(HasSubstr("UNAVAILABLE"), HasSubstr("rank 1 is gone")));
    }
  }
}

TEST(LostRankTest, TheLossOfRankZeroIsNamedToo) {
  GroupProcesses processes("sum_until_lost", 3);
  WaitUntilAllAreReady(processes);
  processes.Kill(0, SIGKILL);
  EXPECT_THAT(processes.Result(2, std::chrono::seconds(10)),
              AllOf(HasSubstr("UNAVAILABLE"), HasSubstr("rank 0"),
                    HasSubstr("is gone")));
}

TEST(LostRankTest, ARankZeroThatIsLostAnnouncesNothing) {
  GroupProcesses lost("await_until_lost", 3);
  GroupProcesses left("leader_leaves_silently", 2);
  EXPECT_THAT(left.Result(1),
              AllOf(HasSubstr("rank 0"), HasSubstr("has ended")));
  WaitUntilAllAreReady(lost);
  lost.Kill(0, SIGKILL);
  for (const int rank : {1, 2}) {
    EXPECT_THAT(lost.Result(rank, std::chrono::seconds(10)),
                AllOf(HasSubstr("UNAVAILABLE"), HasSubstr("rank 0"),
                      HasSubstr("is gone")));
  }
}

TEST(LostRankTest, AReasonIsShownByAll) {
  GroupProcesses one("one_gives_up", 3);
  GroupProcesses leader("leader_gives_up", 3);
  EXPECT_THAT(
      one.Results(),
      Each("ABORTED: rank 1 gave up: cannot write epoch.pt: disk full"));
  EXPECT_THAT(leader.Results(),
              Each("ABORTED: rank 0 gave up: loss is not finite"));
}

TEST(LostRankTest, ARankThatEndsWithoutAReasonIsNamed) {
  GroupProcesses processes("one_leaves", 2);
  EXPECT_EQ(processes.Result(1), "left");
  EXPECT_THAT(processes.Result(0),
              AllOf(HasSubstr("rank 1 has ended"), HasSubstr("gather")));
}

TEST(LostRankTest, ARankThatDoesNotComeIsNamedAfterTheTimeLimit) {
  GroupProcesses processes("one_hangs", 2);
  EXPECT_THAT(processes.Result(0),
              AllOf(HasSubstr("DEADLINE_EXCEEDED"), HasSubstr("1.5 s"),
                    HasSubstr("rank 1 is in or after operation 0")));
}

}  // namespace
}  // namespace culturemert
