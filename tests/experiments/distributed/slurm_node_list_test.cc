#include "experiments/distributed/slurm_node_list.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

TEST(SlurmNodeListTest, FindsTheFirstHost) {
  const struct {
    const char* list;
    const char* first;
  } kCases[] = {
      {"gpu1", "gpu1"},
      {"node[03-05,7],gpu1", "node03"},
      {"gpu1,node[03-05,7]", "gpu1"},
      {"node[7,03-05]", "node7"},
      {"node[003]", "node003"},
      {"node[08-10]", "node08"},
      {"node[8-10]", "node8"},
      {"rack[2-3]node[01-16]", "rack2node01"},
      {"dgx-a100-[1,4]", "dgx-a100-1"},
      {"r[1-2]-ib.cluster.example", "r1-ib.cluster.example"},
      {"10.0.0.7,10.0.0.8", "10.0.0.7"},
      // Only the first is made, however many there are.
      {"node[0-99999999999999999999999]", "node0"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(FirstSlurmHost(c.list), IsOkAndHolds(std::string(c.first)))
        << c.list;
  }
}

TEST(SlurmNodeListTest, MalformedListsAreErrorsWhereverTheFaultIs) {
  const struct {
    const char* list;
    const char* problem;
  } kCases[] = {
      {"", "no host"},
      {",gpu1", "no host"},
      {"gpu1,", "no host"},
      {"gpu1,,gpu2", "no host"},
      {"node[03-05", "no ]"},
      {"node03]", "no character"},
      {"node[]", "no range"},
      {"node[3-]", "no range"},
      {"node[-3]", "no range"},
      {"node[5-3]", "no range"},
      {"node[1-2-3]", "no range"},
      {"node[a-b]", "no range"},
      {"gpu1,node[1,,2]", "no range"},
      {"node[[1]]", "no range"},
      {"gpu 1", "no character"},
      {"gpu1,x;rm", "no character"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(
        FirstSlurmHost(c.list),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.problem)))
        << c.list;
  }
}

}  // namespace
}  // namespace culturemert
