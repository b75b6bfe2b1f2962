// Locks between real processes, on the machine's file system.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tools/base/files/file_systems.h"
#include "tools/base/files/files.h"
#include "tools/base/files/lock_owner.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// One byte at a time between processes.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe(ends_.data()), 0); }
  ~Pipe() {
    CloseWriter();
    close(ends_[0]);
  }
  void Send(char byte) { EXPECT_EQ(write(ends_[1], &byte, 1), 1); }
  // '\0' when all writers are gone.
  char Receive() {
    char byte = '\0';
    return read(ends_[0], &byte, 1) == 1 ? byte : '\0';
  }
  void CloseWriter() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  std::array<int, 2> ends_;
};

class LockProcessesTest : public testing::Test {
 protected:
  // A child that tries for the lock after `start` ends, says 'w' or 'l' (won,
  // lost) through `result`, and stays until `stop` ends or it is killed.
  pid_t StartTaker(Pipe& start, Pipe& result, Pipe& stop) {
    const pid_t child = fork();
    if (child != 0) return child;
    start.CloseWriter();
    stop.CloseWriter();
    start.Receive();
    auto lock = files_.Lock(path_);
    result.Send(lock.ok() ? 'w' : 'l');
    stop.Receive();
    if (lock.ok()) lock->reset();
    _exit(0);
  }

  const std::unique_ptr<FileSystem> system_ = FileSystem::MakeReal();
  Files& files_ = system_->files();
  const std::string path_ = system_->Path("lock");
};

TEST_F(LockProcessesTest, ALivingHolderIsNamedAndADeadOneTakenOver) {
  Pipe start, result, stop;
  const pid_t child = StartTaker(start, result, stop);
  ASSERT_GT(child, 0);
  start.CloseWriter();
  ASSERT_EQ(result.Receive(), 'w');
  EXPECT_THAT(files_.Lock(path_),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr(absl::StrCat("process ", child, " on host"))));
  ASSERT_EQ(kill(child, SIGKILL), 0);
  // Dead but not waited for, the child still has its process id.
  siginfo_t info;
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT),
            0);
  EXPECT_THAT(system_->Names(), ElementsAre("lock"));
  EXPECT_THAT(files_.Lock(path_), IsOk());
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_THAT(system_->Names(), IsEmpty());
}

TEST_F(LockProcessesTest, ADeadHolderThatIsForgottenIsTakenOver) {
  Pipe start, result, stop;
  const pid_t child = StartTaker(start, result, stop);
  ASSERT_GT(child, 0);
  start.CloseWriter();
  ASSERT_EQ(result.Receive(), 'w');
  ASSERT_EQ(kill(child, SIGKILL), 0);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_THAT(files_.Lock(path_), IsOk());
}

TEST_F(LockProcessesTest, OfTwentyProcessesExactlyOneTakesAStaleLock) {
  constexpr int kTakers = 20;
  for (int round = 0; round < 3; ++round) {
    LockOwner owner = {files_.system_calls().ThisProcess(), 0, 0};
    owner.process.boot = "before";
    ASSERT_THAT(files_.WriteAtomically(path_, FormatLockOwner(owner)), IsOk());
    Pipe start, result, stop;
    std::vector<pid_t> children;
    for (int i = 0; i < kTakers; ++i) {
      children.push_back(StartTaker(start, result, stop));
      ASSERT_GT(children.back(), 0);
    }
    start.CloseWriter();
    int winners = 0;
    for (int i = 0; i < kTakers; ++i) winners += result.Receive() == 'w';
    EXPECT_EQ(winners, 1);
    stop.CloseWriter();
    for (const pid_t child : children) {
      ASSERT_EQ(waitpid(child, nullptr, 0), child);
    }
    EXPECT_THAT(system_->Names(), IsEmpty());
  }
}

TEST_F(LockProcessesTest, AForkedChildsCopyDoesNotRemoveTheLock) {
  auto lock = files_.Lock(path_);
  ASSERT_THAT(lock, IsOk());
  const pid_t child = fork();
  if (child == 0) {
    lock->reset();
    _exit(0);
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(files_.Exists(path_));
}

TEST_F(LockProcessesTest, TemporariesOfAKilledWriterAreRemoved) {
  Pipe ready;
  const pid_t child = fork();
  if (child == 0) {
    auto writer = files_.CreateAtomically(system_->Path("a"));
    ready.Send(writer.ok() ? 'w' : 'l');
    pause();
    _exit(0);
  }
  ASSERT_EQ(ready.Receive(), 'w');
  EXPECT_THAT(files_.RemoveStaleTemporaries(system_->Path("")),
              IsOkAndHolds(0));
  ASSERT_EQ(kill(child, SIGKILL), 0);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_THAT(files_.RemoveStaleTemporaries(system_->Path("")),
              IsOkAndHolds(1));
  EXPECT_THAT(system_->Names(), IsEmpty());
}

}  // namespace
}  // namespace culturemert
