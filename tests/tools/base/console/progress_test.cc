#include "tools/base/console/progress.h"

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/console/console.h"
#include "tools/base/console/human.h"
#include "tools/base/console/logging.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ProgressTest : public testing::Test {
 protected:
  void UseConsole(bool is_terminal, Charset charset = Charset::kAscii,
                  int width_columns = 100) {
    Console::Options options;
    options.is_terminal = is_terminal;
    options.charset = charset;
    options.width_columns = [width_columns] { return width_columns; };
    options.write = [this](absl::string_view bytes) {
      writes_.emplace_back(bytes);
    };
    console_ = std::make_unique<Console>(std::move(options));
  }

  ProgressOptions Files(std::optional<double> total) {
    ProgressOptions options;
    options.label = "tokenize";
    options.unit = ProgressUnit::Count("files");
    options.total = total;
    options.console = console_.get();
    options.clock = [this] { return now_; };
    return options;
  }

  ProgressOptions Audio(std::optional<double> total) {
    ProgressOptions options = Files(total);
    options.label = "embed";
    options.unit = ProgressUnit::AudioSeconds();
    return options;
  }

  // What was drawn, without the return to the line's start and the erasing of
  // its rest.
  std::vector<std::string> TakeBars() {
    std::vector<std::string> bars;
    for (absl::string_view bar : TakeWrites()) {
      EXPECT_TRUE(absl::ConsumePrefix(&bar, "\r")) << bar;
      EXPECT_TRUE(absl::ConsumeSuffix(&bar, "\x1b[K")) << bar;
      bars.emplace_back(bar);
    }
    return bars;
  }

  std::vector<std::string> TakeWrites() {
    taken_ = std::exchange(writes_, {});
    return taken_;
  }

  absl::Duration now_ = absl::Seconds(1000);
  std::vector<std::string> writes_;
  std::vector<std::string> taken_;
  std::unique_ptr<Console> console_;
};

TEST_F(ProgressTest, RedrawsABarOnATerminal) {
  UseConsole(/*is_terminal=*/true);
  Progress progress(Files(2700));
  EXPECT_THAT(TakeBars(), ElementsAre("tokenize [                    ] 0 %  0 "
                                      "of 2 700 files"));
  now_ += absl::Seconds(100);
  progress.Advance(1350);
  EXPECT_THAT(
      TakeBars(),
      ElementsAre("tokenize [##########          ] 50 %  1 350 of 2 700 files  "
                  "13.5 files/s  1 min 40 s left"));
  now_ += absl::Seconds(99);
  progress.Advance(1349);
  EXPECT_THAT(
      TakeBars(),
      ElementsAre("tokenize [################### ] 99 %  2 699 of 2 700 files  "
                  "13.6 files/s  74 ms left"));
  now_ += absl::Seconds(1);
  progress.Advance();
  EXPECT_THAT(
      TakeBars(),
      ElementsAre("tokenize [####################] 100 %  2 700 of 2 700 files"
                  "  13.5 files/s  0 s left"));
  progress.Finish();
  EXPECT_THAT(
      TakeWrites(),
      ElementsAre("\r\x1b[K",
                  "tokenize: 2 700 files in 3 min 20 s (13.5 files/s)\n"));
}

TEST_F(ProgressTest, DrawsEighthsOfACellInUtf8) {
  UseConsole(/*is_terminal=*/true, Charset::kUtf8);
  constexpr absl::string_view kFirstCell[] = {" ", "▏", "▎", "▍", "▌",
                                              "▋", "▊", "▉", "█"};
  Progress progress(Files(160));
  TakeBars();
  for (int eighths = 1; eighths <= 8; ++eighths) {
    now_ += absl::Seconds(1);
    progress.Advance();
    const std::vector<std::string> bars = TakeBars();
    ASSERT_EQ(bars.size(), 1);
    const std::string bar =
        absl::StrCat("▕", kFirstCell[eighths], std::string(19, ' '), "▏");
    EXPECT_TRUE(absl::StrContains(bars[0], bar)) << bars[0];
  }
  now_ += absl::Seconds(1);
  progress.Advance(152);
  EXPECT_TRUE(absl::StrContains(TakeBars()[0], "▕████████████████████▏"));
}

