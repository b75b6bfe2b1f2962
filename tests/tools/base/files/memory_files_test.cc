// What MemoryFiles forgets in a crash, and how its disk fills up.

#include "tools/base/files/memory_files.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr CrashMode kCrashModes[] = {CrashMode::kProcessKilled,
                                     CrashMode::kUnsyncedLost,
                                     CrashMode::kUnsyncedBytesLost};

void AppendWithoutSync(Files& files, const std::string& path,
                       const std::string& text) {
  auto file = files.OpenToAppend(path);
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT((*file)->Append(text), IsOk());
  ASSERT_THAT((*file)->Close(), IsOk());
}

TEST(MemoryFilesTest, AnUnsyncedFileSurvivesOnlyTheProcess) {
  MemoryFiles files;
  AppendWithoutSync(files, "/a", "text");
  files.Crash(CrashMode::kProcessKilled);
  EXPECT_THAT(files.Read("/a"), IsOkAndHolds("text"));
  files.Crash(CrashMode::kUnsyncedLost);
  EXPECT_FALSE(files.Exists("/a"));
}

TEST(MemoryFilesTest, AFileWhoseNameSurvivedAloneIsEmpty) {
  MemoryFiles files;
  AppendWithoutSync(files, "/a", "text");
  files.Crash(CrashMode::kUnsyncedBytesLost);
  EXPECT_THAT(files.Read("/a"), IsOkAndHolds(""));
}

TEST(MemoryFilesTest, WhatIsAppendedAfterASyncIsLost) {
  for (const CrashMode mode :
       {CrashMode::kUnsyncedLost, CrashMode::kUnsyncedBytesLost}) {
    MemoryFiles files;
    auto file = files.OpenToAppend("/log");
    ASSERT_THAT(file, IsOk());
    ASSERT_THAT((*file)->Append("kept"), IsOk());
    ASSERT_THAT((*file)->Sync(), IsOk());
    ASSERT_THAT((*file)->Append("lost"), IsOk());
    ASSERT_THAT((*file)->Flush(), IsOk());
    file->reset();
    EXPECT_THAT(files.Read("/log"), IsOkAndHolds("keptlost"));
    files.Crash(mode);
    EXPECT_THAT(files.Read("/log"), IsOkAndHolds("kept"));
  }
}

TEST(MemoryFilesTest, WhatTheOperationsReportAsDoneSurvivesEveryCrash) {
  for (const CrashMode mode : kCrashModes) {
    MemoryFiles files;
    ASSERT_THAT(files.CreateDirectories("/d/e"), IsOk());
    ASSERT_THAT(files.WriteAtomically("/d/e/a", "a"), IsOk());
    ASSERT_THAT(files.WriteAtomically("/d/e/gone", "x"), IsOk());
    ASSERT_THAT(files.WriteAtomically("/d/e/b", "b"), IsOk());
    ASSERT_THAT(files.Remove("/d/e/gone"), IsOk());
    ASSERT_THAT(files.Rename("/d/e/b", "/d/c"), IsOk());
    ASSERT_THAT(files.CreateDirectories("/tree/x"), IsOk());
    ASSERT_THAT(files.RemoveTree("/tree"), IsOk());
    files.Crash(mode);
    EXPECT_THAT(files.Read("/d/e/a"), IsOkAndHolds("a"));
    EXPECT_THAT(files.Read("/d/c"), IsOkAndHolds("b"));
    EXPECT_FALSE(files.Exists("/d/e/b"));
    EXPECT_FALSE(files.Exists("/d/e/gone"));
    EXPECT_FALSE(files.Exists("/tree"));
  }
}

