// That ForEachFault catches the mistakes it is there for: writers that are
// wrong in one step each, beside one that is right.

#include <cerrno>
#include <string>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"
#include "tools/base/files/files.h"
#include "tools/base/files/for_each_fault.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/files/system_calls.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

enum class Mistake {
  kNone,
  kNoFileSync,
  kNoDirectorySync,
  kInPlace,
  kOneWriteCall,
  kSyncErrorIgnored,
  kNoRetryAfterInterruption,
  kTemporaryLeft,
};

constexpr absl::string_view kOld = "the old contents";
constexpr absl::string_view kNew = "the new contents, longer";

// Atomic replacement of "/a", written out as plainly as it goes.
class PlainWriter {
 public:
  PlainWriter(SystemCalls& calls, Mistake mistake)
      : calls_(calls), mistake_(mistake) {}

  bool Write(absl::string_view contents) {
    if (mistake_ == Mistake::kInPlace) {
      calls_.RemoveFile("/a");
      return WriteTo("/a", contents) && SyncDirectory();
    }
    const bool written = WriteTo("/temporary", contents) &&
                         calls_.Rename("/temporary", "/a") == 0;
    if (!written && mistake_ != Mistake::kTemporaryLeft) {
      calls_.RemoveFile("/temporary");
    }
    return written && SyncDirectory();
  }

 private:
  template <typename Call>
  auto Retry(const Call& call) {
    auto result = call();
    while (result == -EINTR && mistake_ != Mistake::kNoRetryAfterInterruption) {
      result = call();
    }
    return result;
  }

  bool WriteTo(const std::string& path, absl::string_view contents) {
    const int descriptor =
        Retry([&] { return calls_.Open(path, OpenMode::kCreateNew, 0600); });
    if (descriptor < 0) return false;
    const bool written = WriteAll(descriptor, contents) && Sync(descriptor);
    const int closed = calls_.Close(descriptor);
    return written && (closed == 0 || closed == -EINTR);
  }

  bool WriteAll(int descriptor, absl::string_view contents) {
    do {
      const std::int64_t count = Retry([&] {
        return calls_.Write(descriptor, contents.data(), contents.size());
      });
      if (count < 0) return false;
      contents.remove_prefix(static_cast<std::size_t>(count));
    } while (!contents.empty() && mistake_ != Mistake::kOneWriteCall);
    return true;
  }

  bool Sync(int descriptor) {
    if (mistake_ == Mistake::kNoFileSync) return true;
    const int result = Retry([&] { return calls_.SyncFile(descriptor); });
    return result == 0 || mistake_ == Mistake::kSyncErrorIgnored;
  }

  bool SyncDirectory() {
    if (mistake_ == Mistake::kNoDirectorySync) return true;
    return Retry([&] { return calls_.SyncDirectory("/"); }) == 0;
  }

  SystemCalls& calls_;
  const Mistake mistake_;
};

// The outcomes that a correct writer never has; the last one in `example`.
int CountBroken(Mistake mistake, std::string* example) {
  int broken = 0;
  ForEachFault(
      {[](Files& files) {
         ASSERT_THAT(files.WriteAtomically("/a", kOld), IsOk());
       },
       [&](Files& files) {
         PlainWriter writer(files.system_calls(), mistake);
         return writer.Write(kNew) ? absl::OkStatus()
                                   : absl::UnknownError("not written");
       },
       [&](MemoryFiles& files, const FaultOutcome& outcome) {
         const auto contents = files.Read("/a");
         const bool is_new = contents.ok() && *contents == kNew;
         const bool is_old = contents.ok() && *contents == kOld;
         const bool must_succeed = !outcome.crash.has_value() &&
                                   (outcome.fault == Fault::kInterrupted ||
                                    outcome.fault == Fault::kShort);
         // A sync that failed has not synced, so what it should have made
         // durable is not.
         if (!outcome.crash.has_value() && outcome.status.ok()) {
           files.Crash(CrashMode::kUnsyncedBytesLost);
         }
         const auto later = files.Read("/a");
         if ((!is_new && !is_old) || (outcome.reported_ok() && !is_new) ||
             (must_succeed && !outcome.status.ok()) ||
             (outcome.reported_ok() && later.value_or("") != kNew) ||
             (!outcome.crash.has_value() && files.Exists("/temporary"))) {
           ++broken;
           *example = outcome.Describe();
         }
       }});
  return broken;
}