TEST_F(ProgressTest, ShowsAudioAgainstRealTime) {
  UseConsole(/*is_terminal=*/true, Charset::kUtf8, 120);
  Progress progress(Audio(7800));
  TakeBars();
  now_ += absl::Seconds(10);
  progress.Advance(380.5);
  EXPECT_THAT(
      TakeBars(),
      ElementsAre("embed ▕▉                   ▏ 4 %  6 min 21 s of 2 h 10 min "
                  "audio  38.1× real time  3 min 15 s left"));
  now_ += absl::Seconds(190);
  // Off by what adding seconds in another order may be off.
  progress.Advance(7419.5 + 1e-9);
  TakeBars();
  progress.Finish();
  EXPECT_THAT(
      TakeWrites(),
      ElementsAre("\r\x1b[K",
                  "embed: 2 h 10 min audio in 3 min 20 s (39.0× real time)\n"));
}

TEST_F(ProgressTest, ShowsNoBarWhenTheTotalIsUnknown) {
  UseConsole(/*is_terminal=*/true);
  for (const std::optional<double> unknown :
       {std::optional<double>(), std::optional<double>(-1),
        std::optional<double>(std::numeric_limits<double>::quiet_NaN()),
        std::optional<double>(std::numeric_limits<double>::infinity())}) {
    Progress progress(Files(unknown));
    EXPECT_THAT(TakeBars(), ElementsAre("tokenize  0 files  0 s so far"));
    now_ += absl::Seconds(62);
    progress.Advance(31);
    EXPECT_THAT(
        TakeBars(),
        ElementsAre("tokenize  31 files  0.500 files/s  1 min 02 s so far"));
    progress.Finish();
    EXPECT_THAT(TakeWrites(),
                ElementsAre("\r\x1b[K",
                            "tokenize: 31 files in 1 min 02 s (0.500 files/s)"
                            "\n"));
  }
}

TEST_F(ProgressTest, GivesUpTheBarAndThenTheRestWhereTheTerminalIsNarrow) {
  const auto bar_at = [&](int width_columns) {
    UseConsole(/*is_terminal=*/true, Charset::kAscii, width_columns);
    Progress progress(Files(10));
    TakeBars();
    now_ += absl::Seconds(1);
    progress.Advance(5);
    const std::vector<std::string> bars = TakeBars();
    EXPECT_EQ(bars.size(), 1);
    EXPECT_LT(CountColumns(bars[0]), width_columns);
    progress.Finish();
    TakeWrites();
    return bars[0];
  };
  const absl::string_view facts =
      "50 %  5 of 10 files  5.00 files/s  1.0 s left";
  EXPECT_EQ(bar_at(1000),
            absl::StrCat("tokenize [##########          ] ", facts));
  EXPECT_EQ(bar_at(78),
            absl::StrCat("tokenize [##########          ] ", facts));
  EXPECT_EQ(bar_at(77), absl::StrCat("tokenize [#########          ] ", facts));
  EXPECT_EQ(bar_at(66), absl::StrCat("tokenize [####    ] ", facts));
  EXPECT_EQ(bar_at(65), absl::StrCat("tokenize  ", facts));
  EXPECT_EQ(bar_at(20), "tokenize  50 %  5 o");
  for (int width_columns = 1; width_columns < 120; ++width_columns) {
    bar_at(width_columns);
  }
}

TEST_F(ProgressTest, RedrawsAtMostTenTimesASecond) {
  UseConsole(/*is_terminal=*/true);
  Progress progress(Files(100000));
  TakeBars();
  for (int i = 0; i < 1000; ++i) {
    now_ += absl::Milliseconds(1);
    progress.Advance();
  }
  EXPECT_EQ(TakeBars().size(), 10);
  progress.Finish();
}

TEST_F(ProgressTest, PrintsALineEvery30SecondsWhereThereIsNoTerminal) {
  UseConsole(/*is_terminal=*/false);
  {
    Progress progress(Files(1000));
    EXPECT_THAT(TakeWrites(), IsEmpty());
    for (int i = 0; i < 75; ++i) {
      now_ += absl::Seconds(1);
      progress.Advance(10);
    }
    EXPECT_THAT(
        TakeWrites(),
        ElementsAre(
            "tokenize: 30 %, 300 of 1 000 files, 10.0 files/s, 1 min 10 s left"
            "\n",
            "tokenize: 60 %, 600 of 1 000 files, 10.0 files/s, 40.0 s left\n"));
    progress.Finish();
    EXPECT_THAT(TakeWrites(),
                ElementsAre("tokenize: 750 of 1 000 files in 1 min 15 s (10.0 "
                            "files/s)\n"));
    progress.Finish();
  }
  EXPECT_THAT(TakeWrites(), IsEmpty());
}

