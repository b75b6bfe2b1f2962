// What every Files does alike: each test runs over the machine's file system
// and over the one in memory.

#include "tools/base/files/files.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tools/base/files/file_systems.h"
#include "tools/base/files/paths.h"
#include "tools/base/files/temporary_names.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class FilesTest
    : public testing::TestWithParam<std::unique_ptr<FileSystem> (*)()> {
 protected:
  std::string Path(absl::string_view name) { return system_->Path(name); }
  std::vector<std::string> Names() { return system_->Names(); }

  const std::unique_ptr<FileSystem> system_ = GetParam()();
  Files& files_ = system_->files();
};

INSTANTIATE_TEST_SUITE_P(Real, FilesTest,
                         testing::Values(&FileSystem::MakeReal));
INSTANTIATE_TEST_SUITE_P(Memory, FilesTest,
                         testing::Values(&FileSystem::MakeMemory));

std::string TextOf(const MappedFile& file) {
  return std::string(file.bytes().begin(), file.bytes().end());
}

// Bytes whose every part is told from every other.
std::string Noise(std::size_t size_bytes) {
  std::string bytes(size_bytes, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

TEST_P(FilesTest, ReadsWhatWasWrittenOfAnySize) {
  for (const std::size_t size_bytes :
       {0u, 1u, 14u, 15u, 16u, 4096u, 65535u, 65536u, 65537u, 5'000'000u}) {
    const std::string contents = Noise(size_bytes);
    ASSERT_THAT(files_.WriteAtomically(Path("a"), contents), IsOk());
    const auto read = files_.Read(Path("a"));
    ASSERT_THAT(read, IsOk());
    EXPECT_TRUE(*read == contents) << size_bytes;
  }
  EXPECT_THAT(Names(), ElementsAre("a"));
}

TEST_P(FilesTest, ReplacesTheWholeContents) {
  ASSERT_THAT(files_.WriteAtomically(Path("a"), "a longer text"), IsOk());
  ASSERT_THAT(files_.WriteAtomically(Path("a"), "short"), IsOk());
  EXPECT_THAT(files_.Read(Path("a")), IsOkAndHolds("short"));
}

TEST_P(FilesTest, RefusesToReadMoreThanAllowed) {
  ASSERT_THAT(files_.WriteAtomically(Path("a"), "12345"), IsOk());
  EXPECT_THAT(files_.Read(Path("a"), 5), IsOkAndHolds("12345"));
  EXPECT_THAT(files_.Read(Path("a"), 4),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       AllOf(HasSubstr(Path("a")), HasSubstr("4 bytes"))));
}

TEST_P(FilesTest, AMissingFileIsNotFoundAndNamed) {
  const std::string path = Path("no");
  const std::string reason = path + ": No such file or directory";
  EXPECT_THAT(files_.Read(path),
              StatusIs(absl::StatusCode::kNotFound, "cannot read " + reason));
  EXPECT_THAT(files_.Map(path),
              StatusIs(absl::StatusCode::kNotFound, "cannot map " + reason));
  EXPECT_THAT(files_.Info(path), StatusIs(absl::StatusCode::kNotFound,
                                          "cannot look at " + reason));
  EXPECT_THAT(files_.List(path),
              StatusIs(absl::StatusCode::kNotFound, "cannot list " + reason));
  EXPECT_THAT(files_.Remove(path),
              StatusIs(absl::StatusCode::kNotFound, "cannot remove " + reason));
  EXPECT_THAT(files_.Rename(path, Path("b")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(path)));
  EXPECT_FALSE(files_.Exists(path));
}

TEST_P(FilesTest, AMissingDirectoryIsNotFoundAndNamed) {
  const std::string path = Path("no/a");
  EXPECT_THAT(files_.WriteAtomically(path, "x"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(path)));
  EXPECT_THAT(files_.OpenToAppend(path),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(path)));
  EXPECT_THAT(files_.Lock(path),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(path)));
}

