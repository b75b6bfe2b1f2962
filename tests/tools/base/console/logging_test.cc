#include "tools/base/console/logging.h"

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/console/console.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;

absl::Time TestTime() {
  return absl::FromCivil(absl::CivilSecond(2024, 5, 6, 14, 2, 33),
                         absl::UTCTimeZone()) +
         absl::Milliseconds(987);
}

std::string Format(Severity severity, absl::string_view message,
                   bool with_colour = false) {
  return FormatLogEntry({severity, TestTime(), message}, absl::UTCTimeZone(),
                        with_colour);
}

class CapturingSink : public LogSink {
 public:
  void Write(const LogEntry& entry) override {
    lines.push_back(FormatLogEntry(entry, absl::UTCTimeZone(), false));
  }

  std::vector<std::string> lines;
};

TEST(FormatLogEntryTest, PutsTimeAndSeverityBeforeTheMessage) {
  EXPECT_EQ(Format(Severity::kDebug, "a"), "14:02:33 debug: a");
  EXPECT_EQ(Format(Severity::kInfo, "a"), "14:02:33 a");
  EXPECT_EQ(Format(Severity::kWarning, "a"), "14:02:33 warning: a");
  EXPECT_EQ(Format(Severity::kError, "a"), "14:02:33 error: a");
  EXPECT_EQ(Format(Severity::kInfo, ""), "14:02:33 ");
}

TEST(FormatLogEntryTest, ColoursTheSeverityAlone) {
  EXPECT_EQ(Format(Severity::kDebug, "a", true),
            "14:02:33 \x1b[2mdebug:\x1b[0m a");
  EXPECT_EQ(Format(Severity::kInfo, "a", true), "14:02:33 a");
  EXPECT_EQ(Format(Severity::kWarning, "a", true),
            "14:02:33 \x1b[33mwarning:\x1b[0m a");
  EXPECT_EQ(Format(Severity::kError, "a", true),
            "14:02:33 \x1b[1;31merror:\x1b[0m a");
}

TEST(FormatLogEntryTest, UsesTheTimeZone) {
  EXPECT_EQ(FormatLogEntry({Severity::kInfo, TestTime(), "a"},
                           absl::FixedTimeZone(2 * 60 * 60), false),
            "16:02:33 a");
}

TEST(FormatLogEntryTest, IndentsFurtherLines) {
  EXPECT_EQ(Format(Severity::kInfo, "a\nb\nc\n"),
            "14:02:33 a\n         b\n         c");
}

TEST(FormatLogEntryTest, ShowsControlCharactersAsNumbers) {
  EXPECT_EQ(Format(Severity::kInfo, "a\x1b[2J\rb"), "14:02:33 a\\x1b[2J\\x0db");
}

TEST(LoggerTest, GivesEntriesToAllSinksWhileTheyLive) {
  Logger logger(TestTime);
  CapturingSink one, two;
  const ScopedLogSink first(one, logger);
  {
    const ScopedLogSink second(two, logger);
    logger.Log(Severity::kInfo, "both");
  }
  logger.Log(Severity::kError, "first");
  EXPECT_THAT(one.lines, ElementsAre("14:02:33 both", "14:02:33 error: first"));
  EXPECT_THAT(two.lines, ElementsAre("14:02:33 both"));
}

TEST(LoggerTest, DropsWhatIsBelowTheMinimum) {
  constexpr Severity kAll[] = {Severity::kDebug, Severity::kInfo,
                               Severity::kWarning, Severity::kError};
  Logger logger(TestTime);
  EXPECT_FALSE(logger.IsEnabled(Severity::kDebug));
  EXPECT_TRUE(logger.IsEnabled(Severity::kInfo));
  for (const Severity min_severity : kAll) {
    logger.SetMinSeverity(min_severity);
    for (const Severity severity : kAll) {
      CapturingSink sink;
      const ScopedLogSink scope(sink, logger);
      logger.Log(severity, "a");
      EXPECT_EQ(sink.lines.size(), severity >= min_severity ? 1 : 0);
      EXPECT_EQ(logger.IsEnabled(severity), severity >= min_severity);
    }
  }
}

TEST(LoggerTest, SerialisesTheEntriesOfManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kLines = 200;
  Logger logger(TestTime);
  CapturingSink sink;
  const ScopedLogSink scope(sink, logger);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&logger] {
      for (int i = 0; i < kLines; ++i) logger.Log(Severity::kInfo, "line");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sink.lines.size(), kThreads * kLines);
}

TEST(ConsoleLogSinkTest, PrintsAboveTheStatusInTheColoursOfTheConsole) {
  for (const bool has_colour : {false, true}) {
    std::string output;
    Console::Options options;
    options.is_terminal = true;
    options.has_colour = has_colour;
    options.write = [&](absl::string_view bytes) {
      absl::StrAppend(&output, bytes);
    };
    Console console(options);
    ConsoleLogSink sink(console, absl::UTCTimeZone());
    Logger logger(TestTime);
    const ScopedLogSink scope(sink, logger);
    console.SetStatus(&console, "10 %");
    logger.Log(Severity::kWarning, "a");
    EXPECT_EQ(output,
              has_colour
                  ? "\r10 %\x1b[K\r\x1b[K14:02:33 \x1b[33mwarning:\x1b[0m a\n"
                    "\r10 %\x1b[K"
                  : "\r10 %\x1b[K\r\x1b[K14:02:33 warning: a\n\r10 %\x1b[K");
  }
}

class MessageSink : public LogSink {
 public:
  void Write(const LogEntry& entry) override {
    severities.push_back(entry.severity);
    messages.emplace_back(entry.message);
  }

  std::vector<Severity> severities;
  std::vector<std::string> messages;
};

TEST(DefaultLoggerTest, TakesWhatStrCatTakes) {
  MessageSink sink;
  const ScopedLogSink scope(sink);
  LogInfo("read ", 3, " files of ", 1.5, " ", std::string("GB"));
  LogWarning(absl::string_view("odd"));
  LogError("bad");
  LogDebug("unseen");
  SetMinSeverity(Severity::kDebug);
  LogDebug("seen");
  SetMinSeverity(Severity::kError);
  LogWarning("unseen");
  SetMinSeverity(Severity::kInfo);
  EXPECT_THAT(sink.messages,
              ElementsAre("read 3 files of 1.5 GB", "odd", "bad", "seen"));
  EXPECT_THAT(sink.severities, ElementsAre(Severity::kInfo, Severity::kWarning,
                                           Severity::kError, Severity::kDebug));
}

}  // namespace
}  // namespace culturemert
