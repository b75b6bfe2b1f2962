#include "experiments/artifacts/store_upkeep.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/artifacts/tiny_plan.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr char kRoot[] = "/artifacts";

class StoreUpkeepTest : public testing::Test {
 protected:
  StoreUpkeepTest() {
    EXPECT_THAT(RunPlan(plan_, store_, QuietOptions()), IsOk());
  }

  ArtifactId Id(int node) const { return plan_.nodes()[node].artifact(); }

  std::vector<std::string> Prune(const PruneOptions& options) {
    const auto gone = PruneArtifacts(store_, options);
    EXPECT_THAT(gone, IsOk());
    std::vector<std::string> directories;
    if (!gone.ok()) return directories;
    for (const StoredEntry& entry : *gone) {
      directories.push_back(entry.directory);
    }
    return directories;
  }

  bool IsThere(int node) {
    return store_.Find(Id(node), Verification::kSizes).ok();
  }

  MemoryFiles files_;
  ArtifactStore store_{files_, kRoot};
  const Plan plan_ = MakePlan(DiamondNodes());
};

TEST_F(StoreUpkeepTest, ListsWhatIsThereAndNothingElse) {
  ASSERT_THAT(store_.Begin({"write", {1, 2}}, true), IsOk());
  ASSERT_THAT(files_.CreateDirectories("/artifacts/write/notes"), IsOk());
  ASSERT_THAT(files_.CreateDirectories("/artifacts/My notes"), IsOk());
  ASSERT_THAT(files_.WriteAtomically("/artifacts/README", "mine"), IsOk());
  const auto entries = ListArtifacts(store_);
  ASSERT_THAT(entries, IsOk());
  ASSERT_THAT(*entries, SizeIs(5));
  int partial = 0;
  for (const StoredEntry& entry : *entries) {
    partial += entry.kind == StoredKind::kPartial;
    EXPECT_EQ(entry.manifest.has_value(), entry.kind == StoredKind::kArtifact);
    if (entry.manifest.has_value()) {
      EXPECT_GT(entry.size_bytes, entry.manifest->size_bytes());
    }
  }
  EXPECT_EQ(partial, 1);
  ArtifactStore nowhere(files_, "/nowhere");
  EXPECT_THAT(ListArtifacts(nowhere), IsOkAndHolds(IsEmpty()));
}

TEST_F(StoreUpkeepTest, ListsDamageByChecksums) {
  ASSERT_THAT(
      files_.WriteAtomically(JoinPath(store_.DataDirectoryOf(Id(0)), "text"),
                             R"({"text":"A"})"),
      IsOk());
  ArtifactStore other(files_, kRoot);
  const auto entries = ListArtifacts(other, Verification::kChecksums);
  ASSERT_THAT(entries, IsOk());
  int damaged = 0;
  for (const StoredEntry& entry : *entries) {
    if (entry.problem.ok()) continue;
    ++damaged;
    EXPECT_THAT(entry.problem,
                StatusIs(absl::StatusCode::kDataLoss,
                         HasSubstr(store_.DataDirectoryOf(Id(0)))));
  }
  EXPECT_EQ(damaged, 1);
}

TEST_F(StoreUpkeepTest, PrunesNothingButRubbishUnlessTold) {
  ASSERT_THAT(store_.PutAside(Id(0)), IsOk());
  ASSERT_THAT(store_.Begin({"write", {1, 2}}, true), IsOk());
  PruneOptions options;
  const std::vector<std::string> expected = Prune(options);
  EXPECT_THAT(expected, UnorderedElementsAre(HasSubstr(".damaged-1"),
                                             HasSubstr(".partial")));
  // A dry run.
  EXPECT_THAT(Prune(options), SizeIs(2));
  options.is_dry_run = false;
  EXPECT_EQ(Prune(options), expected);
  EXPECT_THAT(Prune(options), IsEmpty());
  EXPECT_TRUE(IsThere(1) && IsThere(2) && IsThere(3));
  EXPECT_THAT(files_.List("/artifacts/write"), IsOkAndHolds(SizeIs(3)));
}

TEST_F(StoreUpkeepTest, WhatACrashLeftIsHeldByNoOne) {
  auto claim = store_.Take({"write", {1, 2}});
  ASSERT_THAT(claim, IsOk());
  ASSERT_THAT(store_.Begin({"write", {1, 2}}, true), IsOk());
  EXPECT_THAT(Prune(PruneOptions()), IsEmpty());
  files_.Crash(CrashMode::kProcessKilled);
  EXPECT_THAT(Prune(PruneOptions()), ElementsAre(HasSubstr(".partial")));
  PruneOptions options;
  options.is_dry_run = false;
  EXPECT_THAT(Prune(options), ElementsAre(HasSubstr(".partial")));
  EXPECT_THAT(files_.List("/artifacts/write"), IsOkAndHolds(SizeIs(4)));
}

TEST_F(StoreUpkeepTest, PrunesWhatIsNotToBeKept) {
  ASSERT_THAT(store_.Begin({"write", {1, 2}}, true), IsOk());
  PruneOptions options;
  options.is_dry_run = false;
  options.keep = {Id(1).key, Id(3).key, ArtifactKey{1, 2}};
  EXPECT_THAT(Prune(options), SizeIs(2));
  EXPECT_FALSE(IsThere(0) || IsThere(2));
  EXPECT_TRUE(IsThere(1) && IsThere(3));
  EXPECT_TRUE(files_.Exists(store_.PartialDirectoryOf({"write", {1, 2}})));
}

TEST_F(StoreUpkeepTest, PrunesWhatIsOldUnlessItIsToBeKept) {
  const auto manifest = store_.Find(Id(0), Verification::kSizes);
  ASSERT_THAT(manifest, IsOk());
  PruneOptions options;
  options.finished_before = manifest->finished;
  EXPECT_THAT(Prune(options), IsEmpty());
  options.finished_before = manifest->finished + absl::Hours(1);
  EXPECT_THAT(Prune(options), SizeIs(4));
  options.keep = {Id(1).key};
  EXPECT_THAT(Prune(options), SizeIs(3));
}

TEST_F(StoreUpkeepTest, RemovesNothingWhileSomeoneIsAtWork) {
  const auto claim = store_.Take({"write", {1, 2}});
  ASSERT_THAT(claim, IsOk());
  PruneOptions options;
  options.keep = std::set<ArtifactKey>();
  EXPECT_THAT(Prune(options), SizeIs(4));
  options.is_dry_run = false;
  EXPECT_THAT(PruneArtifacts(store_, options),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("is at work in it")));
  EXPECT_TRUE(IsThere(0));
}

TEST_F(StoreUpkeepTest, FinishesARemovalThatWasCutOff) {
  ASSERT_THAT(files_.Rename(store_.DirectoryOf(Id(0)),
                            store_.DirectoryOf(Id(0)) + ".removed"),
              IsOk());
  PruneOptions options;
  options.is_dry_run = false;
  EXPECT_THAT(Prune(options), ElementsAre(HasSubstr(".removed")));
  EXPECT_THAT(files_.List("/artifacts/write"), IsOkAndHolds(SizeIs(3)));
}

}  // namespace
}  // namespace culturemert
