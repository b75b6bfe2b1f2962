// What only the machine's own file system has: links, permissions, pipes.

#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tools/base/files/file_systems.h"
#include "tools/base/files/files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RealFilesTest : public testing::Test {
 protected:
  std::string Path(absl::string_view name) { return system_->Path(name); }
  std::vector<std::string> Names() { return system_->Names(); }
  void Link(const std::string& target, absl::string_view name) {
    ASSERT_EQ(symlink(target.c_str(), Path(name).c_str()), 0);
  }
  bool IsLink(absl::string_view name) {
    struct stat status;
    return lstat(Path(name).c_str(), &status) == 0 && S_ISLNK(status.st_mode);
  }

  const std::unique_ptr<FileSystem> system_ = FileSystem::MakeReal();
  Files& files_ = system_->files();
};

TEST_F(RealFilesTest, AtomicWritesKeepThePermissionBits) {
  for (const mode_t mode : {0600, 0640, 0664, 0755, 0444}) {
    ASSERT_THAT(files_.WriteAtomically(Path("a"), "old"), IsOk());
    ASSERT_EQ(chmod(Path("a").c_str(), mode), 0);
    ASSERT_THAT(files_.WriteAtomically(Path("a"), "new"), IsOk());
    const auto info = files_.Info(Path("a"));
    ASSERT_THAT(info, IsOk());
    EXPECT_EQ(info->permissions, mode);
    ASSERT_THAT(files_.Remove(Path("a")), IsOk());
  }
}

TEST_F(RealFilesTest, NewFilesFollowTheUmask) {
  const mode_t old = umask(027);
  ASSERT_THAT(files_.WriteAtomically(Path("a"), "x"), IsOk());
  umask(old);
  const auto info = files_.Info(Path("a"));
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->permissions, 0640u);
}

TEST_F(RealFilesTest, AtomicWritesReplaceWhatALinkLeadsToAndKeepTheLink) {
  ASSERT_THAT(files_.CreateDirectories(Path("d")), IsOk());
  ASSERT_THAT(files_.WriteAtomically(Path("d/target"), "old"), IsOk());
  Link("d/target", "relative");
  Link(Path("relative"), "chain");
  ASSERT_THAT(files_.WriteAtomically(Path("chain"), "new"), IsOk());
  EXPECT_THAT(files_.Read(Path("d/target")), IsOkAndHolds("new"));
  EXPECT_TRUE(IsLink("relative"));
  EXPECT_TRUE(IsLink("chain"));
  EXPECT_THAT(Names(), ElementsAre("chain", "d", "relative"));
}

TEST_F(RealFilesTest, AtomicWritesCreateWhatALinkLeadsTo) {
  Link("made", "link");
  ASSERT_THAT(files_.WriteAtomically(Path("link"), "new"), IsOk());
  EXPECT_THAT(files_.Read(Path("made")), IsOkAndHolds("new"));
  EXPECT_TRUE(IsLink("link"));
}

TEST_F(RealFilesTest, LinksInACircleAreAnErrorNotAHang) {
  Link("b", "a");
  Link("a", "b");
  const auto is_circle =
      StatusIs(absl::StatusCode::kFailedPrecondition,
               AllOf(HasSubstr(Path("a")), HasSubstr("symbolic links")));
  EXPECT_THAT(files_.WriteAtomically(Path("a"), "x"), is_circle);
  EXPECT_THAT(files_.Read(Path("a")), is_circle);
  EXPECT_THAT(files_.CreateDirectories(Path("a")), is_circle);
}

