#include "models/mert/mert_config.h"

#include <cstdint>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::HasSubstr;

std::int64_t Parameters(const MertConfig& config) {
  std::int64_t total = 0;
  for (const TensorSpec& spec : MertEncoderTensors(config)) {
    std::int64_t count = 1;
    for (const std::int64_t size : spec.shape) count *= size;
    total += count;
  }
  return total;
}

TEST(MertConfigTest, TheDefaultHasThePublishedNumberOfParameters) {
  EXPECT_EQ(Parameters(MertConfig()), 94371712);
}

TEST(MertConfigTest, EveryPresetIsValidAndOfItsStatedSize) {
  for (const std::string& name : MertPresetNames()) {
    const absl::StatusOr<MertConfig> config = MertPreset(name);
    ASSERT_THAT(config, IsOk());
    EXPECT_THAT(CheckMertConfig(*config), IsOk()) << name;
  }
  EXPECT_EQ(Parameters(*MertPreset("mert_95m")), 94371712);
  EXPECT_LT(Parameters(*MertPreset("mini")), 2000000);
  EXPECT_EQ(Parameters(*MertPreset("tiny")), 34736);
  EXPECT_EQ(Parameters(*MertPreset("mert_330m")), 315428992);
}

TEST(MertConfigTest, AnUnknownPresetIsAnsweredWithThoseThereAre) {
  EXPECT_THAT(MertPreset("mert_96m"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("mert_95m")));
}

TEST(MertConfigTest, FramesAreThoseOfTheSevenConvolutions) {
  EXPECT_EQ(MertFrames(24000), 74);
  EXPECT_EQ(MertFrames(72000), 224);
  EXPECT_EQ(MertFrames(120000), 374);
  EXPECT_EQ(MertFrames(122880), 383);
  EXPECT_EQ(MertFrames(240000), 749);
  EXPECT_EQ(MertFrames(720000), 2249);
}

TEST(MertConfigTest, TheShortestAudioHasOneFrameAndLessHasNone) {
  EXPECT_EQ(MertFrames(kMertMinSamples), 1);
  EXPECT_EQ(MertFrames(kMertMinSamples - 1), 0);
  EXPECT_EQ(MertFrames(0), 0);
  EXPECT_EQ(MertFrames(-5), 0);
}

TEST(MertConfigTest, HeadsThatDoNotDivideTheSizeAreRefused) {
  MertConfig config;
  config.heads = 7;
  EXPECT_THAT(CheckMertConfig(config),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("heads")));
}

}  // namespace
}  // namespace culturemert
