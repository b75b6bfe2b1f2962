#include "experiments/artifacts/artifact_store.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/for_each_fault.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kRoot[] = "/artifacts";

ArtifactManifest Example() {
  ArtifactManifest manifest;
  manifest.recipe.action = "make";
  manifest.key = *ComputeArtifactKey(manifest.recipe);
  manifest.label = "an example";
  return manifest;
}

// Makes the example; its files are "one" and "deep/two".
absl::Status Make(ArtifactStore& store) {
  ArtifactManifest manifest = Example();
  ASSIGN_OR_RETURN(const std::unique_ptr<Claim> claim,
                   store.Take(manifest.id()));
  ASSIGN_OR_RETURN(const WorkDirectory work,
                   store.Begin(manifest.id(), /*is_resumable=*/true));
  Files& files = store.files();
  RETURN_IF_ERROR(files.WriteAtomically(JoinPath(work.scratch, "step"), "7"));
  RETURN_IF_ERROR(files.CreateDirectories(JoinPath(work.data, "deep")));
  RETURN_IF_ERROR(files.WriteAtomically(JoinPath(work.data, "one"), "first"));
  {
    // Not synced by who writes it.
    ASSIGN_OR_RETURN(const std::unique_ptr<AppendableFile> file,
                     files.OpenToAppend(JoinPath(work.data, "deep", "two")));
    RETURN_IF_ERROR(file->Append(work.is_resumed ? "" : "second"));
    RETURN_IF_ERROR(file->Close());
  }
  return store.Commit(*claim, manifest);
}

class ArtifactStoreTest : public testing::Test {
 protected:
  std::string DataPath(const std::string& name) {
    return JoinPath(store_.DataDirectoryOf(id_), name);
  }
  auto Find(Verification verification) {
    return store_.Find(id_, verification).status();
  }
  void ExpectDamaged(Verification verification, const std::string& message) {
    ArtifactStore other(files_, kRoot);
    EXPECT_THAT(other.Find(id_, verification),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(message)));
  }

  MemoryFiles files_;
  ArtifactStore store_{files_, kRoot};
  const ArtifactId id_ = Example().id();
};

TEST_F(ArtifactStoreTest, KeepsWhatWasMadeWithSizesAndChecksums) {
  EXPECT_THAT(Find(Verification::kSizes),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(kRoot)));
  ASSERT_THAT(Make(store_), IsOk());
  const auto manifest = store_.Find(id_, Verification::kChecksums);
  ASSERT_THAT(manifest, IsOk());
  ASSERT_THAT(manifest->files, SizeIs(2));
  EXPECT_EQ(manifest->files[0].name, "deep/two");
  EXPECT_EQ(manifest->files[0].size_bytes, 6);
  EXPECT_EQ(manifest->files[0].checksum,
            HashBytes(absl::string_view("second")));
  EXPECT_EQ(manifest->files[1].name, "one");
  EXPECT_THAT(files_.Read(DataPath("one")), IsOkAndHolds("first"));
  // No scratch, lock or partial directory is left.
  EXPECT_THAT(files_.List(store_.DirectoryOf(id_)), IsOkAndHolds(SizeIs(2)));
  EXPECT_THAT(files_.List(JoinPath(kRoot, "make")), IsOkAndHolds(SizeIs(1)));
}

TEST_F(ArtifactStoreTest, NamesTheFileThatIsDamaged) {
  ASSERT_THAT(Make(store_), IsOk());
  ASSERT_THAT(files_.WriteAtomically(DataPath("one"), "fIrst"), IsOk());
  EXPECT_THAT(ArtifactStore(files_, kRoot).Find(id_, Verification::kSizes),
              IsOk());
  ExpectDamaged(Verification::kChecksums, DataPath("one"));
  ASSERT_THAT(files_.WriteAtomically(DataPath("one"), "longer"), IsOk());
  ExpectDamaged(Verification::kSizes, absl::StrCat(DataPath("one"),
                                                   " has 6 bytes, its manifest "
                                                   "says 5"));
  ASSERT_THAT(files_.Remove(DataPath("one")), IsOk());
  ExpectDamaged(Verification::kSizes, DataPath("one"));
  ASSERT_THAT(files_.Remove(JoinPath(store_.DirectoryOf(id_), kManifestName)),
              IsOk());
  ExpectDamaged(Verification::kSizes, kManifestName);
}

TEST_F(ArtifactStoreTest, AnArtifactAtAnothersPlaceIsDamage) {
  ASSERT_THAT(Make(store_), IsOk());
  const ArtifactId other = {id_.action, {1, 2}};
  ASSERT_THAT(files_.Rename(store_.DirectoryOf(id_), store_.DirectoryOf(other)),
              IsOk());
  EXPECT_THAT(store_.Find(other, Verification::kSizes),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("was the directory renamed?")));
}

