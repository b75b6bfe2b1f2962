#include "experiments/study/process_logs.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(ProcessLogsTest, NothingIsLeftOfTheOnlyFolder) {
  MemoryFiles files;
  const auto folder = MakeLogFolder(files, "/out", "workers");
  ASSERT_THAT(folder, IsOkAndHolds(StartsWith("/out/workers/")));
  ASSERT_THAT(files.WriteAtomically(JoinPath(*folder, "worker1.log"), "text"),
              IsOk());
  EXPECT_THAT(RemoveLogFolder(files, *folder), IsOk());
  EXPECT_THAT(files.List("/out"), IsOkAndHolds(IsEmpty()));
}

TEST(ProcessLogsTest, WhatOthersHaveThereStays) {
  MemoryFiles files;
  const auto folder = MakeLogFolder(files, "/out", "ranks");
  ASSERT_THAT(folder, IsOk());
  ASSERT_THAT(files.CreateDirectories("/out/ranks/other"), IsOk());
  ASSERT_THAT(files.WriteAtomically("/out/ranks/other/rank1.log", "text"),
              IsOk());
  EXPECT_THAT(RemoveLogFolder(files, *folder), IsOk());
  EXPECT_TRUE(absl::IsNotFound(files.Info(*folder).status()));
  EXPECT_THAT(files.Read("/out/ranks/other/rank1.log"), IsOkAndHolds("text"));
}

TEST(ProcessLogsTest, AnotherRunMayHaveRemovedTheFolderAbove) {
  MemoryFiles files;
  const auto folder = MakeLogFolder(files, "/out", "ranks");
  ASSERT_THAT(folder, IsOk());
  ASSERT_THAT(files.RemoveTree("/out/ranks"), IsOk());
  EXPECT_THAT(RemoveLogFolder(files, *folder), IsOk());
}

}  // namespace
}  // namespace culturemert
