#include "experiments/training/stage_pool.h"

#include <algorithm>
#include <limits>
#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::int64_t kMinute = 24000 * 60;

// 10 h of makam and 30 h of carnatic in recordings of six minutes, 40 h of
// western in recordings of three.
std::vector<SampledRecording> Recordings() {
  std::vector<SampledRecording> recordings;
  for (int i = 0; i < 400; ++i) {
    recordings.push_back({6 * kMinute, i % 4 == 0 ? "makam" : "carnatic"});
    recordings.push_back({3 * kMinute, "western"});
    recordings.push_back({3 * kMinute, "western"});
  }
  return recordings;
}

std::vector<std::size_t> Choose(double hours, double replay_fraction,
                                std::uint64_t seed = 1) {
  StagePoolOptions options;
  options.hours = hours;
  options.replay_fraction = replay_fraction;
  options.replay_cultures = {"western"};
  options.seed = seed;
  return ChooseStagePool(Recordings(), options).value();
}

std::map<std::string, double> HoursOf(const std::vector<std::size_t>& pool) {
  const std::vector<SampledRecording> recordings = Recordings();
  std::map<std::string, double> hours;
  for (const std::size_t place : pool) {
    hours[recordings[place].culture] +=
        static_cast<double>(recordings[place].samples) / (60.0 * kMinute);
  }
  return hours;
}

TEST(StagePool, SharesItsHoursInProportionToTheMixAndTheReplay) {
  const std::map<std::string, double> hours = HoursOf(Choose(20, 0.2));
  EXPECT_NEAR(hours.at("makam"), 4, 0.051);
  EXPECT_NEAR(hours.at("carnatic"), 12, 0.051);
  EXPECT_NEAR(hours.at("western"), 4, 0.026);
}

TEST(StagePool, TakesAllThereIsWhereHoursAreNoneOrMore) {
  EXPECT_THAT(Choose(0, 0.2), SizeIs(1200));
  EXPECT_THAT(Choose(1000, 0.2), SizeIs(1200));
}

TEST(StagePool, HasNoReplayCultureWithoutReplay) {
  EXPECT_EQ(HoursOf(Choose(0, 0)).count("western"), 0u);
  EXPECT_EQ(HoursOf(Choose(20, 0)).count("western"), 0u);
}

TEST(StagePool, ContainsThePoolOfFewerHours) {
  const std::vector<std::size_t> few = Choose(10, 0.2);
  const std::vector<std::size_t> more = Choose(20, 0.2);
  EXPECT_TRUE(std::includes(more.begin(), more.end(), few.begin(), few.end()));
}

TEST(StagePool, IsAFunctionOfItsSeed) {
  EXPECT_EQ(Choose(10, 0.2), Choose(10, 0.2));
  EXPECT_NE(Choose(10, 0.2), Choose(10, 0.2, /*seed=*/2));
}

TEST(StagePool, TakesOneRecordingOfEachCultureAtLeast) {
  EXPECT_THAT(Choose(0.001, 0.2), SizeIs(3));
}

TEST(StagePool, RefusesWhatCannotBe) {
  StagePoolOptions options;
  options.hours = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(ChooseStagePool(Recordings(), options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("hours")));
  options = StagePoolOptions();
  options.replay_fraction = 1;
  EXPECT_THAT(ChooseStagePool(Recordings(), options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("replay_fraction is 1")));
  EXPECT_THAT(
      ChooseStagePool({{-1, "makam"}}, StagePoolOptions()),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("-1 samples")));
}

}  // namespace
}  // namespace culturemert
