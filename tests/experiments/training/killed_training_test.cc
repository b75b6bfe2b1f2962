// A training that is killed at random times ends with the same weights and
// logs. CULTUREMERT_KILLS=100 kills it more often than the default.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/files.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

constexpr int kDefaultKills = 30;

int Kills() {
  const char* text = std::getenv("CULTUREMERT_KILLS");
  int kills = kDefaultKills;
  if (text != nullptr && !absl::SimpleAtoi(text, &kills)) return kDefaultKills;
  return kills;
}

std::string Folder(const std::string& name) {
  return absl::StrCat(testing::TempDir(), "/", name);
}

pid_t Start(const std::string& folder) {
  const pid_t child = fork();
  if (child == 0) {
    // One thread is enough, and leaves the machine to others.
    setenv("OMP_NUM_THREADS", "1", 1);
    const char* const program = "tests/experiments/training/tiny_training_main";
    execl(program, program, folder.c_str(), nullptr);
    _exit(127);
  }
  return child;
}

// The status of its end, or -1 if it runs on after `patience`.
int WaitFor(pid_t child, absl::Duration patience) {
  const absl::Time end = absl::Now() + patience;
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (absl::Now() >= end) return -1;
    absl::SleepFor(absl::Milliseconds(1));
  }
  return status;
}

std::string ReadFile(const std::string& path) {
  const auto text = Files::Real().Read(path);
  EXPECT_THAT(text, IsOk());
  return text.ok() ? *text : "";
}

class KilledTrainingTest : public testing::Test {
 protected:
  KilledTrainingTest() {
    const std::string folder = Folder("reference");
    EXPECT_THAT(Files::Real().CreateDirectories(folder), IsOk());
    const absl::Time begun = absl::Now();
    EXPECT_EQ(WaitFor(Start(folder), absl::InfiniteDuration()), 0);
    whole_run_ = absl::Now() - begun;
    weights_ = ReadFile(folder + "/weights");
    metrics_ = ReadFile(folder + "/metrics.jsonl");
    EXPECT_FALSE(weights_.empty());
  }

  void ExpectTheSame(const std::string& folder) {
    EXPECT_TRUE(ReadFile(folder + "/weights") == weights_) << folder;
    EXPECT_EQ(ReadFile(folder + "/metrics.jsonl"), metrics_) << folder;
  }

  absl::Duration whole_run_;
  std::string weights_;
  std::string metrics_;
};

TEST_F(KilledTrainingTest, EndsWithTheSameBitsWhenKilledAtAnyTime) {
  const RandomStream random(1, StreamId("kills"));
  const int kills = Kills();
  int killed = 0;
  int runs = 0;
  // On, too, until a killed training has come to its end, however slow the
  // machine has become since whole_run_ was taken.
  const int wanted_runs = kills / 30;
  for (std::uint64_t start = 0; killed < kills || runs < wanted_runs; ++start) {
    const std::string folder = Folder(absl::StrCat("killed", runs));
    ASSERT_THAT(Files::Real().CreateDirectories(folder), IsOk());
    const pid_t child = Start(folder);
    const int status = WaitFor(child, random.UniformDouble(start) * whole_run_);
    if (status == -1) {
      kill(child, SIGKILL);
      waitpid(child, nullptr, 0);
      ++killed;
      continue;
    }
    ASSERT_EQ(status, 0) << "a restarted training failed";
    ExpectTheSame(folder);
    ++runs;
  }
  // The last one, to its end.
  const std::string folder = Folder(absl::StrCat("killed", runs));
  ASSERT_EQ(WaitFor(Start(folder), absl::InfiniteDuration()), 0);
  ExpectTheSame(folder);
}

TEST_F(KilledTrainingTest, SavesAndEndsInOrderWhenAskedTo) {
  const std::string folder = Folder("asked");
  ASSERT_THAT(Files::Real().CreateDirectories(folder), IsOk());
  for (const int signal : {SIGTERM, SIGINT}) {
    const pid_t child = Start(folder);
    // From when it holds the lock, it is ready for signals.
    while (!Files::Real().Exists(folder + "/training.lock")) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    kill(child, signal);
    EXPECT_EQ(WaitFor(child, absl::Seconds(30)), 0);
  }
  EXPECT_FALSE(Files::Real().Exists(folder + "/weights"));
  ASSERT_EQ(WaitFor(Start(folder), absl::InfiniteDuration()), 0);
  ExpectTheSame(folder);
}

}  // namespace
}  // namespace culturemert