TEST_P(FilesTest, ADirectoryIsNoFile) {
  ASSERT_THAT(files_.CreateDirectories(Path("d/e")), IsOk());
  const auto is_directory =
      StatusIs(absl::StatusCode::kFailedPrecondition,
               AllOf(HasSubstr(Path("d")), HasSubstr("Is a directory")));
  EXPECT_THAT(files_.Read(Path("d")), is_directory);
  EXPECT_THAT(files_.Map(Path("d")), is_directory);
  EXPECT_THAT(files_.WriteAtomically(Path("d"), "x"), is_directory);
  EXPECT_THAT(files_.WriteAtomically(Path("d/"), "x"), is_directory);
  EXPECT_THAT(files_.OpenToAppend(Path("d")), is_directory);
  EXPECT_THAT(files_.Lock(Path("d")), is_directory);
  EXPECT_THAT(Names(), ElementsAre("d"));
}

TEST_P(FilesTest, AFileIsNoDirectory) {
  ASSERT_THAT(files_.WriteAtomically(Path("a"), "x"), IsOk());
  const auto not_directory = StatusIs(absl::StatusCode::kFailedPrecondition,
                                      HasSubstr("Not a directory"));
  EXPECT_THAT(files_.List(Path("a")), not_directory);
  EXPECT_THAT(files_.Read(Path("a/b")), not_directory);
  EXPECT_THAT(files_.WriteAtomically(Path("a/b"), "x"), not_directory);
  EXPECT_THAT(files_.CreateDirectories(Path("a")), not_directory);
  EXPECT_THAT(files_.CreateDirectories(Path("a/b")), not_directory);
  EXPECT_FALSE(files_.Exists(Path("a/b")));
}

TEST_P(FilesTest, RefusesWhatIsNoPath) {
  for (const std::string& path : {std::string(), std::string("a\0b", 3)}) {
    const auto is_refused =
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("path"));
    EXPECT_THAT(files_.Read(path), is_refused);
    EXPECT_THAT(files_.Map(path), is_refused);
    EXPECT_THAT(files_.WriteAtomically(path, ""), is_refused);
    EXPECT_THAT(files_.CreateAtomically(path), is_refused);
    EXPECT_THAT(files_.OpenToAppend(path), is_refused);
    EXPECT_THAT(files_.List(path), is_refused);
    EXPECT_THAT(files_.Info(path), is_refused);
    EXPECT_THAT(files_.CreateDirectories(path), is_refused);
    EXPECT_THAT(files_.Remove(path), is_refused);
    EXPECT_THAT(files_.RemoveTree(path), is_refused);
    EXPECT_THAT(files_.Rename(path, Path("a")), is_refused);
    EXPECT_THAT(files_.Rename(Path("a"), path), is_refused);
    EXPECT_THAT(files_.Lock(path), is_refused);
    EXPECT_THAT(files_.FreeSpaceBytes(path), is_refused);
    EXPECT_THAT(files_.RemoveStaleTemporaries(path), is_refused);
    EXPECT_FALSE(files_.Exists(path));
  }
}

TEST_P(FilesTest, ANameTooLongIsRefused) {
  EXPECT_THAT(files_.WriteAtomically(Path(std::string(256, 'x')), "x"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("File name too long")));
  EXPECT_THAT(files_.WriteAtomically(Path(std::string(255, 'x')), "x"), IsOk());
}

TEST_P(FilesTest, AMapShowsTheBytes) {
  ASSERT_THAT(files_.WriteAtomically(Path("a"), "12345"), IsOk());
  for (const MapAccess access :
       {MapAccess::kNormal, MapAccess::kSequential, MapAccess::kRandom}) {
    const auto map = files_.Map(Path("a"), access);
    ASSERT_THAT(map, IsOk());
    EXPECT_EQ(TextOf(**map), "12345");
  }
}

TEST_P(FilesTest, AMapOfAnEmptyFileIsEmpty) {
  ASSERT_THAT(files_.WriteAtomically(Path("a"), ""), IsOk());
  const auto map = files_.Map(Path("a"));
  ASSERT_THAT(map, IsOk());
  EXPECT_THAT((*map)->bytes(), IsEmpty());
}

TEST_P(FilesTest, AMapStaysWhenTheFileIsReplacedOrRemoved) {
  ASSERT_THAT(files_.WriteAtomically(Path("a"), "old"), IsOk());
  const auto map = files_.Map(Path("a"));
  ASSERT_THAT(map, IsOk());
  ASSERT_THAT(files_.WriteAtomically(Path("a"), "new and longer"), IsOk());
  EXPECT_EQ(TextOf(**map), "old");
  ASSERT_THAT(files_.Remove(Path("a")), IsOk());
  EXPECT_EQ(TextOf(**map), "old");
}