TEST_F(RealFilesTest, AListFollowsLinksAndShowsThoseThatLeadNowhere) {
  ASSERT_THAT(files_.CreateDirectories(Path("d")), IsOk());
  ASSERT_THAT(files_.WriteAtomically(Path("file"), "123"), IsOk());
  Link("d", "to_directory");
  Link("file", "to_file");
  Link("nowhere", "to_nothing");
  Link("to_itself", "to_itself");
  const auto entries = files_.List(Path(""));
  ASSERT_THAT(entries, IsOk());
  std::vector<std::pair<FileKind, int>> found;
  for (const DirectoryEntry& entry : *entries) {
    found.emplace_back(entry.kind, entry.size_bytes);
  }
  using Pair = std::pair<FileKind, int>;
  EXPECT_THAT(
      found,
      ElementsAre(Pair(FileKind::kDirectory, 0), Pair(FileKind::kFile, 3),
                  Pair(FileKind::kDirectory, 0), Pair(FileKind::kFile, 3),
                  Pair(FileKind::kOther, 0), Pair(FileKind::kOther, 0)));
  EXPECT_FALSE(files_.Exists(Path("to_nothing")));
}

TEST_F(RealFilesTest, RemoveTreeTakesLinksAndSparesWhatTheyLeadTo) {
  ASSERT_THAT(files_.CreateDirectories(Path("d")), IsOk());
  ASSERT_THAT(files_.CreateDirectories(Path("outside")), IsOk());
  ASSERT_THAT(files_.WriteAtomically(Path("outside/a"), "x"), IsOk());
  Link("../outside", "d/link");
  EXPECT_THAT(files_.RemoveTree(Path("d")), IsOk());
  Link("outside", "top");
  EXPECT_THAT(files_.RemoveTree(Path("top/")), IsOk());
  EXPECT_THAT(Names(), ElementsAre("outside"));
  EXPECT_THAT(files_.Read(Path("outside/a")), IsOkAndHolds("x"));
}

TEST_F(RealFilesTest, RemoveTakesALinkThatLeadsNowhere) {
  Link("nowhere", "link");
  EXPECT_THAT(files_.Remove(Path("link")), IsOk());
  EXPECT_FALSE(IsLink("link"));
}

TEST_F(RealFilesTest, PipesAreRefusedWithoutWaitingForTheirOtherEnd) {
  ASSERT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
  const auto is_refused =
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(Path("pipe")));
  EXPECT_THAT(files_.Read(Path("pipe")), is_refused);
  EXPECT_THAT(files_.Map(Path("pipe")), is_refused);
  EXPECT_THAT(files_.WriteAtomically(Path("pipe"), "x"), is_refused);
  EXPECT_THAT(files_.OpenToAppend(Path("pipe")), is_refused);
  EXPECT_THAT(files_.Lock(Path("pipe")), is_refused);
  EXPECT_THAT(Names(), ElementsAre("pipe"));
}

TEST_F(RealFilesTest, DevicesAreNotReplaced) {
  EXPECT_THAT(files_.WriteAtomically("/dev/null", "x"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("it is a device")));
}

TEST_F(RealFilesTest, FilesWhoseSizeTheSystemDoesNotTellAreReadWhole) {
  const auto status = files_.Read("/proc/self/status");
  ASSERT_THAT(status, IsOk());
  EXPECT_THAT(*status, HasSubstr("\nThreads:"));
  EXPECT_THAT(
      files_.Read("/proc/self/status", 20),
      StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("20 bytes")));
}

TEST_F(RealFilesTest, AFileOverTheLimitIsRefusedBeforeItsBytesAreRead) {
  ASSERT_THAT(files_.WriteAtomically(Path("sparse"), ""), IsOk());
  ASSERT_EQ(truncate(Path("sparse").c_str(), off_t{1} << 40), 0);
  EXPECT_THAT(files_.Read(Path("sparse"), 1 << 20),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr(Path("sparse"))));
}

TEST_F(RealFilesTest, ADirectoryWithoutPermissionIsDenied) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  ASSERT_THAT(files_.CreateDirectories(Path("closed")), IsOk());
  ASSERT_EQ(chmod(Path("closed").c_str(), 0500), 0);
  const auto is_denied = StatusIs(absl::StatusCode::kPermissionDenied,
                                  HasSubstr(Path("closed/a")));
  EXPECT_THAT(files_.WriteAtomically(Path("closed/a"), "x"), is_denied);
  EXPECT_THAT(files_.OpenToAppend(Path("closed/a")), is_denied);
  EXPECT_THAT(files_.Lock(Path("closed/a")), is_denied);
}

}  // namespace
}  // namespace culturemert
