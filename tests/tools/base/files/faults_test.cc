// Every operation of Files under every fault at every system call.

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/faulty_files.h"
#include "tools/base/files/files.h"
#include "tools/base/files/for_each_fault.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/files/memory_system_calls.h"
#include "tools/base/files/temporary_names.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string& Old() {
  static const std::string& text = *new std::string(1000, 'o');
  return text;
}

const std::string& New() {
  static const std::string& text = *new std::string(200'000, 'n');
  return text;
}

void Prepare(Files& files) {
  ASSERT_THAT(files.CreateDirectories("/d"), IsOk());
  ASSERT_THAT(files.WriteAtomically("/d/a", Old()), IsOk());
}

std::vector<std::string> NamesIn(Files& files, const std::string& directory) {
  std::vector<std::string> names;
  const auto entries = files.List(directory);
  EXPECT_THAT(entries, IsOk());
  if (!entries.ok()) return names;
  for (const DirectoryEntry& entry : *entries) names.push_back(entry.name);
  return names;
}

// What a caller may count on for the status, whatever the operation: no fault
// means OK, so do interrupted and short calls, and other faults that surface
// have their code and name the path.
void CheckStatus(const FaultOutcome& outcome, const std::string& path) {
  if (outcome.crash.has_value()) return;
  if (!outcome.fault.has_value() || *outcome.fault == Fault::kInterrupted ||
      *outcome.fault == Fault::kShort) {
    EXPECT_THAT(outcome.status, IsOk());
    return;
  }
  if (outcome.status.ok()) return;
  switch (*outcome.fault) {
    case Fault::kNoSpace:
      EXPECT_THAT(outcome.status, StatusIs(absl::StatusCode::kResourceExhausted,
                                           HasSubstr(path)));
      break;
    case Fault::kPermissionDenied:
      EXPECT_THAT(outcome.status, StatusIs(absl::StatusCode::kPermissionDenied,
                                           HasSubstr(path)));
      break;
    default:
      EXPECT_THAT(outcome.status,
                  StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path)));
  }
}

void CheckOldOrNew(MemoryFiles& files, const FaultOutcome& outcome) {
  CheckStatus(outcome, "/d/a");
  if (outcome.crash.has_value()) {
    EXPECT_THAT(files.RemoveStaleTemporaries("/d"), IsOk());
  }
  EXPECT_THAT(NamesIn(files, "/d"), ElementsAre("a"));
  if (outcome.reported_ok()) {
    EXPECT_THAT(files.Read("/d/a"), IsOkAndHolds(New()));
  } else {
    EXPECT_THAT(files.Read("/d/a"), IsOkAndHolds(AnyOf(Old(), New())));
  }
}

TEST(FaultsTest, AnAtomicWriteLeavesTheOldOrTheNewContentsWhole) {
  const std::size_t runs = ForEachFault(
      {Prepare,
       [](Files& files) { return files.WriteAtomically("/d/a", New()); },
       CheckOldOrNew});
  EXPECT_GT(runs, 50u);
}

TEST(FaultsTest, AnAtomicWriteInPiecesLeavesTheOldOrTheNewContentsWhole) {
  ForEachFault(
      {Prepare,
       [](Files& files) -> absl::Status {
         ASSIGN_OR_RETURN(const auto writer, files.CreateAtomically("/d/a"));
         for (int i = 0; i < 20; ++i) {
           RETURN_IF_ERROR(writer->Append(New().substr(i * 10'000, 10'000)));
         }
         return writer->Commit();
       },
       CheckOldOrNew});
}

TEST(FaultsTest, AnAtomicWriteOfANewFileLeavesNoneOrAWholeOne) {
  ForEachFault(
      {[](Files& files) { ASSERT_THAT(files.CreateDirectories("/d"), IsOk()); },
       [](Files& files) { return files.WriteAtomically("/d/a", New()); },
       [](MemoryFiles& files, const FaultOutcome& outcome) {
         CheckStatus(outcome, "/d/a");
         if (outcome.crash.has_value()) {
           EXPECT_THAT(files.RemoveStaleTemporaries("/d"), IsOk());
         }
         const std::vector<std::string> names = NamesIn(files, "/d");
         if (outcome.reported_ok()) {
           EXPECT_THAT(names, ElementsAre("a"));
         }
         EXPECT_THAT(names, AnyOf(IsEmpty(), ElementsAre("a")));
         if (!names.empty()) {
           EXPECT_THAT(files.Read("/d/a"), IsOkAndHolds(New()));
         }
       }});
}

TEST(FaultsTest, EveryErrorThatStopsAnAtomicWriteBeforeItsEndIsReported) {
  ForEachFault(
      {Prepare,
       [](Files& files) { return files.WriteAtomically("/d/a", New()); },
       [](MemoryFiles&, const FaultOutcome& outcome) {
         if (outcome.crash.has_value() || !outcome.fault.has_value() ||
             *outcome.fault == Fault::kInterrupted ||
             *outcome.fault == Fault::kShort) {
           return;
         }
         EXPECT_THAT(outcome.status, Not(IsOk()));
       }});
}