TEST_P(FilesTest, AnAtomicWriterShowsNothingBeforeItsCommit) {
  ASSERT_THAT(files_.WriteAtomically(Path("a"), "old"), IsOk());
  auto writer = files_.CreateAtomically(Path("a"));
  ASSERT_THAT(writer, IsOk());
  const std::string big = Noise(200'000);
  ASSERT_THAT((*writer)->Append("begin"), IsOk());
  ASSERT_THAT((*writer)->Append(big), IsOk());
  ASSERT_THAT((*writer)->Append("end"), IsOk());
  EXPECT_THAT(files_.Read(Path("a")), IsOkAndHolds("old"));
  ASSERT_THAT((*writer)->Commit(), IsOk());
  EXPECT_THAT(files_.Read(Path("a")), IsOkAndHolds("begin" + big + "end"));
  EXPECT_THAT(Names(), ElementsAre("a"));
}

TEST_P(FilesTest, AnAtomicWriterIsDoneAfterItsCommit) {
  auto writer = files_.CreateAtomically(Path("a"));
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Commit(), IsOk());
  const auto is_refused =
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(Path("a")));
  EXPECT_THAT((*writer)->Append("x"), is_refused);
  EXPECT_THAT((*writer)->Commit(), is_refused);
  writer->reset();
  EXPECT_THAT(files_.Read(Path("a")), IsOkAndHolds(""));
}

