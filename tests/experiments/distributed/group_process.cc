// One rank of a test: group_process SCENARIO RESULT_FILE.

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "experiments/distributed/process_group.h"
#include "experiments/distributed/world.h"
#include "tests/experiments/distributed/bucket_scenarios.h"
#include "tools/base/hash/hash.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using std::chrono::milliseconds;

// What a scenario found: text that the test compares.
using Found = absl::StatusOr<std::string>;
using Scenario = std::function<Found(ProcessGroup& group)>;

std::string result_path;

void SayReady() { std::ofstream(result_path + ".ready") << "ready"; }

std::string Hash(const at::Tensor& tensor) {
  const at::Tensor contiguous = tensor.contiguous();
  return HashBytes(absl::string_view(
                       static_cast<const char*>(contiguous.const_data_ptr()),
                       contiguous.nbytes()))
      .ToHex();
}

// Terms whose sum depends on the order of additions.
at::Tensor RandomTerms(int rank, std::int64_t count) {
  at::Tensor terms = at::empty({count}, at::kFloat);
  float* data = terms.mutable_data_ptr<float>();
  const RandomStream stream(/*seed=*/17, static_cast<std::uint64_t>(rank));
  for (std::int64_t i = 0; i < count; ++i) {
    const float scale = i % 3 == 0 ? 1e6f : 1.0f;
    data[i] = scale * static_cast<float>(stream.UniformDouble(i) - 0.5);
  }
  return terms;
}

Found Sum(ProcessGroup& group) {
  const int rank = group.rank();
  const at::Tensor numbers = at::arange(5, at::kFloat).add_(10.0 * rank);
  const at::Tensor counts = at::full({2, 3}, 1 + rank, at::kLong);
  // Every second column: not contiguous.
  const at::Tensor strided =
      at::full({3, 4}, rank, at::kDouble).slice(1, 0, 4, 2);
  const at::Tensor none = at::empty({0}, at::kFloat);
  RETURN_IF_ERROR(group.SumInPlace({numbers, counts, none, strided}));
  return absl::StrCat(
      "numbers ",
      absl::StrJoin(std::vector<float>(numbers.data_ptr<float>(),
                                       numbers.data_ptr<float>() + 5),
                    ","),
      " counts ", counts.min().item<std::int64_t>(), "-",
      counts.max().item<std::int64_t>(), " strided ",
      strided.min().item<double>(), "-", strided.max().item<double>());
}

// Ten sums of the same hard terms, with ranks that come in all orders, also
// in several calls and as one process computes it: all hashes found.
Found Bits(ProcessGroup& group) {
  constexpr std::int64_t kCount = 10007;
  const at::Tensor terms = RandomTerms(group.rank(), kCount);
  at::Tensor alone = RandomTerms(0, kCount);
  for (int rank = 1; rank < group.size(); ++rank) {
    alone.add_(RandomTerms(rank, kCount));
  }
  std::set<std::string> hashes = {Hash(alone)};
  for (int run = 0; run < 10; ++run) {
    std::this_thread::sleep_for(
        milliseconds((group.rank() * 7 + run * 3) % 11));
    const at::Tensor whole = terms.clone();
    RETURN_IF_ERROR(group.SumInPlace({whole}));
    const at::Tensor parts = terms.clone();
    RETURN_IF_ERROR(group.SumInPlace({parts.slice(0, 0, 13)}));
    RETURN_IF_ERROR(group.SumInPlace(
        {parts.slice(0, 13, 5000), parts.slice(0, 5000, kCount)}));
    hashes.insert({Hash(whole), Hash(parts)});
  }
  return absl::StrJoin(hashes, " ");
}

Found Broadcast(ProcessGroup& group) {
  const at::Tensor a = at::full({3}, 1 + group.rank(), at::kFloat);
  const at::Tensor b = at::full({2, 2}, 7 + group.rank(), at::kDouble);
  RETURN_IF_ERROR(group.Broadcast({a, b}));
  return absl::StrCat(a.sum().item<float>(), " ", b.sum().item<double>());
}

Found Gather(ProcessGroup& group) {
  std::string found;
  for (int i = 0; i < 3; ++i) {
    ASSIGN_OR_RETURN(const std::vector<std::string> texts,
                     group.Gather(absl::StrCat(i, group.rank(), "\n")));
    absl::StrAppend(&found, absl::StrJoin(texts, ","));
  }
  return found;
}

Found Barrier(ProcessGroup& group) {
  RETURN_IF_ERROR(group.Barrier("same"));
  RETURN_IF_ERROR(
      group.Barrier(group.rank() == 0 ? "checkpoint" : "end of epoch"));
  return "passed";
}

