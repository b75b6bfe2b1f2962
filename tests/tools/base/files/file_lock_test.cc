#include "tools/base/files/file_lock.h"

#include <atomic>
#include <cerrno>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tools/base/files/file_systems.h"
#include "tools/base/files/faulty_files.h"
#include "tools/base/files/files.h"
#include "tools/base/files/for_each_fault.h"
#include "tools/base/files/lock_owner.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/files/memory_system_calls.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// 2026-01-31T12:00:00Z
constexpr std::int64_t kSinceSeconds = 1769860800;

LockOwner ThisOwner(Files& files) {
  return {files.system_calls().ThisProcess(), kSinceSeconds, 7};
}

// An owner who died before the machine was started.
LockOwner DeadOwner(Files& files) {
  LockOwner owner = ThisOwner(files);
  owner.process.boot = "before";
  return owner;
}

class FileLockTest
    : public testing::TestWithParam<std::unique_ptr<FileSystem> (*)()> {
 protected:
  std::string Path() { return system_->Path("lock"); }
  void Put(const std::string& text) {
    ASSERT_THAT(files_.WriteAtomically(Path(), text), IsOk());
  }

  const std::unique_ptr<FileSystem> system_ = GetParam()();
  Files& files_ = system_->files();
};

INSTANTIATE_TEST_SUITE_P(Real, FileLockTest,
                         testing::Values(&FileSystem::MakeReal));
INSTANTIATE_TEST_SUITE_P(Memory, FileLockTest,
                         testing::Values(&FileSystem::MakeMemory));

TEST_P(FileLockTest, TheFileSaysWhoHoldsTheLockAndGoesWithIt) {
  {
    const auto lock = files_.Lock(Path());
    ASSERT_THAT(lock, IsOk());
    EXPECT_EQ((*lock)->path(), Path());
    EXPECT_THAT(system_->Names(), ElementsAre("lock"));
    const auto text = files_.Read(Path());
    ASSERT_THAT(text, IsOk());
    const auto owner = ParseLockOwner(*text);
    ASSERT_THAT(owner, IsOk());
    const ProcessIdentity self = files_.system_calls().ThisProcess();
    EXPECT_EQ(owner->process.host, self.host);
    EXPECT_EQ(owner->process.pid, self.pid);
    EXPECT_EQ(owner->process.start_ticks, self.start_ticks);
    EXPECT_NE(self.start_ticks, 0u);
    EXPECT_NE(self.boot, "");
  }
  EXPECT_THAT(system_->Names(), IsEmpty());
}

TEST_P(FileLockTest, AHeldLockIsRefusedWithHolderTimeAndRemedy) {
  const LockOwner owner = ThisOwner(files_);
  Put(FormatLockOwner(owner));
  EXPECT_THAT(
      files_.Lock(Path()),
      StatusIs(absl::StatusCode::kUnavailable,
               AllOf(HasSubstr(absl::StrCat(
                         "cannot lock ", Path(), ": process ",
                         owner.process.pid, " on host ", owner.process.host,
                         " since 2026-01-31T12:00:00Z holds it")),
                     HasSubstr("remove the file " + Path()))));
  EXPECT_THAT(system_->Names(), ElementsAre("lock"));
}

TEST_P(FileLockTest, OneProcessCannotHoldALockTwice) {
  auto lock = files_.Lock(Path());
  ASSERT_THAT(lock, IsOk());
  EXPECT_THAT(files_.Lock(Path()),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(Path())));
  lock->reset();
  EXPECT_THAT(files_.Lock(Path()), IsOk());
}

TEST_P(FileLockTest, OnlyTheOwnLockIsRemoved) {
  auto lock = files_.Lock(Path());
  ASSERT_THAT(lock, IsOk());
  ASSERT_THAT(files_.Remove(Path()), IsOk());
  const auto other = files_.Lock(Path());
  ASSERT_THAT(other, IsOk());
  const auto text = files_.Read(Path());
  lock->reset();
  EXPECT_EQ(files_.Read(Path()).value(), text.value());
}

TEST_P(FileLockTest, ALockRemovedByHandIsReleasedWithoutHarm) {
  auto lock = files_.Lock(Path());
  ASSERT_THAT(lock, IsOk());
  ASSERT_THAT(files_.Remove(Path()), IsOk());
  lock->reset();
  EXPECT_THAT(system_->Names(), IsEmpty());
}

