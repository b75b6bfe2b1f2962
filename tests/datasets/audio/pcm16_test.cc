#include "datasets/audio/pcm16.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

TEST(Pcm16Test, EveryIntegerComesBack) {
  std::vector<std::int16_t> all;
  for (int i = -32768; i <= 32767; ++i) all.push_back(i);
  std::vector<float> floats(all.size());
  FromPcm16(all, absl::MakeSpan(floats));
  EXPECT_EQ(floats.front(), -1.0f);
  EXPECT_EQ(floats.back(), 32767 / 32768.0f);
  std::vector<std::int16_t> back(all.size());
  EXPECT_EQ(ToPcm16(floats, absl::MakeSpan(back)), 0u);
  EXPECT_EQ(back, all);
}

struct Case {
  float sample;
  std::int16_t expected;
  std::uint64_t clipped;
};

TEST(Pcm16Test, RoundsToTheNearestAndCountsWhatItClips) {
  constexpr float kStep = 1.0f / 32768;
  const float kInfinity = std::numeric_limits<float>::infinity();
  const Case cases[] = {
      {0.4f * kStep, 0, 0},
      {0.6f * kStep, 1, 0},
      {0.5f * kStep, 0, 0},  // Halves go to the even neighbour.
      {1.5f * kStep, 2, 0},
      {-0.5f * kStep, 0, 0},
      {-1.5f * kStep, -2, 0},
      {1 - kStep, 32767, 0},
      {1 - 0.75f * kStep, 32767, 0},
      {1 - 0.25f * kStep, 32767, 1},
      {1, 32767, 1},
      {1.5f, 32767, 1},
      {-1, -32768, 0},
      {-1 - 0.25f * kStep, -32768, 0},
      {-1 - kStep, -32768, 1},
      {-200, -32768, 1},
      {kInfinity, 32767, 1},
      {-kInfinity, -32768, 1},
      {std::nanf(""), 0, 1},
  };
  for (const Case& test : cases) {
    std::int16_t out = 99;
    EXPECT_EQ(ToPcm16({test.sample}, absl::MakeSpan(&out, 1)), test.clipped)
        << test.sample;
    EXPECT_EQ(out, test.expected) << test.sample;
  }
}

}  // namespace
}  // namespace culturemert
