#include "experiments/training/checkpoint.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/full.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/for_each_fault.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kFolder[] = "/run/checkpoints";

// State number `update`.
NamedTensors TensorsOf(std::int64_t update) {
  return {{"first_moment.a", at::full({3}, 0.5 * update, at::kFloat)},
          {"parameter.a", at::full({3}, 1.0 * update, at::kFloat)}};
}

absl::Status Save(Files& files, std::int64_t update,
                  std::optional<double> loss = std::nullopt,
                  const CheckpointOptions& options = {}) {
  ASSIGN_OR_RETURN(const auto store,
                   CheckpointStore::Open(files, kFolder, options));
  CheckpointProgress progress;
  progress.update = update;
  progress.validation_loss = loss;
  progress.details = {{"stage", 1}};
  RETURN_IF_ERROR(store->Save(progress, TensorsOf(update)));
  return store->Wait();
}

std::vector<std::string> Names(Files& files) {
  std::vector<std::string> names;
  const auto entries = files.List(kFolder);
  if (!entries.ok()) return names;
  for (const DirectoryEntry& entry : *entries) names.push_back(entry.name);
  return names;
}

void ExpectLatest(Files& files, std::int64_t update) {
  const auto store = CheckpointStore::Open(files, kFolder, {});
  ASSERT_THAT(store, IsOk());
  ASSERT_TRUE((*store)->latest().has_value());
  const Checkpoint& latest = *(*store)->latest();
  EXPECT_EQ(latest.progress.update, update);
  EXPECT_EQ(latest.progress.details.at("stage"), 1);
  const NamedTensors expected = TensorsOf(update);
  ASSERT_EQ(latest.tensors.size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    EXPECT_TRUE(tensor.equal(latest.tensors.at(name))) << name;
  }
}

TEST(CheckpointStoreTest, StartsWithoutOne) {
  MemoryFiles files;
  const auto store = CheckpointStore::Open(files, kFolder, {});
  ASSERT_THAT(store, IsOk());
  EXPECT_FALSE((*store)->latest().has_value());
  EXPECT_THAT((*store)->warnings(), IsEmpty());
}

TEST(CheckpointStoreTest, GivesBackTheLatest) {
  MemoryFiles files;
  ASSERT_THAT(Save(files, 3), IsOk());
  ExpectLatest(files, 3);
  ASSERT_THAT(Save(files, 12, 4.5), IsOk());
  ExpectLatest(files, 12);
}

TEST(CheckpointStoreTest, WritesWhatTheTensorsWereWhenItWasAsked) {
  MemoryFiles files;
  {
    const auto store = CheckpointStore::Open(files, kFolder, {});
    ASSERT_THAT(store, IsOk());
    NamedTensors tensors = TensorsOf(7);
    CheckpointProgress progress;
    progress.update = 7;
    progress.details = {{"stage", 1}};
    ASSERT_THAT((*store)->Save(progress, tensors), IsOk());
    for (auto& [name, tensor] : tensors) tensor.zero_();
  }
  ExpectLatest(files, 7);
}

TEST(CheckpointStoreTest, KeepsTheLastAndTheBest) {
  MemoryFiles files;
  ASSERT_THAT(Save(files, 1, 5.0), IsOk());
  ASSERT_THAT(Save(files, 2, 3.0), IsOk());
  for (int update = 3; update <= 6; ++update) {
    ASSERT_THAT(Save(files, update, 4.0), IsOk());
  }
  EXPECT_THAT(Names(files), ElementsAre("update-00000002", "update-00000005",
                                        "update-00000006"));
  ASSERT_THAT(Save(files, 7, std::nullopt, {1}), IsOk());
  EXPECT_THAT(Names(files), ElementsAre("update-00000002", "update-00000007"));
}

class DamagedCheckpointTest : public testing::TestWithParam<std::string> {};

TEST_P(DamagedCheckpointTest, IsNamedAndTheOneBeforeIsUsed) {
  MemoryFiles reference;
  ASSERT_THAT(Save(reference, 1), IsOk());
  ASSERT_THAT(Save(reference, 2), IsOk());
  const std::string path =
      absl::StrCat(kFolder, "/update-00000002/", GetParam());
  const std::string whole = reference.Read(path).value();
  for (std::size_t byte = 0; byte < whole.size(); ++byte) {
    MemoryFiles files;
    ASSERT_THAT(Save(files, 1), IsOk());
    ASSERT_THAT(Save(files, 2), IsOk());
    std::string damaged = whole;
    damaged[byte] ^= static_cast<char>(1 << (byte % 7));
    ASSERT_THAT(files.WriteAtomically(path, damaged), IsOk());
    const auto store = CheckpointStore::Open(files, kFolder, {});
    ASSERT_THAT(store, IsOk());
    ASSERT_TRUE((*store)->latest().has_value());
    const Checkpoint& latest = *(*store)->latest();
    EXPECT_EQ(latest.progress.update, 1) << byte;
    EXPECT_TRUE(
        latest.tensors.at("parameter.a").equal(TensorsOf(1).at("parameter.a")));
    EXPECT_THAT((*store)->warnings(),
                ElementsAre(AllOf(HasSubstr("update-00000002"),
                                  HasSubstr("cannot be used"))))
        << byte;
  }
}

INSTANTIATE_TEST_SUITE_P(, DamagedCheckpointTest,
                         testing::Values("state.safetensors", "manifest.json"));

TEST(CheckpointStoreTest, SurvivesEveryFaultAndCrash) {
  FaultScenario scenario;
  scenario.prepare = [](Files& files) {
    ASSERT_THAT(Save(files, 1), IsOk());
    ASSERT_THAT(Save(files, 2), IsOk());
  };
  scenario.run = [](Files& files) { return Save(files, 3); };
  scenario.check = [](MemoryFiles& files, const FaultOutcome& outcome) {
    const auto store = CheckpointStore::Open(files, kFolder, {});
    ASSERT_THAT(store, IsOk());
    EXPECT_THAT((*store)->warnings(), IsEmpty());
    ASSERT_TRUE((*store)->latest().has_value());
    const std::int64_t update = (*store)->latest()->progress.update;
    EXPECT_GE(update, outcome.reported_ok() ? 3 : 2);
    EXPECT_TRUE((*store)
                    ->latest()
                    ->tensors.at("parameter.a")
                    .equal(TensorsOf(update).at("parameter.a")));
  };
  EXPECT_GT(ForEachFault(scenario), 50u);
}

}  // namespace
}  // namespace culturemert