TEST_P(FileLockTest, ALockFromBeforeTheLastBootIsTakenOver) {
  Put(FormatLockOwner(DeadOwner(files_)));
  {
    const auto lock = files_.Lock(Path());
    ASSERT_THAT(lock, IsOk());
    EXPECT_THAT(files_.Lock(Path()), StatusIs(absl::StatusCode::kUnavailable,
                                              HasSubstr("holds it")));
    EXPECT_THAT(system_->Names(), ElementsAre("lock"));
  }
  EXPECT_THAT(system_->Names(), IsEmpty());
}

TEST_P(FileLockTest, ALockOfARecycledProcessIdIsTakenOver) {
  LockOwner owner = ThisOwner(files_);
  owner.process.start_ticks += 1;
  Put(FormatLockOwner(owner));
  EXPECT_THAT(files_.Lock(Path()), IsOk());
}

TEST_P(FileLockTest, ALockOfAnImpossibleProcessIdIsTakenOver) {
  LockOwner owner = ThisOwner(files_);
  owner.process.pid = 0x7fffffffffffffff;
  Put(FormatLockOwner(owner));
  EXPECT_THAT(files_.Lock(Path()), IsOk());
}

TEST_P(FileLockTest, WhereDeathIsNotCertainALockIsNotStale) {
  LockOwner other_host = DeadOwner(files_);
  other_host.process.host = "elsewhere";
  LockOwner no_host = DeadOwner(files_);
  no_host.process.host = "";
  LockOwner container = ThisOwner(files_);
  container.process.pid_namespace = "pid:[0]";
  container.process.pid = 0x7fffffff;
  LockOwner start_unknown = ThisOwner(files_);
  start_unknown.process.start_ticks = 0;
  LockOwner boot_unknown = ThisOwner(files_);
  boot_unknown.process.boot = "";
  for (const LockOwner& owner :
       {other_host, no_host, container, start_unknown, boot_unknown}) {
    const std::string text = FormatLockOwner(owner);
    Put(text);
    EXPECT_THAT(files_.Lock(Path()),
                StatusIs(absl::StatusCode::kUnavailable, HasSubstr("holds it")))
        << text;
    EXPECT_THAT(files_.Read(Path()), IsOkAndHolds(text));
  }
}

TEST_P(FileLockTest, ALockOfAnotherHostNamesItAndTheRemedy) {
  LockOwner owner = DeadOwner(files_);
  owner.process.host = "elsewhere";
  owner.process.pid = 4711;
  Put(FormatLockOwner(owner));
  EXPECT_THAT(
      files_.Lock(Path()),
      StatusIs(absl::StatusCode::kUnavailable,
               AllOf(HasSubstr("process 4711 on host elsewhere since "
                               "2026-01-31T12:00:00Z holds it"),
                     HasSubstr("cannot be told from host"),
                     HasSubstr("if it does not, remove the file " + Path()))));
}

TEST_P(FileLockTest, NoPartOfALockAndNothingElseIsTakenForAStaleLock) {
  const std::string whole = FormatLockOwner(DeadOwner(files_));
  std::vector<std::string> texts = {
      "garbage",     std::string(5000, 'x'), whole + "x",
      whole + whole, std::string(64, '\0'),  whole.substr(1)};
  for (std::size_t size = 0; size < whole.size(); ++size) {
    texts.push_back(whole.substr(0, size));
  }
  for (const std::string& text : texts) {
    Put(text);
    EXPECT_THAT(files_.Lock(Path()),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         AllOf(HasSubstr("is not a whole lock"),
                               HasSubstr("remove the file " + Path()))))
        << text;
    EXPECT_TRUE(files_.Read(Path()).value() == text);
  }
  EXPECT_THAT(system_->Names(), ElementsAre("lock"));
}