TEST(FaultEnumerationTest, AWriterWithoutMistakesPasses) {
  std::string example;
  EXPECT_EQ(CountBroken(Mistake::kNone, &example), 0) << example;
}

TEST(FaultEnumerationTest, ARenameBeforeTheFileIsSyncedIsCaught) {
  std::string example;
  EXPECT_GT(CountBroken(Mistake::kNoFileSync, &example), 0);
  EXPECT_THAT(example, testing::HasSubstr("unsynced bytes lost"));
}

TEST(FaultEnumerationTest, AMissingSyncOfTheDirectoryIsCaught) {
  std::string example;
  EXPECT_GT(CountBroken(Mistake::kNoDirectorySync, &example), 0);
  EXPECT_THAT(example, testing::HasSubstr("after the end (all unsynced lost"));
}

TEST(FaultEnumerationTest, WritingInPlaceIsCaught) {
  std::string example;
  EXPECT_GT(CountBroken(Mistake::kInPlace, &example), 0);
}

TEST(FaultEnumerationTest, WritingWithoutALoopIsCaught) {
  std::string example;
  EXPECT_GT(CountBroken(Mistake::kOneWriteCall, &example), 0);
  EXPECT_THAT(example, testing::HasSubstr("short at write"));
}

TEST(FaultEnumerationTest, AnIgnoredErrorOfTheSyncIsCaught) {
  std::string example;
  EXPECT_GT(CountBroken(Mistake::kSyncErrorIgnored, &example), 0);
  EXPECT_THAT(example, testing::HasSubstr("at sync file of /temporary"));
}

TEST(FaultEnumerationTest, AnInterruptionTakenForAnErrorIsCaught) {
  std::string example;
  EXPECT_GT(CountBroken(Mistake::kNoRetryAfterInterruption, &example), 0);
  EXPECT_THAT(example, testing::HasSubstr("interrupted at"));
}

TEST(FaultEnumerationTest, ATemporaryLeftAfterAnErrorIsCaught) {
  std::string example;
  EXPECT_GT(CountBroken(Mistake::kTemporaryLeft, &example), 0);
}

TEST(FaultEnumerationTest, ADescriptorLeftOpenIsATestFailure) {
  testing::TestPartResultArray results;
  {
    const testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::
            INTERCEPT_ONLY_CURRENT_THREAD,
        &results);
    ForEachFault({{},
                  [](Files& files) {
                    files.system_calls().Open("/a", OpenMode::kAppend, 0600);
                    return absl::OkStatus();
                  },
                  [](MemoryFiles&, const FaultOutcome&) {}});
  }
  ASSERT_GT(results.size(), 0);
  EXPECT_THAT(results.GetTestPartResult(0).message(),
              testing::HasSubstr("left open"));
}

TEST(FaultEnumerationTest, AnOperationWithOtherCallsEachTimeIsATestFailure) {
  testing::TestPartResultArray results;
  int runs = 0;
  {
    const testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::
            INTERCEPT_ONLY_CURRENT_THREAD,
        &results);
    ForEachFault({{},
                  [&](Files& files) {
                    if (runs++ == 0) files.Exists("/a");
                    return absl::OkStatus();
                  },
                  [](MemoryFiles&, const FaultOutcome&) {}});
  }
  ASSERT_GT(results.size(), 0);
  EXPECT_THAT(results.GetTestPartResult(0).message(),
              testing::HasSubstr("not the same each time"));
}

}  // namespace
}  // namespace culturemert
