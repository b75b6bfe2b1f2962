// A plan whose process is killed at random times ends with the same artifacts;
// several processes share one. CULTUREMERT_KILLS=100 kills more often than the
// default.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "experiments/artifacts/store_upkeep.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/files.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::SizeIs;

constexpr int kDefaultKills = 10;
constexpr int kNodes = 10;
constexpr int kStoppedExit = 3;

int Kills() {
  const char* text = std::getenv("CULTUREMERT_KILLS");
  int kills = kDefaultKills;
  if (text != nullptr && !absl::SimpleAtoi(text, &kills)) return kDefaultKills;
  return kills;
}

std::string Root(const std::string& name) {
  return absl::StrCat(testing::TempDir(), "/", name);
}
std::string LogOf(const std::string& root) { return root + ".log"; }

pid_t Start(const std::string& root) {
  const std::string log = LogOf(root);
  const pid_t child = fork();
  if (child == 0) {
    const char* const program = "tests/experiments/artifacts/tiny_plan_main";
    execl(program, program, root.c_str(), log.c_str(), nullptr);
    _exit(127);
  }
  return child;
}

// The exit code, or -1 if it runs on after `patience`.
int WaitFor(pid_t child, absl::Duration patience) {
  const absl::Time end = absl::Now() + patience;
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (absl::Now() >= end) return -1;
    absl::SleepFor(absl::Milliseconds(1));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void Kill(pid_t child) {
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

struct LogLine {
  std::string event;
  std::string id;
  pid_t pid = 0;
};

std::vector<LogLine> ReadLog(const std::string& root) {
  const auto text = Files::Real().Read(LogOf(root));
  std::vector<LogLine> lines;
  const std::string log = text.value_or("");
  for (const absl::string_view line : absl::StrSplit(log, '\n')) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    int pid = 0;
    if (words.size() == 3 && absl::SimpleAtoi(words[2], &pid)) {
      lines.push_back({words[0], words[1], pid});
    }
  }
  return lines;
}

// Everything that is not about time, by directory.
std::map<std::string, std::string> Contents(const std::string& root) {
  ArtifactStore store(Files::Real(), root);
  const auto entries = ListArtifacts(store, Verification::kChecksums);
  EXPECT_THAT(entries, IsOk());
  std::map<std::string, std::string> contents;
  if (!entries.ok()) return contents;
  for (const StoredEntry& entry : *entries) {
    EXPECT_TRUE(entry.kind == StoredKind::kArtifact) << entry.directory;
    EXPECT_THAT(entry.problem, IsOk());
    std::string& text = contents[entry.id.key.ToHex()];
    if (!entry.manifest.has_value()) continue;
    absl::StrAppend(&text, entry.manifest->label, " ",
                    entry.manifest->facts.dump());
    for (const ArtifactFile& file : entry.manifest->files) {
      absl::StrAppend(&text, " ", file.name, " ", file.checksum.ToHex());
    }
  }
  return contents;
}

class KilledPlanTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const std::string root = Root("reference");
    const absl::Time begun = absl::Now();
    ASSERT_EQ(WaitFor(Start(root), absl::Minutes(1)), 0);
    whole_run_ = absl::Now() - begun;
    reference_ = new auto(Contents(root));
    ASSERT_THAT(*reference_, SizeIs(kNodes));
  }
  static void TearDownTestSuite() { delete reference_; }

  void ExpectTheSame(const std::string& root) {
    EXPECT_EQ(Contents(root), *reference_);
  }

  static absl::Duration whole_run_;
  static std::map<std::string, std::string>* reference_;
};

absl::Duration KilledPlanTest::whole_run_;
std::map<std::string, std::string>* KilledPlanTest::reference_ = nullptr;

TEST_F(KilledPlanTest, EndsWithTheSameArtifactsWhenKilledAtAnyTime) {
  const RandomStream random(1, StreamId("kills"));
  const int kills = Kills();
  int killed = 0;
  int runs = 0;
  for (std::uint64_t start = 0; killed < kills; ++start) {
    const std::string root = Root(absl::StrCat("killed", runs));
    const pid_t child = Start(root);
    const int exit_code =
        WaitFor(child, random.UniformDouble(start) * 0.7 * whole_run_);
    if (exit_code == -1) {
      Kill(child);
      ++killed;
      continue;
    }
    ASSERT_EQ(exit_code, 0) << "a restarted run failed";
    ExpectTheSame(root);
    ++runs;
  }
  const std::string root = Root(absl::StrCat("killed", runs));
  ASSERT_EQ(WaitFor(Start(root), absl::Minutes(1)), 0);
  ExpectTheSame(root);
}

TEST_F(KilledPlanTest, StopsInOrderWhenAskedTo) {
  const std::string root = Root("asked");
  for (const int signal : {SIGTERM, SIGINT}) {
    const std::size_t before = ReadLog(root).size();
    const pid_t child = Start(root);
    while (ReadLog(root).size() == before) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    kill(child, signal);
    EXPECT_EQ(WaitFor(child, absl::Seconds(30)), kStoppedExit);
  }
  ASSERT_EQ(WaitFor(Start(root), absl::Minutes(1)), 0);
  ExpectTheSame(root);
}

// Whether it has begun an action before it ended.
bool WaitUntilAtWork(const std::string& root, pid_t child) {
  while (true) {
    for (const LogLine& line : ReadLog(root)) {
      if (line.pid == child) return true;
    }
    if (WaitFor(child, absl::Milliseconds(1)) != -1) return false;
  }
}

// Every action was begun once, or again after the victim had begun it.
void ExpectMadeOnce(const std::string& root, pid_t victim) {
  std::map<std::string, std::vector<pid_t>> makers;
  for (const LogLine& line : ReadLog(root)) {
    if (line.event == "begin") makers[line.id].push_back(line.pid);
  }
  EXPECT_THAT(makers, SizeIs(kNodes));
  int again = 0;
  for (const auto& [id, pids] : makers) {
    for (std::size_t i = 0; i + 1 < pids.size(); ++i) {
      EXPECT_EQ(pids[i], victim) << id << " was computed twice";
      ++again;
    }
  }
  EXPECT_LE(again, 1);
}

TEST_F(KilledPlanTest, ThreeProcessesShareAPlanAndOneMayBeKilled) {
  int killed = 0;
  for (int round = 0; killed < 3; ++round) {
    ASSERT_LT(round, 30) << "no process got anything to do before it ended";
    const std::string root = Root(absl::StrCat("shared", round));
    const std::vector<pid_t> children = {Start(root), Start(root), Start(root)};
    const pid_t victim = children[round % 3];
    if (WaitUntilAtWork(root, victim)) {
      Kill(victim);
      ++killed;
    }
    for (const pid_t child : children) {
      if (child == victim) continue;
      EXPECT_EQ(WaitFor(child, absl::Minutes(1)), 0);
    }
    ExpectTheSame(root);
    ExpectMadeOnce(root, victim);
  }
}

}  // namespace
}  // namespace culturemert
