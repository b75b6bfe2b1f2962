#include "experiments/distributed/process_group.h"

#include <ATen/ops/full.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/distributed/group_processes.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

World Meeting(int rank, int size, int port) {
  World world;
  world.rank = rank;
  world.size = size;
  world.leader_host = "127.0.0.1";
  world.leader_port = port;
  return world;
}

TEST(OneProcessTest, NeedsNoNetworkAndChangesNothing) {
  const auto group = ProcessGroup::Connect(World{}, ProcessGroupOptions{});
  ASSERT_THAT(group, IsOk());
  const at::Tensor tensor = at::full({3}, 2.0);
  EXPECT_THAT((*group)->SumInPlace({tensor}), IsOk());
  EXPECT_THAT((*group)->Broadcast({tensor}), IsOk());
  EXPECT_EQ(tensor.sum().item<double>(), 6.0);
  EXPECT_THAT((*group)->Gather("hash"), IsOkAndHolds(ElementsAre("hash")));
  EXPECT_THAT((*group)->Barrier("end"), IsOk());
  EXPECT_THAT((*group)->Abort("disk full"),
              StatusIs(absl::StatusCode::kAborted,
                       HasSubstr("rank 0 gave up: disk full")));
}

TEST(OneProcessTest, AnnouncesToNobodyAndWaitsForNothing) {
  const auto group = ProcessGroup::Connect(World{}, ProcessGroupOptions{});
  ASSERT_THAT(group, IsOk());
  EXPECT_THAT((*group)->Announce("stop"), IsOk());
  EXPECT_THAT(
      (*group)->Announce(std::string(70000, 'x')),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("70000 bytes")));
  EXPECT_THAT((*group)->AwaitAnnouncement(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("only it can make")));
}

TEST(OneProcessTest, ContradictoryOptionsAreErrors) {
  EXPECT_THAT(ProcessGroup::Connect(Meeting(2, 2, 1), ProcessGroupOptions{}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no rank 2 of 2")));
  ProcessGroupOptions options;
  options.silence = options.timeout;
  EXPECT_THAT(
      ProcessGroup::Connect(World{}, options),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("silence 60 s")));
}

TEST(OneProcessTest, ATextThatIsTooLongIsAnError) {
  const auto group = ProcessGroup::Connect(World{}, ProcessGroupOptions{});
  ASSERT_THAT(group, IsOk());
  EXPECT_THAT(
      (*group)->Gather(std::string(70000, 'x')),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("70000 bytes")));
}

TEST(ProcessGroupTest, SumsTensorsOfSeveralTypesAndShapes) {
  GroupProcesses processes("sum", 3);
  EXPECT_THAT(processes.Results(),
              Each("numbers 30,33,36,39,42 counts 6-6 strided 3-3"));
}

TEST(ProcessGroupTest, AnnouncementsAreAwaitedLongerThanAnythingElse) {
  GroupProcesses processes("announcements", 3);
  EXPECT_THAT(processes.Results(),
              ElementsAre("said", "first, second", "first, second"));
}

TEST(ProcessGroupTest, BroadcastGivesAllWhatRankZeroHas) {
  GroupProcesses processes("broadcast", 3);
  EXPECT_THAT(processes.Results(), Each("3 28"));
}

TEST(ProcessGroupTest, GatherGivesAllTextsByRank) {
  GroupProcesses processes("gather", 3);
  EXPECT_THAT(processes.Results(),
              Each("00\n,01\n,02\n10\n,11\n,12\n20\n,21\n,22\n"));
}

TEST(ProcessGroupTest, RanksAtDifferentBarriersAreAnErrorOnAll) {
  GroupProcesses processes("barrier", 2);
  EXPECT_THAT(processes.Results(), Each(AllOf(HasSubstr("FAILED_PRECONDITION"),
                                              HasSubstr("\"checkpoint\""),
                                              HasSubstr("\"end of epoch\""))));
}

TEST(ProcessGroupTest, TwentyRunsGiveTheBitsOfOneProcess) {
  std::set<std::string> hashes;
  for (int i = 0; i < 2; ++i) {
    GroupProcesses processes("bits", 3);  // Ten runs.
    const std::vector<std::string> results = processes.Results();
    hashes.insert(results.begin(), results.end());
  }
  ASSERT_EQ(hashes.size(), 1u) << ::testing::PrintToString(hashes);
  EXPECT_EQ(hashes.begin()->size(), 32u) << *hashes.begin();
}

TEST(ConnectTest, ATakenPortIsAnErrorThatNamesIt) {
  const int descriptor = socket(AF_INET6, SOCK_STREAM, 0);
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_any;
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(bind(descriptor, generic, length), 0);
  ASSERT_EQ(listen(descriptor, 1), 0);
  ASSERT_EQ(getsockname(descriptor, generic, &length), 0);
  const World world = Meeting(0, 2, ntohs(address.sin6_port));
  EXPECT_THAT(ProcessGroup::Connect(world, ProcessGroupOptions{}),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr(absl::StrCat(world.leader_port)),
                             HasSubstr("MASTER_PORT"))));
  close(descriptor);
}

TEST(ConnectTest, RanksThatDoNotComeAreNamed) {
  const World world = Meeting(0, 3, FreeTestPort());
  ProcessGroupOptions options;
  options.connect_timeout = std::chrono::milliseconds(300);
  EXPECT_THAT(ProcessGroup::Connect(world, options),
              StatusIs(absl::StatusCode::kDeadlineExceeded,
                       HasSubstr("ranks 1 and 2 of 3 did not come")));
}

TEST(ConnectTest, ALeaderThatIsNotThereIsAnErrorThatNamesTheAddress) {
  const World world = Meeting(1, 2, FreeTestPort());
  ProcessGroupOptions options;
  options.connect_timeout = std::chrono::milliseconds(300);
  EXPECT_THAT(ProcessGroup::Connect(world, options),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("127.0.0.1"),
                             HasSubstr(absl::StrCat(world.leader_port)))));
}

TEST(ConnectTest, OfTwoProcessesThatClaimOneRankTheLaterFails) {
  const int port = FreeTestPort();
  const auto connect = [&](int rank) {
    return std::async(std::launch::async, [rank, port] {
      return ProcessGroup::Connect(Meeting(rank, 2, port), {}).status();
    });
  };
  auto leader = connect(0);
  auto one = connect(1);
  auto other = connect(1);
  const absl::Status first = one.get();
  const absl::Status second = other.get();
  EXPECT_NE(first.ok(), second.ok());
  EXPECT_THAT(
      first.ok() ? second : first,
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2 processes")));
  EXPECT_THAT(leader.get(), IsOk());
}

TEST(ConnectTest, RanksThatDisagreeOnTheirNumberAreAnError) {
  const int port = FreeTestPort();
  ProcessGroupOptions options;
  options.connect_timeout = std::chrono::milliseconds(1500);
  auto other = std::async(std::launch::async, [&] {
    return ProcessGroup::Connect(Meeting(1, 3, port), options).status();
  });
  EXPECT_THAT(ProcessGroup::Connect(Meeting(0, 2, port), options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("rank 1 is one of 3"),
                             HasSubstr("rank 0 one of 2"))));
  EXPECT_THAT(other.get(), Not(IsOk()));
}

}  // namespace
}  // namespace culturemert