TEST_P(FilesTest, AnUncommittedAtomicWriterLeavesNoTrace) {
  {
    auto writer = files_.CreateAtomically(Path("a"));
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT((*writer)->Append(Noise(100'000)), IsOk());
    const std::vector<std::string> names = Names();
    ASSERT_EQ(names.size(), 1u);
    EXPECT_TRUE(IsTemporaryName(names[0])) << names[0];
  }
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_P(FilesTest, TwoAtomicWritersOfOnePathDoNotMix) {
  auto first = files_.CreateAtomically(Path("a"));
  auto second = files_.CreateAtomically(Path("a"));
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  ASSERT_THAT((*first)->Append("first"), IsOk());
  ASSERT_THAT((*second)->Append("second"), IsOk());
  ASSERT_THAT((*second)->Commit(), IsOk());
  EXPECT_THAT(files_.Read(Path("a")), IsOkAndHolds("second"));
  ASSERT_THAT((*first)->Commit(), IsOk());
  EXPECT_THAT(files_.Read(Path("a")), IsOkAndHolds("first"));
}

TEST_P(FilesTest, AppendingGoesOnWhereTheFileEnded) {
  for (const char* line : {"one\n", "two\n"}) {
    auto file = files_.OpenToAppend(Path("log"));
    ASSERT_THAT(file, IsOk());
    ASSERT_THAT((*file)->Append(line), IsOk());
    ASSERT_THAT((*file)->Close(), IsOk());
    EXPECT_THAT((*file)->Close(), IsOk());
    EXPECT_THAT((*file)->Append("x"),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("closed already")));
  }
  EXPECT_THAT(files_.Read(Path("log")), IsOkAndHolds("one\ntwo\n"));
}

TEST_P(FilesTest, AppendedBytesAreSeenAfterFlushSyncAndDestruction) {
  auto file = files_.OpenToAppend(Path("log"));
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT((*file)->Append("a"), IsOk());
  EXPECT_THAT(files_.Read(Path("log")), IsOkAndHolds(""));
  ASSERT_THAT((*file)->Flush(), IsOk());
  EXPECT_THAT(files_.Read(Path("log")), IsOkAndHolds("a"));
  ASSERT_THAT((*file)->Append("b"), IsOk());
  ASSERT_THAT((*file)->Sync(), IsOk());
  EXPECT_THAT(files_.Read(Path("log")), IsOkAndHolds("ab"));
  ASSERT_THAT((*file)->Append("c"), IsOk());
  file->reset();
  EXPECT_THAT(files_.Read(Path("log")), IsOkAndHolds("abc"));
}

TEST_P(FilesTest, TwoAppendersOfOneFileDoNotOverwriteEachOther) {
  auto first = files_.OpenToAppend(Path("log"));
  auto second = files_.OpenToAppend(Path("log"));
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  for (AppendableFile* file : {first->get(), second->get(), first->get()}) {
    ASSERT_THAT(file->Append("x"), IsOk());
    ASSERT_THAT(file->Flush(), IsOk());
  }
  EXPECT_THAT(files_.Read(Path("log")), IsOkAndHolds("xxx"));
}

TEST_P(FilesTest, AListIsSortedByBytesAndTellsKindsAndSizes) {
  for (const char* name : {"b", "B", "a.txt", "\xc3\xa9", "a"}) {
    ASSERT_THAT(files_.WriteAtomically(Path(name), name), IsOk());
  }
  ASSERT_THAT(files_.CreateDirectories(Path("a-directory/x")), IsOk());
  EXPECT_THAT(Names(),
              ElementsAre("B", "a", "a-directory", "a.txt", "b", "\xc3\xa9"));
  const auto entries = files_.List(Path("."));
  ASSERT_THAT(entries, IsOk());
  for (const DirectoryEntry& entry : *entries) {
    const bool is_directory = entry.name == "a-directory";
    EXPECT_EQ(entry.kind,
              is_directory ? FileKind::kDirectory : FileKind::kFile);
    EXPECT_EQ(entry.size_bytes, is_directory ? 0 : entry.name.size());
  }
}

TEST_P(FilesTest, InfoTellsKindSizeAndPermissions) {
  ASSERT_THAT(files_.WriteAtomically(Path("a"), "12345"), IsOk());
  const auto file = files_.Info(Path("a"));
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->kind, FileKind::kFile);
  EXPECT_EQ(file->size_bytes, 5u);
  EXPECT_EQ(file->permissions & 0600, 0600u);
  const auto directory = files_.Info(Path(""));
  ASSERT_THAT(directory, IsOk());
  EXPECT_EQ(directory->kind, FileKind::kDirectory);
  EXPECT_EQ(directory->size_bytes, 0u);
}

TEST_P(FilesTest, CreateDirectoriesMakesAllParentsAndAcceptsWhatExists) {
  for (const char* name : {"d/e/f", "d/e/f", "d/e/f/", "d//e///g//", "d/./h"}) {
    EXPECT_THAT(files_.CreateDirectories(Path(name)), IsOk()) << name;
  }
  for (const char* name : {"d/e/f", "d/e/g", "d/h"}) {
    EXPECT_TRUE(files_.Exists(Path(name))) << name;
  }
  EXPECT_THAT(files_.CreateDirectories("/"), IsOk());
  EXPECT_THAT(files_.CreateDirectories("."), IsOk());
}

TEST_P(FilesTest, RemoveTakesFilesAndEmptyDirectoriesOnly) {
  ASSERT_THAT(files_.CreateDirectories(Path("d")), IsOk());
  ASSERT_THAT(files_.WriteAtomically(Path("d/a"), "x"), IsOk());
  EXPECT_THAT(files_.Remove(Path("d")),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("Directory not empty")));
  EXPECT_THAT(files_.Remove(Path("d/a")), IsOk());
  EXPECT_THAT(files_.Remove(Path("d")), IsOk());
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_P(FilesTest, RemoveTreeTakesAllOfItAndNothingElse) {
  ASSERT_THAT(files_.CreateDirectories(Path("d/e/f")), IsOk());
  ASSERT_THAT(files_.CreateDirectories(Path("d/g")), IsOk());
  for (const char* name : {"d/a", "d/e/b", "d/e/f/c", "stays"}) {
    ASSERT_THAT(files_.WriteAtomically(Path(name), "x"), IsOk());
  }
  EXPECT_THAT(files_.RemoveTree(Path("d/")), IsOk());
  EXPECT_THAT(Names(), ElementsAre("stays"));
  EXPECT_THAT(files_.RemoveTree(Path("d")), IsOk());
  EXPECT_THAT(files_.RemoveTree(Path("stays")), IsOk());
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_P(FilesTest, RemoveTreeTakesAPathThatEndsInADot) {
  ASSERT_THAT(files_.CreateDirectories(Path("d/e")), IsOk());
  EXPECT_THAT(files_.RemoveTree(Path("d/.//")), IsOk());
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_P(FilesTest, RemoveTreeRefusesAPathThatEndsAboveItsName) {
  ASSERT_THAT(files_.CreateDirectories(Path("d/e")), IsOk());
  for (const char* name : {"d/e/..", "d/e/../", "d/e/..//.", "d/e/.././/./"}) {
    EXPECT_THAT(
        files_.RemoveTree(Path(name)),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(Path(name))));
  }
  EXPECT_TRUE(files_.Exists(Path("d/e")));
}

TEST_P(FilesTest, RenameMovesFilesAndDirectories) {
  ASSERT_THAT(files_.CreateDirectories(Path("d/e")), IsOk());
  ASSERT_THAT(files_.WriteAtomically(Path("d/e/a"), "x"), IsOk());
  ASSERT_THAT(files_.WriteAtomically(Path("b"), "replaced"), IsOk());
  EXPECT_THAT(files_.Rename(Path("d/e/a"), Path("b")), IsOk());
  EXPECT_THAT(files_.Read(Path("b")), IsOkAndHolds("x"));
  EXPECT_THAT(files_.Rename(Path("d"), Path("f")), IsOk());
  EXPECT_THAT(Names(), ElementsAre("b", "f"));
  EXPECT_TRUE(files_.Exists(Path("f/e")));
}

TEST_P(FilesTest, RenameRefusesWhatDoesNotFit) {
  ASSERT_THAT(files_.CreateDirectories(Path("d/e")), IsOk());
  ASSERT_THAT(files_.CreateDirectories(Path("empty")), IsOk());
  ASSERT_THAT(files_.WriteAtomically(Path("a"), "x"), IsOk());
  const auto refused = [&](const char* from, const char* to,
                           absl::StatusCode code) {
    EXPECT_THAT(
        files_.Rename(Path(from), Path(to)),
        StatusIs(code, AllOf(HasSubstr(Path(from)), HasSubstr(Path(to)))));
  };
  refused("a", "d", absl::StatusCode::kFailedPrecondition);
  refused("d", "a", absl::StatusCode::kFailedPrecondition);
  refused("d", "d/e/f", absl::StatusCode::kInvalidArgument);
  refused("a", "no/b", absl::StatusCode::kNotFound);
  EXPECT_FALSE(files_.Rename(Path("empty"), Path("d")).ok());
  EXPECT_THAT(files_.Rename(Path("a"), Path("a")), IsOk());
  EXPECT_THAT(files_.Rename(Path("d"), Path("empty")), IsOk());
  EXPECT_THAT(Names(), ElementsAre("a", "empty"));
}

TEST_P(FilesTest, FreeSpaceIsThatOfTheNearestParentThatExists) {
  const auto here = files_.FreeSpaceBytes(Path(""));
  ASSERT_THAT(here, IsOk());
  EXPECT_GT(*here, 0u);
  EXPECT_THAT(files_.FreeSpaceBytes(Path("not/yet/made")), IsOk());
}

TEST_P(FilesTest, TemporariesOfThisProcessAreNotStale) {
  auto writer = files_.CreateAtomically(Path("a"));
  ASSERT_THAT(writer, IsOk());
  EXPECT_THAT(files_.RemoveStaleTemporaries(Path("")), IsOkAndHolds(0));
  ASSERT_THAT((*writer)->Commit(), IsOk());
  EXPECT_THAT(Names(), ElementsAre("a"));
}

TEST_P(FilesTest, TemporariesOfDeadProcessesAreRemovedAndNothingElse) {
  ProcessIdentity dead = files_.system_calls().ThisProcess();
  dead.boot = "before";
  ProcessIdentity foreign = dead;
  foreign.host = "elsewhere";
  const std::string stays = TemporaryName("a", foreign, 2);
  for (const std::string& name :
       {TemporaryName("a", dead, 1), stays, std::string("a.tmp")}) {
    ASSERT_THAT(files_.WriteAtomically(Path(name), "x"), IsOk());
  }
  EXPECT_THAT(files_.RemoveStaleTemporaries(Path("")), IsOkAndHolds(1));
  EXPECT_THAT(Names(), ElementsAre(stays, "a.tmp"));
}

}  // namespace
}  // namespace culturemert