TEST(MemoryFilesTest, ACrashClosesDescriptorsAndMakesAnotherProcess) {
  for (const CrashMode mode : kCrashModes) {
    MemoryFiles files;
    const ProcessIdentity before = files.system_calls().ThisProcess();
    auto file = files.OpenToAppend("/log");
    ASSERT_THAT(file, IsOk());
    EXPECT_EQ(files.open_descriptors(), 1u);
    files.Crash(mode);
    EXPECT_EQ(files.open_descriptors(), 0u);
    EXPECT_NE(files.system_calls().ThisProcess().pid, before.pid);
    ASSERT_THAT((*file)->Append("x"), IsOk());
    EXPECT_THAT((*file)->Flush(),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("Bad file descriptor")));
  }
}

TEST(MemoryFilesTest, TemporariesOfACrashedWriterAreCleanedUpAfterwards) {
  MemoryFiles files;
  auto writer = files.CreateAtomically("/a");
  ASSERT_THAT(writer, IsOk());
  files.SyncAll();
  EXPECT_THAT(files.RemoveStaleTemporaries("/"), IsOkAndHolds(0));
  files.Crash(CrashMode::kUnsyncedLost);
  EXPECT_THAT(files.RemoveStaleTemporaries("/"), IsOkAndHolds(1));
}

TEST(MemoryFilesTest, AFullDiskNamesTheBytesWantedAndFreeAndKeepsTheOldFile) {
  MemoryFiles files;
  files.set_capacity_bytes(100);
  ASSERT_THAT(files.WriteAtomically("/a", std::string(60, 'x')), IsOk());
  EXPECT_THAT(files.FreeSpaceBytes("/"), IsOkAndHolds(40u));
  EXPECT_THAT(
      files.WriteAtomically("/a", std::string(50, 'y')),
      StatusIs(absl::StatusCode::kResourceExhausted,
               "cannot write /a: No space left on device: 50 bytes were to be "
               "written, 0 bytes are free; free some space or choose a "
               "directory on another disk"));
  EXPECT_THAT(files.Read("/a"), IsOkAndHolds(std::string(60, 'x')));
  EXPECT_THAT(files.FreeSpaceBytes("/"), IsOkAndHolds(40u));
  EXPECT_THAT(files.WriteAtomically("/b", std::string(40, 'y')), IsOk());
}

TEST(MemoryFilesTest, AnAppenderThatMetAFullDiskStaysFailed) {
  MemoryFiles files;
  files.set_capacity_bytes(3);
  auto file = files.OpenToAppend("/log");
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT((*file)->Append("12345"), IsOk());
  const auto is_full =
      StatusIs(absl::StatusCode::kResourceExhausted,
               AllOf(HasSubstr("/log"), HasSubstr("5 bytes were to be")));
  EXPECT_THAT((*file)->Flush(), is_full);
  files.set_capacity_bytes(1000);
  EXPECT_THAT((*file)->Append("6"), is_full);
  EXPECT_THAT((*file)->Close(), is_full);
  EXPECT_THAT((*file)->Close(), is_full);
  EXPECT_THAT(files.Read("/log"), IsOkAndHolds("123"));
  EXPECT_EQ(files.open_descriptors(), 0u);
}

// Only in memory: a mistake would be costly elsewhere.
TEST(MemoryFilesTest, RemoveTreeRefusesToTakeTheGroundAway) {
  MemoryFiles files;
  ASSERT_THAT(files.CreateDirectories("/d/e"), IsOk());
  for (const char* path :
       {"/", "//", "/.", "/./", ".", "./", "./.", "..", "../", "../..", "../.",
        "d/..", "d/../", "/..", "/../", "/d/..", "/d/../.", "../d/.."}) {
    EXPECT_THAT(files.RemoveTree(path),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(path)));
  }
  EXPECT_TRUE(files.Exists("/d/e"));
}

TEST(MemoryFilesTest, RelativePathsStartAtTheRoot) {
  MemoryFiles files;
  ASSERT_THAT(files.WriteAtomically("a", "x"), IsOk());
  EXPECT_THAT(files.Read("/a"), IsOkAndHolds("x"));
  EXPECT_THAT(files.Read("./d/../a"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("a")));
  EXPECT_THAT(files.Read("/../a"), IsOkAndHolds("x"));
}

}  // namespace
}  // namespace culturemert