TEST(FaultsTest, AFailedCleanUpDoesNotHideTheFirstError) {
  MemoryFiles memory;
  Prepare(memory);
  FaultyFiles files(memory);
  files.FailCall(SystemCall::kWrite, 0, Fault::kNoSpace);
  files.FailCall(SystemCall::kRemoveFile, 0, Fault::kInputOutputError);
  EXPECT_THAT(files.WriteAtomically("/d/a", New()),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("200000 bytes were to be written")));
  EXPECT_EQ(files.faults_met(), 2u);
  EXPECT_THAT(memory.Read("/d/a"), IsOkAndHolds(Old()));
}

TEST(FaultsTest, AFullDiskWhoseFreeSpaceCannotBeToldIsStillReported) {
  MemoryFiles memory;
  FaultyFiles files(memory);
  files.FailCall(SystemCall::kWrite, 0, Fault::kNoSpace);
  files.FailCall(SystemCall::kFreeSpace, 0, Fault::kInputOutputError);
  EXPECT_THAT(files.WriteAtomically("/a", "12"),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("2 bytes were to be written, an unknown "
                                 "number of bytes are free")));
}

TEST(FaultsTest, ReadsAndMapsGiveTheRightBytesOrAnError) {
  ForEachFault({Prepare,
                [](Files& files) -> absl::Status {
                  ASSIGN_OR_RETURN(const std::string text, files.Read("/d/a"));
                  EXPECT_EQ(text, Old());
                  ASSIGN_OR_RETURN(const auto map, files.Map("/d/a"));
                  EXPECT_TRUE(std::equal(map->bytes().begin(),
                                         map->bytes().end(), Old().begin(),
                                         Old().end()));
                  return absl::OkStatus();
                },
                [](MemoryFiles&, const FaultOutcome& outcome) {
                  CheckStatus(outcome, "/d/a");
                }});
}

TEST(FaultsTest, AppendedAndSyncedBytesSurviveAndOthersAreAPrefix) {
  ForEachFault({Prepare,
                [](Files& files) -> absl::Status {
                  ASSIGN_OR_RETURN(const auto file,
                                   files.OpenToAppend("/d/log"));
                  RETURN_IF_ERROR(file->Append("one\n"));
                  RETURN_IF_ERROR(file->Sync());
                  RETURN_IF_ERROR(file->Append("two\n"));
                  RETURN_IF_ERROR(file->Sync());
                  return file->Close();
                },
                [](MemoryFiles& files, const FaultOutcome& outcome) {
                  CheckStatus(outcome, "/d/log");
                  const auto text = files.Read("/d/log");
                  if (outcome.reported_ok()) {
                    EXPECT_THAT(text, IsOkAndHolds("one\ntwo\n"));
                  } else if (text.ok()) {
                    EXPECT_TRUE(absl::StartsWith("one\ntwo\n", *text)) << *text;
                  } else {
                    EXPECT_THAT(text, StatusIs(absl::StatusCode::kNotFound,
                                               HasSubstr("/d/log")));
                  }
                }});
}

TEST(FaultsTest, DirectoriesReportedAsMadeSurvive) {
  ForEachFault(
      {Prepare,
       [](Files& files) { return files.CreateDirectories("/d/x/y/z"); },
       [](MemoryFiles& files, const FaultOutcome& outcome) {
         CheckStatus(outcome, "/d");
         if (outcome.reported_ok()) {
           EXPECT_TRUE(files.Exists("/d/x/y/z"));
         }
         EXPECT_THAT(files.CreateDirectories("/d/x/y/z"), IsOk());
       }});
}

TEST(FaultsTest, WhatIsReportedAsRemovedStaysAway) {
  ForEachFault({Prepare, [](Files& files) { return files.Remove("/d/a"); },
                [](MemoryFiles& files, const FaultOutcome& outcome) {
                  CheckStatus(outcome, "/d");
                  if (outcome.reported_ok()) {
                    EXPECT_FALSE(files.Exists("/d/a"));
                  }
                }});
}

TEST(FaultsTest, ATreeReportedAsRemovedStaysAwayAndTheRestCanBeRemovedAgain) {
  ForEachFault(
      {[](Files& files) {
         ASSERT_THAT(files.CreateDirectories("/d/x/y"), IsOk());
         for (const char* path : {"/d/a", "/d/x/b", "/d/x/y/c", "/stays"}) {
           ASSERT_THAT(files.WriteAtomically(path, "text"), IsOk());
         }
       },
       [](Files& files) { return files.RemoveTree("/d"); },
       [](MemoryFiles& files, const FaultOutcome& outcome) {
         CheckStatus(outcome, "/");
         if (outcome.reported_ok()) {
           EXPECT_FALSE(files.Exists("/d"));
         }
         EXPECT_THAT(files.RemoveTree("/d"), IsOk());
         EXPECT_THAT(NamesIn(files, "/"), ElementsAre("stays"));
       }});
}

