#include "experiments/distributed/world.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

using Variables = std::map<std::string, std::string>;

absl::StatusOr<World> WorldOf(const Variables& variables) {
  return WorldFromEnvironment(
      [&](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
      });
}

// `base` with some variables set to another value, or, where that is null,
// taken away.
Variables With(
    Variables base,
    const std::vector<std::pair<std::string, const char*>>& changes) {
  for (const auto& [name, value] : changes) {
    if (value == nullptr) {
      base.erase(name);
    } else {
      base[name] = value;
    }
  }
  return base;
}

const Variables& Torchrun() {
  static const auto& variables = *new Variables{{"RANK", "3"},
                                                {"WORLD_SIZE", "4"},
                                                {"LOCAL_RANK", "1"},
                                                {"MASTER_ADDR", "node07"},
                                                {"MASTER_PORT", "29500"}};
  return variables;
}

const Variables& Slurm() {
  static const auto& variables =
      *new Variables{{"SLURM_PROCID", "5"},
                     {"SLURM_NTASKS", "8"},
                     {"SLURM_LOCALID", "1"},
                     {"SLURM_JOB_ID", "34001"},
                     {"SLURM_JOB_NODELIST", "node[03-05,7],gpu1"}};
  return variables;
}

TEST(WorldTest, WithoutALauncherItIsOneProcess) {
  ASSERT_THAT(WorldOf({}), IsOk());
  const World world = *WorldOf({{"PATH", "/bin"}, {"SLURM_JOB_ID", "7"}});
  EXPECT_EQ(world.rank, 0);
  EXPECT_EQ(world.size, 1);
  EXPECT_EQ(world.leader_host, "");
}

TEST(WorldTest, TorchrunGivesRanksAndLeader) {
  const auto world = WorldOf(Torchrun());
  ASSERT_THAT(world, IsOk());
  EXPECT_EQ(world->rank, 3);
  EXPECT_EQ(world->size, 4);
  EXPECT_EQ(world->local_rank, 1);
  EXPECT_EQ(world->leader_host, "node07");
  EXPECT_EQ(world->leader_port, 29500);
  EXPECT_FALSE(world->launcher_keeps_store);
}

TEST(WorldTest, ALauncherMaySayHowManyProcessesShareThisMachine) {
  const auto unsaid = WorldOf(Torchrun());
  ASSERT_THAT(unsaid, IsOk());
  EXPECT_EQ(unsaid->local_size, 1);
  const auto said = WorldOf(With(Torchrun(), {{"LOCAL_WORLD_SIZE", "2"}}));
  ASSERT_THAT(said, IsOk());
  EXPECT_EQ(said->local_size, 2);
  EXPECT_THAT(WorldOf(With(Torchrun(), {{"LOCAL_WORLD_SIZE", "two"}})),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("LOCAL_WORLD_SIZE=two")));
}

TEST(WorldTest, TorchrunsAgentMayKeepTheStore) {
  const auto world =
      WorldOf(With(Torchrun(), {{"TORCHELASTIC_USE_AGENT_STORE", "True"},
                                {"TORCHELASTIC_RUN_ID", "lyra"},
                                {"TORCHELASTIC_RESTART_COUNT", "2"}}));
  ASSERT_THAT(world, IsOk());
  EXPECT_TRUE(world->launcher_keeps_store);
  EXPECT_EQ(world->run, "lyra.2");
}

TEST(WorldTest, ARestartIsAnotherRun) {
  const auto first = WorldOf(Torchrun());
  const auto second =
      WorldOf(With(Torchrun(), {{"TORCHELASTIC_RESTART_COUNT", "1"}}));
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_NE(first->run, second->run);
}

TEST(WorldTest, OneProcessOfTorchrunNeedsNoLeader) {
  const auto world =
      WorldOf({{"RANK", "0"}, {"WORLD_SIZE", "1"}, {"LOCAL_RANK", "0"}});
  ASSERT_THAT(world, IsOk());
  EXPECT_EQ(world->size, 1);
}

TEST(WorldTest, SlurmGivesRanksAndTheFirstNodeLeads) {
  const auto world = WorldOf(Slurm());
  ASSERT_THAT(world, IsOk());
  EXPECT_EQ(world->rank, 5);
  EXPECT_EQ(world->size, 8);
  EXPECT_EQ(world->local_rank, 1);
  EXPECT_EQ(world->leader_host, "node03");
  EXPECT_EQ(world->leader_port, 15001);
}

TEST(WorldTest, StepsOfOneSlurmJobMeetApart) {
  const auto world = WorldOf(
      With(Slurm(), {{"SLURM_STEP_ID", "2"}, {"SLURM_STEP_NODELIST", "gpu1"}}));
  ASSERT_THAT(world, IsOk());
  EXPECT_EQ(world->leader_host, "gpu1");
  EXPECT_EQ(world->leader_port, 15003);
  EXPECT_NE(world->run, WorldOf(Slurm())->run);
}