TEST_F(ProgressTest, SaysHowFarItCameWhenTheWorkStops) {
  UseConsole(/*is_terminal=*/true);
  {
    Progress progress(Files(100));
    now_ += absl::Seconds(20);
    progress.Advance(40);
    TakeBars();
  }
  EXPECT_THAT(
      TakeWrites(),
      ElementsAre("\r\x1b[K",
                  "tokenize: stopped at 40 of 100 files after 20.0 s\n"));
}

TEST_F(ProgressTest, IsSilentWhenQuiet) {
  for (const bool is_terminal : {false, true}) {
    UseConsole(is_terminal);
    ProgressOptions options = Files(100);
    options.is_quiet = true;
    {
      Progress progress(options);
      now_ += absl::Seconds(100);
      progress.Advance(50);
      progress.Finish();
    }
    { Progress unfinished(options); }
    EXPECT_THAT(TakeWrites(), IsEmpty());
  }
}

TEST_F(ProgressTest, TakesNothingToDoAndMoreThanExpected) {
  UseConsole(/*is_terminal=*/true);
  Progress nothing(Files(0));
  EXPECT_THAT(
      TakeBars(),
      ElementsAre("tokenize [####################] 100 %  0 of 0 files"));
  nothing.Finish();
  EXPECT_THAT(TakeWrites(),
              ElementsAre("\r\x1b[K", "tokenize: 0 files in 0 s\n"));
  Progress more(Files(2));
  TakeBars();
  now_ += absl::Seconds(3);
  more.Advance(3);
  EXPECT_THAT(
      TakeBars(),
      ElementsAre("tokenize [####################] 100 %  3 of 2 files  "
                  "1.00 files/s  0 s left"));
  more.Finish();
  EXPECT_EQ(TakeWrites().back(),
            "tokenize: 3 of 2 files in 3.0 s (1.00 files/s)\n");
}

TEST_F(ProgressTest, IgnoresAmountsThatAreNoProgress) {
  UseConsole(/*is_terminal=*/false);
  Progress progress(Files(10));
  now_ += absl::Seconds(1);
  progress.Advance(2);
  for (const double amount :
       {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(),
        std::numeric_limits<double>::infinity()}) {
    progress.Advance(amount);
  }
  progress.Finish();
  EXPECT_THAT(TakeWrites(),
              ElementsAre("tokenize: 2 of 10 files in 1.0 s (2.00 files/s)\n"));
}

TEST_F(ProgressTest, ShowsNoControlCharactersOfItsLabel) {
  UseConsole(/*is_terminal=*/false);
  ProgressOptions options = Files(std::nullopt);
  options.label = "a\x1b[2J";
  Progress(options).Finish();
  EXPECT_THAT(TakeWrites(), ElementsAre("a\\x1b[2J: 0 files in 0 s\n"));
}

TEST_F(ProgressTest, KeepsBelowTheLogLines) {
  UseConsole(/*is_terminal=*/true);
  Logger logger([] { return absl::UnixEpoch(); });
  ConsoleLogSink sink(*console_, absl::UTCTimeZone());
  const ScopedLogSink scope(sink, logger);
  Progress progress(Files(std::nullopt));
  TakeBars();
  logger.Log(Severity::kInfo, "hello");
  EXPECT_THAT(TakeWrites(),
              ElementsAre("\r\x1b[K00:00:00 hello\n"
                          "\rtokenize  0 files  0 s so far\x1b[K"));
  progress.Finish();
}

TEST_F(ProgressTest, CountsWhatManyThreadsAdd) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 5000;
  UseConsole(/*is_terminal=*/true);
  ProgressOptions options = Files(kThreads * kCalls);
  options.clock = MonotonicNow;
  Progress progress(options);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&progress] {
      for (int i = 0; i < kCalls; ++i) progress.Advance();
    });
  }
  for (std::thread& thread : threads) thread.join();
  progress.Finish();
  EXPECT_TRUE(
      absl::StartsWith(TakeWrites().back(), "tokenize: 20 000 files in"))
      << taken_.back();
}

TEST(MonotonicNowTest, DoesNotGoBack) {
  absl::Duration before = MonotonicNow();
  for (int i = 0; i < 1000; ++i) {
    const absl::Duration now = MonotonicNow();
    EXPECT_GE(now, before);
    before = now;
  }
}

}  // namespace
}  // namespace culturemert
