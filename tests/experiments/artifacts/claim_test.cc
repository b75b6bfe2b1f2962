#include "experiments/artifacts/claim.h"

#include <memory>
#include <string>

#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

constexpr char kPath[] = "/claim";
constexpr char kLock[] = "/claim.lock";
constexpr char kBeat[] = "/claim.beat";

class ClaimTest : public testing::Test {
 protected:
  ClaimTest() {
    options_.clock = [this] { return now_; };
    options_.stale_after = absl::Minutes(10);
  }

  // As if a process of another machine held the claim.
  void HoldFromElsewhere() {
    Claims claims(files_, options_);
    const auto claim = claims.Take(kPath);
    ASSERT_THAT(claim, IsOk());
    const auto text = files_.Read(kLock);
    ASSERT_THAT(text, IsOk());
    const std::string host = files_.system_calls().ThisProcess().host;
    elsewhere_ = absl::StrReplaceAll(
        *text, {{"host " + host + "\n", "host elsewhere\n"}});
    ASSERT_NE(elsewhere_, *text);
    // The claim sees that the lock is not its own, and leaves it.
    ASSERT_THAT(files_.WriteAtomically(kLock, elsewhere_), IsOk());
  }

  MemoryFiles files_;
  ClaimOptions options_;
  absl::Duration now_ = absl::Seconds(1000);
  std::string elsewhere_;
};

TEST_F(ClaimTest, IsExclusiveAndGivenBack) {
  Claims first(files_, options_);
  Claims second(files_, options_);
  {
    const auto claim = first.Take(kPath);
    ASSERT_THAT(claim, IsOk());
    EXPECT_THAT((*claim)->CheckHeld(), IsOk());
    EXPECT_THAT(second.Take(kPath),
                StatusIs(absl::StatusCode::kUnavailable, HasSubstr("holds")));
    EXPECT_THAT(second.DescribeHolder(kPath), HasSubstr("process "));
  }
  EXPECT_EQ(second.DescribeHolder(kPath), "");
  EXPECT_THAT(second.Take(kPath), IsOk());
  EXPECT_THAT(files_.List("/"), IsOkAndHolds(testing::IsEmpty()));
}

TEST_F(ClaimTest, OfADeadProcessOfThisMachineIsTakenOverAtOnce) {
  auto left = std::make_unique<Claims>(files_, options_);
  auto claim = left->Take(kPath);
  ASSERT_THAT(claim, IsOk());
  files_.Crash(CrashMode::kProcessKilled);
  Claims claims(files_, options_);
  EXPECT_EQ(claims.DescribeHolder(kPath), "");
  EXPECT_THAT(claims.Take(kPath), IsOk());
}

TEST_F(ClaimTest, OfAnotherMachineWithoutASignOfLifeIsTakenOverInTheEnd) {
  HoldFromElsewhere();
  Claims claims(files_, options_);
  EXPECT_THAT(claims.DescribeHolder(kPath), HasSubstr("on host elsewhere"));
  const auto expect_held = [&] {
    EXPECT_THAT(claims.Take(kPath), StatusIs(absl::StatusCode::kUnavailable,
                                             HasSubstr("elsewhere")));
  };
  expect_held();
  now_ += absl::Minutes(9);
  expect_held();
  // A sign of life: another ten minutes.
  ASSERT_THAT(files_.WriteAtomically(kBeat, "17\n"), IsOk());
  now_ += absl::Minutes(9);
  expect_held();
  now_ += absl::Minutes(9);
  expect_held();
  now_ += absl::Minutes(1);
  const auto claim = claims.Take(kPath);
  ASSERT_THAT(claim, IsOk());
  EXPECT_THAT((*claim)->CheckHeld(), IsOk());
}

TEST_F(ClaimTest, ALivingProcessOfThisMachineKeepsItHoweverLongItIsSilent) {
  Claims first(files_, options_);
  Claims second(files_, options_);
  const auto claim = first.Take(kPath);
  ASSERT_THAT(claim, IsOk());
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(second.Take(kPath),
                StatusIs(absl::StatusCode::kUnavailable, HasSubstr("holds")));
    now_ += absl::Hours(1);
  }
}

TEST_F(ClaimTest, BeatsWhileItIsHeld) {
  options_.beat_interval = absl::Milliseconds(1);
  Claims claims(files_, options_);
  {
    const auto claim = claims.Take(kPath);
    ASSERT_THAT(claim, IsOk());
    const auto begun = absl::Now();
    while (files_.Read(kBeat).value_or("") < "2\n" &&
           absl::Now() - begun < absl::Seconds(30)) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    EXPECT_GE(files_.Read(kBeat).value_or(""), "2\n");
  }
  EXPECT_THAT(files_.List("/"), IsOkAndHolds(testing::IsEmpty()));
}

TEST_F(ClaimTest, ALostClaimSaysSoAndLeavesTheOthersAlone) {
  options_.beat_interval = absl::Milliseconds(1);
  Claims claims(files_, options_);
  {
    const auto claim = claims.Take(kPath);
    ASSERT_THAT(claim, IsOk());
    EXPECT_FALSE((*claim)->is_lost());
    ASSERT_THAT(files_.WriteAtomically(kLock, "someone else's"), IsOk());
    EXPECT_THAT((*claim)->CheckHeld(),
                StatusIs(absl::StatusCode::kAborted, HasSubstr("taken over")));
    const auto begun = absl::Now();
    while (!(*claim)->is_lost() && absl::Now() - begun < absl::Seconds(30)) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    EXPECT_TRUE((*claim)->is_lost());
  }
  EXPECT_THAT(files_.Read(kLock), IsOkAndHolds("someone else's"));
}

}  // namespace
}  // namespace culturemert