TEST(WorldTest, AStatedLeaderWinsOverSlurmsFirstNode) {
  const auto world = WorldOf(
      With(Slurm(), {{"MASTER_ADDR", "10.0.0.9"}, {"MASTER_PORT", "4242"}}));
  ASSERT_THAT(world, IsOk());
  EXPECT_EQ(world->leader_host, "10.0.0.9");
  EXPECT_EQ(world->leader_port, 4242);
}

TEST(WorldTest, TorchrunWinsOverSlurm) {
  Variables both = Slurm();
  both.insert(Torchrun().begin(), Torchrun().end());
  const auto world = WorldOf(both);
  ASSERT_THAT(world, IsOk());
  EXPECT_EQ(world->rank, 3);
  EXPECT_EQ(world->size, 4);
  EXPECT_EQ(world->leader_host, "node07");
}

TEST(WorldTest, ABatchScriptWithoutSrunIsOneProcess) {
  const auto world = WorldOf(
      With(Slurm(), {{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", nullptr}}));
  ASSERT_THAT(world, IsOk());
  EXPECT_EQ(world->size, 1);
}

struct Wrong {
  const char* name;
  Variables variables;
  std::vector<std::string> named;  // In the message.
};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.name; }

class WrongEnvironmentTest : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongEnvironmentTest, IsAnErrorThatNamesTheVariables) {
  for (const std::string& name : GetParam().named) {
    EXPECT_THAT(WorldOf(GetParam().variables),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(name)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Environments, WrongEnvironmentTest,
    ::testing::Values(
        Wrong{"NoRank", With(Torchrun(), {{"RANK", nullptr}}), {"RANK is not"}},
        Wrong{"NoSize",
              With(Torchrun(), {{"WORLD_SIZE", nullptr}}),
              {"WORLD_SIZE is not set"}},
        Wrong{"NoLocalRank",
              With(Torchrun(), {{"LOCAL_RANK", nullptr}}),
              {"LOCAL_RANK is not set"}},
        Wrong{"NoLeader",
              With(Torchrun(),
                   {{"MASTER_ADDR", nullptr}, {"MASTER_PORT", nullptr}}),
              {"MASTER_ADDR is not set", "MASTER_PORT is not set"}},
        Wrong{"OnlyALeader",
              {{"MASTER_ADDR", "a"}, {"MASTER_PORT", "1"}},
              {"RANK is not set", "WORLD_SIZE is not set"}},
        Wrong{"EmptyLeader",
              With(Torchrun(), {{"MASTER_ADDR", ""}}),
              {"MASTER_ADDR is empty"}},
        Wrong{"RankBeyondSize",
              With(Torchrun(), {{"RANK", "4"}}),
              {"RANK=4", "WORLD_SIZE=4"}},
        Wrong{"LocalRankAboveRank",
              With(Torchrun(), {{"LOCAL_RANK", "4"}}),
              {"LOCAL_RANK=4", "RANK=3"}},
        Wrong{"NegativeRank", With(Torchrun(), {{"RANK", "-1"}}), {"RANK=-1"}},
        Wrong{"SizeOfZero",
              With(Torchrun(), {{"WORLD_SIZE", "0"}}),
              {"WORLD_SIZE=0"}},
        Wrong{"NoNumber",
              With(Torchrun(), {{"WORLD_SIZE", "four"}}),
              {"WORLD_SIZE=four"}},
        Wrong{"HugePort",
              With(Torchrun(), {{"MASTER_PORT", "65536"}}),
              {"MASTER_PORT=65536"}},
        Wrong{"NumberBeyondInt",
              With(Torchrun(), {{"RANK", "99999999999999"}}),
              {"RANK=99999999999999"}},
        Wrong{"SlurmWithoutTasks",
              With(Slurm(), {{"SLURM_NTASKS", nullptr}}),
              {"SLURM_NTASKS is not set"}},
        Wrong{"SlurmWithoutNodes",
              With(Slurm(), {{"SLURM_JOB_NODELIST", nullptr}}),
              {"SLURM_JOB_NODELIST is not set"}},
        Wrong{"SlurmWithoutJob",
              With(Slurm(), {{"SLURM_JOB_ID", nullptr}}),
              {"SLURM_JOB_ID is not set"}},
        Wrong{"SlurmJobIsNoNumber",
              With(Slurm(), {{"SLURM_JOB_ID", "x"}}),
              {"SLURM_JOB_ID=x"}},
        Wrong{"SlurmNodesMalformed",
              With(Slurm(), {{"SLURM_JOB_NODELIST", "node[3"}}),
              {"SLURM_JOB_NODELIST=node[3", "no ]"}},
        Wrong{"HalfALeaderForSlurm",
              With(Slurm(), {{"MASTER_ADDR", "a"}}),
              {"MASTER_PORT is not set"}}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace culturemert
