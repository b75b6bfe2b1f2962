#include "datasets/synthesis/room.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::testing::Each;

const RandomStream kNoise(1, 2);

std::vector<float> Tone(std::size_t size, double hz) {
  std::vector<float> samples(size);
  for (std::size_t i = 0; i < size; ++i) {
    samples[i] = static_cast<float>(
        std::sin(2 * 3.141592653589793 * hz * static_cast<double>(i) / 24000));
  }
  return samples;
}

double LevelDbfs(const std::vector<std::int16_t>& samples, std::size_t begin,
                 std::size_t end) {
  double squares = 0;
  for (std::size_t i = begin; i < end; ++i) {
    squares += static_cast<double>(samples[i]) * samples[i];
  }
  return 10 * std::log10(squares / static_cast<double>(end - begin) /
                         (32767.0 * 32767.0));
}

TEST(RoomTest, SilenceStaysSilence) {
  EXPECT_THAT(Record(Room(), kNoise, std::vector<float>(1000)), Each(0));
  EXPECT_TRUE(Record(Room(), kNoise, {}).empty());
}

TEST(RoomTest, TheLevelIsTheRooms) {
  Room room;
  for (const double level : {-30.0, -20.0, -14.0}) {
    room.level_dbfs = level;
    const auto samples = Record(room, kNoise, Tone(24000, 440));
    EXPECT_NEAR(LevelDbfs(samples, 0, samples.size()), level, 0.1);
  }
}

TEST(RoomTest, APeakNeverPassesNinetyFivePercent) {
  Room room;
  room.level_dbfs = -6;
  std::vector<float> clicks(24000);
  for (std::size_t i = 1000; i < clicks.size(); i += 4000) clicks[i] = 1;
  int peak = 0;
  for (const int sample : Record(room, kNoise, clicks)) {
    peak = std::max(peak, std::abs(sample));
  }
  EXPECT_NEAR(peak, 0.95 * 32767, 2);
}

TEST(RoomTest, ReverberationGoesOnAfterTheSound) {
  std::vector<float> burst = Tone(24000, 440);
  std::fill(burst.begin() + 6000, burst.end(), 0.0f);
  Room room;
  const auto dry = Record(room, kNoise, burst);
  room.reverb_seconds = 1.5;
  room.reverb_db = -10;
  const auto wet = Record(room, kNoise, burst);
  EXPECT_LT(LevelDbfs(dry, 9000, 12000), -80);
  EXPECT_GT(LevelDbfs(wet, 9000, 12000), -50);
  EXPECT_GT(LevelDbfs(wet, 9000, 12000), LevelDbfs(wet, 18000, 21000) + 6);
}

TEST(RoomTest, TheTiltFavoursHighsOrLows) {
  std::vector<float> both = Tone(24000, 100);
  Room room;
  const auto level_of_high = [&](double tilt_db) {
    room.tilt_db = tilt_db;
    std::vector<float> mix = Tone(24000, 4000);
    for (std::size_t i = 0; i < mix.size(); ++i) mix[i] += both[i];
    const auto samples = Record(room, kNoise, mix);
    double differences = 0;
    for (std::size_t i = 1; i < samples.size(); ++i) {
      differences += std::abs(samples[i] - samples[i - 1]);
    }
    return differences;
  };
  EXPECT_GT(level_of_high(6), 1.2 * level_of_high(0));
  EXPECT_LT(level_of_high(-6), level_of_high(0) / 1.2);
}

TEST(RoomTest, HissIsWhereTheRoomSaysAndDependsOnItsStream) {
  Room room;
  room.noise_db = -30;
  std::vector<float> half = Tone(48000, 440);
  std::fill(half.begin() + 24000, half.end(), 0.0f);
  const auto samples = Record(room, kNoise, half);
  EXPECT_NEAR(LevelDbfs(samples, 30000, 40000), room.level_dbfs - 30, 1);
  EXPECT_EQ(samples, Record(room, kNoise, half));
  EXPECT_NE(samples, Record(room, RandomStream(1, 3), half));
}

}  // namespace
}  // namespace culturemert