TEST_F(ArtifactStoreTest, ReadsTheBytesOnceAProcess) {
  ASSERT_THAT(Make(store_), IsOk());
  ArtifactStore other(files_, kRoot);
  EXPECT_THAT(other.Find(id_, Verification::kChecksums), IsOk());
  ASSERT_THAT(files_.WriteAtomically(DataPath("one"), "fIrst"), IsOk());
  EXPECT_THAT(other.Find(id_, Verification::kChecksums), IsOk());
  ExpectDamaged(Verification::kChecksums, DataPath("one"));
}

TEST_F(ArtifactStoreTest, PutsAsideUnderEverNewNames) {
  for (int i = 1; i <= 3; ++i) {
    ASSERT_THAT(Make(store_), IsOk());
    EXPECT_THAT(
        store_.PutAside(id_),
        IsOkAndHolds(absl::StrCat(store_.DirectoryOf(id_), ".damaged-", i)));
  }
  EXPECT_THAT(Find(Verification::kSizes),
              StatusIs(absl::StatusCode::kNotFound, testing::_));
}

TEST_F(ArtifactStoreTest, OnlyResumableActionsFindWhatTheyHadWritten) {
  auto work = store_.Begin(id_, true);
  ASSERT_THAT(work, IsOk());
  EXPECT_FALSE(work->is_resumed);
  ASSERT_THAT(files_.WriteAtomically(JoinPath(work->data, "x"), "1"), IsOk());
  work = store_.Begin(id_, true);
  ASSERT_THAT(work, IsOk());
  EXPECT_TRUE(work->is_resumed);
  EXPECT_THAT(files_.List(work->data), IsOkAndHolds(SizeIs(1)));
  work = store_.Begin(id_, false);
  ASSERT_THAT(work, IsOk());
  EXPECT_FALSE(work->is_resumed);
  EXPECT_THAT(files_.List(work->data), IsOkAndHolds(SizeIs(0)));
}

TEST_F(ArtifactStoreTest, AnUnfinishedFileIsNoPartOfAnArtifact) {
  ArtifactManifest manifest = Example();
  const auto claim = store_.Take(id_);
  ASSERT_THAT(claim, IsOk());
  const auto work = store_.Begin(id_, true);
  ASSERT_THAT(work, IsOk());
  const auto writer = files_.CreateAtomically(JoinPath(work->data, "x"));
  ASSERT_THAT(writer, IsOk());
  EXPECT_THAT(store_.Commit(**claim, manifest),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("finished files and directories only")));
}

TEST_F(ArtifactStoreTest, NothingIsPutInPlaceWithoutTheClaim) {
  ArtifactManifest manifest = Example();
  const auto claim = store_.Take(id_);
  ASSERT_THAT(claim, IsOk());
  ASSERT_THAT(store_.Begin(id_, true), IsOk());
  ASSERT_THAT(files_.WriteAtomically((*claim)->path() + ".lock", "other's"),
              IsOk());
  EXPECT_THAT(store_.Commit(**claim, manifest),
              StatusIs(absl::StatusCode::kAborted, testing::_));
  EXPECT_THAT(Find(Verification::kSizes),
              StatusIs(absl::StatusCode::kNotFound, testing::_));
}

TEST(ArtifactStoreFaultTest, IsWholeOrNotThereWhateverFails) {
  FaultScenario scenario;
  scenario.run = [](Files& files) {
    ArtifactStore store(files, kRoot);
    return Make(store);
  };
  scenario.check = [](MemoryFiles& files, const FaultOutcome& outcome) {
    // The next process: a lock that could not be removed is a dead one's.
    files.Crash(CrashMode::kProcessKilled);
    ArtifactStore store(files, kRoot);
    const ArtifactId id = Example().id();
    const absl::Status found =
        store.Find(id, Verification::kChecksums).status();
    EXPECT_TRUE(found.ok() || absl::IsNotFound(found)) << found;
    EXPECT_TRUE(found.ok() || !outcome.reported_ok());
    if (found.ok()) {
      EXPECT_THAT(files.Read(JoinPath(store.DataDirectoryOf(id), "one")),
                  IsOkAndHolds("first"));
      EXPECT_THAT(files.Read(JoinPath(store.DataDirectoryOf(id), "deep/two")),
                  IsOkAndHolds("second"));
    }
    EXPECT_THAT(store.Take(id), IsOk());
  };
  EXPECT_GT(ForEachFault(scenario), 100);
}

}  // namespace
}  // namespace culturemert