TEST_P(FileLockTest, OfManyTakersOfAStaleLockExactlyOneWins) {
  constexpr int kTakers = 20;
  for (int round = 0; round < 5; ++round) {
    Put(FormatLockOwner(DeadOwner(files_)));
    std::vector<std::unique_ptr<FileLock>> locks(kTakers);
    std::atomic<int> waiting{kTakers};
    std::vector<std::thread> threads;
    for (std::unique_ptr<FileLock>& lock : locks) {
      threads.emplace_back([&] {
        --waiting;
        while (waiting > 0) std::this_thread::yield();
        auto taken = files_.Lock(Path());
        if (taken.ok()) {
          lock = *std::move(taken);
        } else {
          EXPECT_THAT(taken, StatusIs(absl::StatusCode::kUnavailable,
                                      HasSubstr(Path())));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    int winners = 0;
    for (const auto& lock : locks) winners += lock != nullptr;
    EXPECT_EQ(winners, 1);
    locks.clear();
    EXPECT_THAT(system_->Names(), IsEmpty());
  }
}

TEST_P(FileLockTest, NeverDoTwoHoldTheLockAtOnce) {
  std::atomic<int> holders{0};
  std::atomic<int> times_held{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int tries = 0; tries < 25; ++tries) {
        const auto lock = files_.Lock(Path());
        if (!lock.ok()) continue;
        EXPECT_EQ(++holders, 1);
        ++times_held;
        std::this_thread::yield();
        --holders;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(times_held, 0);
  EXPECT_THAT(system_->Names(), IsEmpty());
}

// Calls with a hook each in places where another process may come in between.
class HookedCalls : public MemorySystemCalls {
 public:
  int LockDescriptor(int descriptor) override {
    Run(before_lock);
    const int result = MemorySystemCalls::LockDescriptor(descriptor);
    Run(after_lock);
    return result;
  }
  int Rename(const std::string& from, const std::string& to) override {
    if (to == "/lock") Run(before_rename);
    return MemorySystemCalls::Rename(from, to);
  }
  int Link(const std::string& existing, const std::string& created) override {
    if (link_error != 0) return -link_error;
    return MemorySystemCalls::Link(existing, created);
  }

  std::function<void()> before_lock;
  std::function<void()> after_lock;
  std::function<void()> before_rename;
  int link_error = 0;

 private:
  static void Run(std::function<void()>& hook) {
    const std::function<void()> once = std::exchange(hook, nullptr);
    if (once) once();
  }
};

class HookedFiles : public Files {
 public:
  HookedFiles() : Files(std::make_unique<HookedCalls>()) {}
  HookedCalls& hooks() { return static_cast<HookedCalls&>(system_calls()); }
};

class TakeOverTest : public testing::Test {
 protected:
  TakeOverTest() {
    EXPECT_THAT(
        files_.WriteAtomically("/lock", FormatLockOwner(DeadOwner(files_))),
        IsOk());
  }
  HookedFiles files_;
};

TEST_F(TakeOverTest, WhoWasOvertakenAfterJudgingTheLockStaleLeavesTheNewOne) {
  absl::StatusOr<std::unique_ptr<FileLock>> other = nullptr;
  files_.hooks().before_lock = [&] { other = files_.Lock("/lock"); };
  const auto lock = files_.Lock("/lock");
  ASSERT_THAT(other, IsOk());
  ASSERT_NE(*other, nullptr);
  EXPECT_THAT(lock,
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("holds it")));
}

TEST_F(TakeOverTest, WhoWasOvertakenByOneDoneAlreadyTakesTheFreeLock) {
  files_.hooks().before_lock = [&] {
    EXPECT_THAT(files_.Lock("/lock"), IsOk());
  };
  EXPECT_THAT(files_.Lock("/lock"), IsOk());
}

TEST_F(TakeOverTest, NobodyComesBetweenTheCheckAndTheRename) {
  for (std::function<void()> HookedCalls::*place :
       {&HookedCalls::after_lock, &HookedCalls::before_rename}) {
    ASSERT_THAT(
        files_.WriteAtomically("/lock", FormatLockOwner(DeadOwner(files_))),
        IsOk());
    bool tried = false;
    files_.hooks().*place = [&] {
      tried = true;
      EXPECT_THAT(files_.Lock("/lock"),
                  StatusIs(absl::StatusCode::kUnavailable,
                           HasSubstr("is just taking it over")));
    };
    EXPECT_THAT(files_.Lock("/lock"), IsOk());
    EXPECT_TRUE(tried);
  }
}

TEST_F(TakeOverTest, WithoutHardLinksTheErrorSaysSo) {
  for (const int error_number : {EPERM, EOPNOTSUPP, ENOSYS}) {
    files_.hooks().link_error = error_number;
    EXPECT_THAT(files_.Lock("/lock"),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("no hard links")));
  }
}

TEST(FileLockFaultsTest, ALinkWhoseAnswerWasLostCounts) {
  MemoryFiles memory;
  FaultyFiles files(memory);
  files.FailCall(SystemCall::kLink, 0, Fault::kAnswerLost);
  EXPECT_THAT(files.Lock("/lock"), IsOk());
  EXPECT_EQ(files.faults_met(), 1u);
}

TEST(FileLockFaultsTest, WithoutFlockAStaleLockIsReportedNotTakenOver) {
  MemoryFiles memory;
  const std::string text = FormatLockOwner(DeadOwner(memory));
  ASSERT_THAT(memory.WriteAtomically("/lock", text), IsOk());
  FaultyFiles files(memory);
  files.FailCall(SystemCall::kLockDescriptor, 0, Fault::kInputOutputError);
  EXPECT_THAT(files.Lock("/lock"),
              StatusIs(absl::StatusCode::kDataLoss,
                       AllOf(HasSubstr("take over the stale lock /lock"),
                             HasSubstr("remove the file by hand"))));
  EXPECT_THAT(memory.Read("/lock"), IsOkAndHolds(text));
}

absl::Status LockAndRelease(Files& files) {
  ASSIGN_OR_RETURN(const auto lock, files.Lock("/lock"));
  return absl::OkStatus();
}

// Whatever happened, the next process gets the lock.
void CheckLockIsFreeForTheNext(MemoryFiles& files,
                               const FaultOutcome& outcome) {
  if (!outcome.crash.has_value() &&
      (!outcome.fault.has_value() || *outcome.fault == Fault::kInterrupted ||
       *outcome.fault == Fault::kShort)) {
    EXPECT_THAT(outcome.status, IsOk());
    EXPECT_THAT(files.List("/"), IsOkAndHolds(IsEmpty()));
  }
  files.Crash(CrashMode::kProcessKilled);
  EXPECT_THAT(files.Lock("/lock"), IsOk());
  EXPECT_THAT(files.RemoveStaleTemporaries("/"), IsOk());
  EXPECT_THAT(files.List("/"), IsOkAndHolds(IsEmpty()));
}

TEST(FileLockFaultsTest, AfterEveryFaultAndCrashTheNextProcessGetsTheLock) {
  ForEachFault({{}, LockAndRelease, CheckLockIsFreeForTheNext});
}

TEST(FileLockFaultsTest, AfterEveryFaultInATakeOverTheNextProcessGetsTheLock) {
  ForEachFault({[](Files& files) {
                  ASSERT_THAT(files.WriteAtomically(
                                  "/lock", FormatLockOwner(DeadOwner(files))),
                              IsOk());
                },
                LockAndRelease, CheckLockIsFreeForTheNext});
}

TEST(LockOwnerTest, TextAndOwnerAreTheSame) {
  const LockOwner owner = {
      {"host name", "boot", "pid:[1]", 77, 123456}, kSinceSeconds, 9};
  const std::string text = FormatLockOwner(owner);
  EXPECT_EQ(text,
            "culturemert lock 1\nhost host name\npid 77\nboot boot\n"
            "pid_namespace pid:[1]\nstart_ticks 123456\n"
            "since 2026-01-31T12:00:00Z\nnumber 9\n");
  const auto parsed = ParseLockOwner(text);
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(FormatLockOwner(*parsed), text);
}

TEST(LockOwnerTest, NamesThatWouldBreakTheLinesAreMadeHarmless) {
  const LockOwner owner = {
      {"a\nb\t", std::string(600, 'b'), "", 1, 2}, kSinceSeconds, 3};
  const auto parsed = ParseLockOwner(FormatLockOwner(owner));
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(parsed->process.host, "a?b?");
  EXPECT_EQ(parsed->process.boot.size(), 512u);
}

TEST(LockOwnerTest, AnErrorNamesLineExpectedAndFound) {
  EXPECT_THAT(ParseLockOwner("culturemert lock 1\nhost a\npid x\n"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "line 3: expected \"pid <number>\", found \"x\""));
  EXPECT_THAT(ParseLockOwner(""),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "line 1: expected \"culturemert lock 1\", found \"\""));
}

}  // namespace
}  // namespace culturemert
