#include "tools/base/console/console.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/console/human.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ConsoleTest : public testing::Test {
 protected:
  Console::Options Options(bool is_terminal) {
    Console::Options options;
    options.is_terminal = is_terminal;
    options.width_columns = [this] { return width_columns_; };
    options.write = [this](absl::string_view bytes) {
      writes_.emplace_back(bytes);
    };
    return options;
  }

  std::vector<std::string> TakeWrites() { return std::exchange(writes_, {}); }

  int width_columns_ = 80;
  std::vector<std::string> writes_;
};

TEST_F(ConsoleTest, PrintsWholeLinesInOneWrite) {
  Console console(Options(/*is_terminal=*/true));
  console.PrintLine("one");
  console.PrintLine("");
  EXPECT_THAT(TakeWrites(), ElementsAre("one\n", "\n"));
}

TEST_F(ConsoleTest, KeepsTheStatusBelowTheLines) {
  Console console(Options(/*is_terminal=*/true));
  console.SetStatus(&console, "10 %");
  EXPECT_THAT(TakeWrites(), ElementsAre("\r10 %\x1b[K"));
  console.PrintLine("line");
  EXPECT_THAT(TakeWrites(), ElementsAre("\r\x1b[Kline\n\r10 %\x1b[K"));
  console.SetStatus(&console, "20 %");
  EXPECT_THAT(TakeWrites(), ElementsAre("\r20 %\x1b[K"));
  console.ClearStatus(&console);
  EXPECT_THAT(TakeWrites(), ElementsAre("\r\x1b[K"));
  console.PrintLine("line");
  EXPECT_THAT(TakeWrites(), ElementsAre("line\n"));
}

TEST_F(ConsoleTest, ShowsTheStatusOfTheLatestOwner) {
  Console console(Options(/*is_terminal=*/true));
  int outer = 0, inner = 0;
  console.SetStatus(&outer, "outer 1");
  console.SetStatus(&inner, "inner 1");
  EXPECT_THAT(TakeWrites(), ElementsAre("\router 1\x1b[K", "\rinner 1\x1b[K"));
  console.SetStatus(&outer, "outer 2");
  EXPECT_THAT(TakeWrites(), IsEmpty());
  console.ClearStatus(&inner);
  EXPECT_THAT(TakeWrites(), ElementsAre("\router 2\x1b[K"));
  console.SetStatus(&inner, "inner 2");
  console.ClearStatus(&outer);
  EXPECT_THAT(TakeWrites(), ElementsAre("\rinner 2\x1b[K"));
  console.ClearStatus(&outer);
  EXPECT_THAT(TakeWrites(), IsEmpty());
}

TEST_F(ConsoleTest, CutsTheStatusToTheWidthOfTheMoment) {
  Console console(Options(/*is_terminal=*/true));
  width_columns_ = 5;
  console.SetStatus(&console, "λύρα λύρα");
  EXPECT_THAT(TakeWrites(), ElementsAre("\rλύρα\x1b[K"));
  width_columns_ = 3;
  console.PrintLine("a whole line");
  EXPECT_THAT(TakeWrites(), ElementsAre("\r\x1b[Ka whole line\n\rλύ\x1b[K"));
  width_columns_ = 0;
  console.SetStatus(&console, "λύρα");
  EXPECT_THAT(TakeWrites(), ElementsAre("\r\x1b[K"));
}

TEST_F(ConsoleTest, ShowsNoStatusInAFile) {
  Console console(Options(/*is_terminal=*/false));
  console.SetStatus(&console, "10 %");
  console.PrintLine("line");
  console.ClearStatus(&console);
  EXPECT_THAT(TakeWrites(), ElementsAre("line\n"));
}

TEST_F(ConsoleTest, KeepsTheLinesOfManyThreadsWhole) {
  Console console(Options(/*is_terminal=*/true));
  constexpr int kThreads = 4;
  constexpr int kLines = 200;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&console, thread] {
      for (int i = 0; i < kLines; ++i) {
        console.PrintLine(std::string(20, static_cast<char>('a' + thread)));
        console.SetStatus(&console, absl::StrCat(i));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  int lines = 0;
  for (const std::string& write : TakeWrites()) {
    if (!absl::StrContains(write, "\n")) continue;
    ++lines;
    const std::size_t start = write.find_first_of("abcd");
    EXPECT_EQ(write.substr(start, 21), std::string(20, write[start]) + "\n");
  }
  EXPECT_EQ(lines, kThreads * kLines);
}

Environment EnvironmentOf(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) -> const char* {
    const auto variable = variables.find(name);
    return variable == variables.end() ? nullptr : variable->second.c_str();
  };
}

class PipeTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(pipe(ends_), 0); }
  void TearDown() override {
    close(ends_[0]);
    close(ends_[1]);
  }

  int ends_[2];
};

TEST_F(PipeTest, IsNoTerminalAndGetsTheBytes) {
  Console console(
      Console::ForDescriptor(ends_[1], EnvironmentOf({{"TERM", "xterm"}})));
  EXPECT_FALSE(console.is_terminal());
  EXPECT_FALSE(console.has_colour());
  console.PrintLine("line");
  char bytes[100];
  ASSERT_EQ(read(ends_[0], bytes, sizeof(bytes)), 5);
  EXPECT_EQ(absl::string_view(bytes, 5), "line\n");
}