// Rank 0 does other work for longer than any call may take.
Found Announcements(ProcessGroup& group) {
  if (group.rank() == 0) {
    std::this_thread::sleep_for(milliseconds(2500));
    RETURN_IF_ERROR(group.Announce("first"));
    RETURN_IF_ERROR(group.Announce("second"));
    RETURN_IF_ERROR(group.Barrier("heard"));
    return "said";
  }
  ASSIGN_OR_RETURN(const std::string first, group.AwaitAnnouncement());
  ASSIGN_OR_RETURN(const std::string second, group.AwaitAnnouncement());
  RETURN_IF_ERROR(group.Barrier("heard"));
  return absl::StrCat(first, ", ", second);
}

// The others wait for what never comes.
Found AwaitUntilLost(ProcessGroup& group) {
  SayReady();
  if (group.rank() == 0) std::this_thread::sleep_for(std::chrono::minutes(1));
  return group.AwaitAnnouncement();
}

Found LeaderLeavesSilently(ProcessGroup& group) {
  if (group.rank() == 0) return "left";
  return group.AwaitAnnouncement();
}

// Sums until something goes wrong, as a trainer does. Rank 1 takes no part in
// the last one: it is killed meanwhile.
Found SumUntilLost(ProcessGroup& group) {
  const at::Tensor tensor = at::full({100}, 1.0);
  RETURN_IF_ERROR(group.SumInPlace({tensor}));
  SayReady();
  if (group.rank() == 1) std::this_thread::sleep_for(std::chrono::minutes(1));
  RETURN_IF_ERROR(group.SumInPlace({tensor}));
  return "summed";
}

Found OneGivesUp(ProcessGroup& group) {
  const at::Tensor tensor = at::full({100}, 1.0);
  RETURN_IF_ERROR(group.SumInPlace({tensor}));
  if (group.rank() == 1) return group.Abort("cannot write epoch.pt: disk full");
  RETURN_IF_ERROR(group.SumInPlace({tensor}));
  return "summed";
}

Found LeaderGivesUp(ProcessGroup& group) {
  if (group.rank() == 0) return group.Abort("loss is not finite");
  RETURN_IF_ERROR(group.Barrier("epoch"));
  return "passed";
}

Found OneLeaves(ProcessGroup& group) {
  if (group.rank() == 1) return "left";
  RETURN_IF_ERROR(group.Barrier("epoch"));
  return "passed";
}

// Rank 1 lives but does not come.
Found OneHangs(ProcessGroup& group) {
  if (group.rank() == 1) {
    std::this_thread::sleep_for(milliseconds(2500));
    return "slept";
  }
  RETURN_IF_ERROR(group.SumInPlace({at::full({100}, 1.0)}));
  return "summed";
}

const std::map<std::string, Scenario>& Scenarios() {
  static const auto& scenarios = *new std::map<std::string, Scenario>{
      {"sum", Sum},
      {"bits", Bits},
      {"broadcast", Broadcast},
      {"gather", Gather},
      {"barrier", Barrier},
      {"announcements", Announcements},
      {"await_until_lost", AwaitUntilLost},
      {"leader_leaves_silently", LeaderLeavesSilently},
      {"sum_until_lost", SumUntilLost},
      {"one_gives_up", OneGivesUp},
      {"leader_gives_up", LeaderGivesUp},
      {"one_leaves", OneLeaves},
      {"one_hangs", OneHangs},
      {"buckets", BucketsAgainstPlainSum},
      {"buckets_during_backward", BucketsDuringBackward},
      {"buckets_of_other_parameters", BucketsOfOtherParameters},
      {"buckets_backward_twice", BucketsBackwardTwice},
      {"buckets_lost", BucketsWithALostRank},
  };
  return scenarios;
}

Found RunScenario(const std::string& name) {
  const auto scenario = Scenarios().find(name);
  if (scenario == Scenarios().end()) {
    return absl::InvalidArgumentError("no such scenario: " + name);
  }
  ASSIGN_OR_RETURN(const World world, WorldFromEnvironment());
  ProcessGroupOptions options;
  options.connect_timeout = milliseconds(20000);
  const bool is_impatient = name == "one_hangs" || name == "announcements";
  options.timeout = milliseconds(is_impatient ? 1500 : 20000);
  options.silence = milliseconds(is_impatient ? 1000 : 1500);
  ASSIGN_OR_RETURN(const auto group, ProcessGroup::Connect(world, options));
  return scenario->second(*group);
}

}  // namespace
}  // namespace culturemert

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  culturemert::result_path = argv[2];
  const auto found = culturemert::RunScenario(argv[1]);
  std::ofstream(argv[2]) << (found.ok() ? *found : found.status().ToString());
  return found.ok() ? 0 : 1;
}
