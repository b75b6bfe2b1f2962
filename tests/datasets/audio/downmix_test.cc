#include "datasets/audio/downmix.h"

#include <cmath>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(DownmixTest, OneChannelStaysAsItIs) {
  std::vector<float> mono(2);
  ASSERT_THAT(Downmix({0.1f, -0.7f}, 1, 0, absl::MakeSpan(mono)), IsOk());
  EXPECT_THAT(mono, ElementsAre(0.1f, -0.7f));
}

TEST(DownmixTest, TakesTheMeanOfTwoChannels) {
  std::vector<float> mono(3);
  ASSERT_THAT(
      Downmix({0.5f, 0.25f, 1, -1, 0.1f, 0.1f}, 2, 0, absl::MakeSpan(mono)),
      IsOk());
  EXPECT_THAT(mono, ElementsAre(0.375f, 0.0f, 0.1f));
}

TEST(DownmixTest, TakesTheMeanOfAnyNumberOfChannels) {
  for (int channels = 1; channels <= 12; ++channels) {
    std::vector<float> frame;
    for (int channel = 0; channel < channels; ++channel) {
      frame.push_back(static_cast<float>(channel));
    }
    std::vector<float> mono(1);
    ASSERT_THAT(Downmix(frame, channels, 0, absl::MakeSpan(mono)), IsOk());
    EXPECT_FLOAT_EQ(mono[0], (channels - 1) / 2.0f);
  }
}

TEST(DownmixTest, EqualChannelsGiveThemselves) {
  for (const int channels : {2, 3, 5, 6, 7}) {
    std::vector<float> mono(1);
    ASSERT_THAT(Downmix(std::vector<float>(channels, 0.1f), channels, 0,
                        absl::MakeSpan(mono)),
                IsOk());
    EXPECT_EQ(mono[0], 0.1f) << channels;
  }
}

TEST(DownmixTest, NamesTheFrameAndChannelOfWhatIsNoSample) {
  const float kInfinity = std::numeric_limits<float>::infinity();
  for (const float bad : {kInfinity, -kInfinity, std::nanf(""), 257.0f}) {
    std::vector<float> mono(2);
    EXPECT_THAT(Downmix({0, 0, 0, bad}, 2, 1000, absl::MakeSpan(mono)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("the sample of frame 1001, channel 2 is ")))
        << bad;
  }
  std::vector<float> mono(1);
  EXPECT_THAT(Downmix({256.0f}, 1, 0, absl::MakeSpan(mono)), IsOk());
}

}  // namespace
}  // namespace culturemert