TEST_F(PipeTest, GetsMoreThanFitsIntoIt) {
  const std::string line(1 << 20, 'x');
  std::string received;
  std::thread reader([&] {
    std::vector<char> bytes(4096);
    while (received.size() < line.size() + 1) {
      const ssize_t size = read(ends_[0], bytes.data(), bytes.size());
      if (size <= 0) break;
      received.append(bytes.data(), static_cast<std::size_t>(size));
    }
  });
  Console(Console::ForDescriptor(ends_[1], EnvironmentOf({}))).PrintLine(line);
  reader.join();
  EXPECT_TRUE(received == line + "\n") << received.size();
}

TEST_F(PipeTest, HasTheWidthOfColumnsOr80) {
  const auto width = [&](const std::string& columns) {
    return Console(Console::ForDescriptor(
                       ends_[1], EnvironmentOf({{"COLUMNS", columns}})))
        .width_columns();
  };
  EXPECT_EQ(width("132"), 132);
  EXPECT_EQ(width(" 40 "), 40);
  for (const char* bad : {"", "0", "-5", "x", "10001", "99999999999999"}) {
    EXPECT_EQ(width(bad), 80) << bad;
  }
  EXPECT_EQ(Console(Console::ForDescriptor(ends_[1], EnvironmentOf({})))
                .width_columns(),
            80);
}

TEST_F(PipeTest, TakesItsCharsetFromTheFirstLocaleVariableThatIsSet) {
  const auto charset = [&](std::map<std::string, std::string> variables) {
    return Console(Console::ForDescriptor(ends_[1],
                                          EnvironmentOf(std::move(variables))))
        .charset();
  };
  EXPECT_EQ(charset({}), Charset::kAscii);
  EXPECT_EQ(charset({{"LANG", "C"}}), Charset::kAscii);
  EXPECT_EQ(charset({{"LANG", "en_GB.UTF-8"}}), Charset::kUtf8);
  EXPECT_EQ(charset({{"LANG", "C.utf8"}}), Charset::kUtf8);
  EXPECT_EQ(charset({{"LC_CTYPE", "tr_TR.UTF-8"}, {"LANG", "C"}}),
            Charset::kUtf8);
  EXPECT_EQ(charset({{"LC_ALL", "C"}, {"LANG", "en_GB.UTF-8"}}),
            Charset::kAscii);
  EXPECT_EQ(charset({{"LC_ALL", ""}, {"LANG", "en_GB.UTF-8"}}), Charset::kUtf8);
}

// A pseudo-terminal, as terminal emulators use it.
class TerminalTest : public testing::Test {
 protected:
  void SetUp() override {
    leader_ = posix_openpt(O_RDWR | O_NOCTTY);
    if (leader_ < 0 || grantpt(leader_) != 0 || unlockpt(leader_) != 0) {
      GTEST_SKIP() << "this machine gives no pseudo-terminals";
    }
    follower_ = open(ptsname(leader_), O_RDWR | O_NOCTTY);
    if (follower_ < 0) GTEST_SKIP() << "cannot open the pseudo-terminal";
  }
  void TearDown() override {
    if (follower_ >= 0) close(follower_);
    if (leader_ >= 0) close(leader_);
  }

  int leader_ = -1;
  int follower_ = -1;
};

TEST_F(TerminalTest, HasColourUnlessNoColorIsSet) {
  const auto options = [&](std::map<std::string, std::string> variables) {
    return Console::ForDescriptor(follower_,
                                  EnvironmentOf(std::move(variables)));
  };
  EXPECT_TRUE(options({{"TERM", "xterm"}}).is_terminal);
  EXPECT_TRUE(options({{"TERM", "xterm"}}).has_colour);
  EXPECT_TRUE(options({{"NO_COLOR", ""}}).has_colour);
  EXPECT_TRUE(options({{"NO_COLOR", "1"}}).is_terminal);
  EXPECT_FALSE(options({{"NO_COLOR", "1"}}).has_colour);
  EXPECT_FALSE(options({{"TERM", "dumb"}}).is_terminal);
  EXPECT_FALSE(options({{"TERM", "dumb"}}).has_colour);
}

TEST_F(TerminalTest, FollowsTheWidthOfTheWindow) {
  const Console console(
      Console::ForDescriptor(follower_, EnvironmentOf({{"COLUMNS", "99"}})));
  for (const unsigned short columns : {120, 40}) {
    winsize size = {};
    size.ws_col = columns;
    ASSERT_EQ(ioctl(leader_, TIOCSWINSZ, &size), 0);
    EXPECT_EQ(console.width_columns(), columns);
  }
  winsize unknown = {};
  ASSERT_EQ(ioctl(leader_, TIOCSWINSZ, &unknown), 0);
  EXPECT_EQ(console.width_columns(), 99);
}

}  // namespace
}  // namespace culturemert