TEST(FaultsTest, ARenamedFileIsNeverGoneFromBothPlaces) {
  ForEachFault({[](Files& files) {
                  Prepare(files);
                  ASSERT_THAT(files.CreateDirectories("/e"), IsOk());
                },
                [](Files& files) { return files.Rename("/d/a", "/e/b"); },
                [](MemoryFiles& files, const FaultOutcome& outcome) {
                  CheckStatus(outcome, "/");
                  const bool at_from = files.Exists("/d/a");
                  const bool at_to = files.Exists("/e/b");
                  EXPECT_TRUE(at_from || at_to);
                  if (outcome.reported_ok()) {
                    EXPECT_TRUE(at_to && !at_from);
                  }
                  EXPECT_THAT(files.Read(at_to ? "/e/b" : "/d/a"),
                              IsOkAndHolds(Old()));
                }});
}

TEST(FaultsTest, AListIsWholeOrAnError) {
  ForEachFault({Prepare,
                [](Files& files) -> absl::Status {
                  ASSIGN_OR_RETURN(const auto entries, files.List("/d"));
                  EXPECT_EQ(entries.size(), 1u);
                  return absl::OkStatus();
                },
                [](MemoryFiles&, const FaultOutcome& outcome) {
                  CheckStatus(outcome, "/d");
                }});
}

TEST(FaultsTest, NothingIsWrittenAfterACrash) {
  MemoryFiles memory;
  FaultyFiles files(memory);
  files.Crash();
  EXPECT_THAT(files.WriteAtomically("/a", "x"), Not(IsOk()));
  EXPECT_TRUE(files.crashed());
  EXPECT_THAT(NamesIn(memory, "/"), IsEmpty());
  files.Reset();
  EXPECT_THAT(files.WriteAtomically("/a", "x"), IsOk());
}

TEST(FaultsTest, CallsAreRecordedWithTheirPaths) {
  MemoryFiles memory;
  FaultyFiles files(memory);
  ASSERT_THAT(files.WriteAtomically("/a", "x"), IsOk());
  ASSERT_THAT(files.Read("/a"), IsOkAndHolds("x"));
  std::vector<std::string> lines;
  for (const FaultyFiles::Call& call : files.calls()) {
    const bool is_temporary = IsTemporaryName(call.path.substr(1));
    lines.push_back(absl::StrCat(NameOf(call.kind), " ",
                                 is_temporary ? "temporary" : call.path));
  }
  EXPECT_THAT(
      lines,
      ElementsAre("read link /a", "path status /a", "open temporary",
                  "write temporary", "sync file temporary", "close temporary",
                  "rename temporary", "sync directory /", "open /a",
                  "descriptor status /a", "read /a", "read /a", "close /a"));
}

// Takes any number of bytes without keeping them.
class CountingCalls : public MemorySystemCalls {
 public:
  std::int64_t Write(int, const char*, std::size_t size_bytes) override {
    EXPECT_LE(size_bytes, std::size_t{0x7ffff000}) << "more than Linux takes";
    written_bytes += size_bytes;
    return static_cast<std::int64_t>(size_bytes);
  }
  std::uint64_t written_bytes = 0;
};

class CountingFiles : public Files {
 public:
  CountingFiles() : Files(std::make_unique<CountingCalls>()) {}
  std::uint64_t written_bytes() {
    return static_cast<CountingCalls&>(system_calls()).written_bytes;
  }
};

TEST(FaultsTest, ContentsOverTwoGibibytesAreWrittenInCallsThatTheSystemTakes) {
  constexpr std::size_t kSizeBytes = (std::size_t{5} << 30) + 3;
  // Address space only: no page is touched.
  void* const pages = mmap(nullptr, kSizeBytes, PROT_READ,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  CountingFiles files;
  EXPECT_THAT(files.WriteAtomically(
                  "/a", {static_cast<const char*>(pages), kSizeBytes}),
              IsOk());
  EXPECT_EQ(files.written_bytes(), kSizeBytes);
  munmap(pages, kSizeBytes);
}

// A device that takes nothing and reports no error.
class StuckCalls : public MemorySystemCalls {
 public:
  std::int64_t Write(int, const char*, std::size_t) override { return 0; }
};

class StuckFiles : public Files {
 public:
  StuckFiles() : Files(std::make_unique<StuckCalls>()) {}
};

TEST(FaultsTest, AWriteThatNeverGetsOnIsAnErrorNotAHang) {
  StuckFiles files;
  EXPECT_THAT(files.WriteAtomically("/a", "x"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("/a")));
}

}  // namespace
}  // namespace culturemert
