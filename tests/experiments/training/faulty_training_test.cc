// Trainings whose disk is full or breaks.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/training/tiny_training.h"
#include "tools/base/files/faulty_files.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kFolder[] = "/run";
constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

// Saves after each of its four updates.
TrainingConfig Config() {
  TrainingConfig config = TinyTraining::Config();
  for (StageConfig& stage : config.stages) stage.updates = 2;
  config.validation.times_per_stage = 0;
  config.checkpoint.every_updates = 1;
  return config;
}

absl::StatusOr<TrainingOutcome> Train(
    TinyTraining& tiny, Files& files,
    std::int64_t updates = std::numeric_limits<std::int64_t>::max()) {
  TrainerOptions options;
  options.folder = kFolder;
  options.identity = "tiny";
  options.files = &files;
  options.is_quiet = true;
  options.should_stop = [&updates] { return --updates == 0; };
  tiny.ResetModel();
  return tiny.Run(Config(), options);
}

std::string Metrics(Files& files) {
  return files.Read(JoinPath(kFolder, "metrics.jsonl")).value();
}

std::uint64_t BytesIn(Files& files, const std::string& folder) {
  std::uint64_t bytes = 0;
  const std::vector<DirectoryEntry> entries = files.List(folder).value();
  for (const DirectoryEntry& entry : entries) {
    const std::string path = JoinPath(folder, entry.name);
    bytes += entry.kind == FileKind::kDirectory ? BytesIn(files, path)
                                                : entry.size_bytes;
  }
  return bytes;
}

// What a training that nothing disturbs ends with.
struct Undisturbed {
  std::string weights;
  std::string metrics;
  std::vector<FaultyFiles::Call> calls;
};

const Undisturbed& Reference() {
  static const Undisturbed& reference = *[] {
    TinyTraining tiny;
    MemoryFiles files;
    FaultyFiles counting(files);
    EXPECT_THAT(Train(tiny, counting), IsOk());
    return new Undisturbed{tiny.Weights(), Metrics(files), counting.calls()};
  }();
  return reference;
}

TEST(FaultyTraining, StopsWhenTheDiskIsFullAndSaysHowMuchIsNeeded) {
  TinyTraining tiny;
  MemoryFiles files;
  ASSERT_THAT(Train(tiny, files, 2), IsOk());
  files.set_capacity_bytes(BytesIn(files, kFolder) + 100000);
  EXPECT_THAT(Train(tiny, files),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       AllOf(HasSubstr("cannot save a checkpoint"),
                             HasSubstr("bytes were to be written"),
                             HasSubstr("bytes are free"))));
  files.set_capacity_bytes(kUnlimited);
  const auto outcome = Train(tiny, files);
  ASSERT_THAT(outcome, IsOk());
  EXPECT_EQ(outcome->updates_of_this_run, 2);  // Nothing of before is lost.
  EXPECT_EQ(tiny.Weights(), Reference().weights);
  EXPECT_EQ(Metrics(files), Reference().metrics);
}

// A kind of system call, and which part of the run's calls of that kind.
class BrokenCallTest
    : public testing::TestWithParam<std::tuple<SystemCall, double>> {};

TEST_P(BrokenCallTest, EndsTheRunWithoutLoss) {
  const auto [kind, part] = GetParam();
  TinyTraining tiny;
  std::size_t calls = 0;
  for (const FaultyFiles::Call& call : Reference().calls) {
    if (call.kind == kind) ++calls;
  }
  ASSERT_GT(calls, 0u);
  MemoryFiles files;
  FaultyFiles faulty(files);
  faulty.FailCall(kind,
                  static_cast<std::size_t>(part * static_cast<double>(calls)),
                  Fault::kInputOutputError);
  const auto broken = Train(tiny, faulty);
  ASSERT_EQ(faulty.faults_met(), 1u);
  if (broken.ok()) {
    EXPECT_EQ(tiny.Weights(), Reference().weights);
  }
  files.Crash(CrashMode::kProcessKilled);  // Another one comes.
  const auto repaired = Train(tiny, files);
  ASSERT_THAT(repaired, IsOk());
  EXPECT_EQ(tiny.Weights(), Reference().weights);
  EXPECT_EQ(Metrics(files), Reference().metrics);
}

INSTANTIATE_TEST_SUITE_P(
    , BrokenCallTest,
    testing::Combine(testing::Values(SystemCall::kOpen, SystemCall::kWrite,
                                     SystemCall::kSyncFile,
                                     SystemCall::kRename),
                     testing::Values(0.2, 0.5, 0.95)),
    [](const testing::TestParamInfo<std::tuple<SystemCall, double>>& info) {
      return absl::StrCat("Kind", static_cast<int>(std::get<0>(info.param)),
                          "At",
                          static_cast<int>(100 * std::get<1>(info.param)));
    });

}  // namespace
}  // namespace culturemert
