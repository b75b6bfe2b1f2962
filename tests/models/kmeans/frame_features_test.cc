#include "models/kmeans/frame_features.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::HasSubstr;

constexpr FrameFeature kAllFeatures[] = {
    FrameFeature::kLogMel, FrameFeature::kChroma, FrameFeature::kCqt,
    FrameFeature::kLogMelAndChroma};

at::Tensor Sine(double hz, double amplitude, std::int64_t samples) {
  const at::Tensor audio = at::empty({1, samples}, at::kFloat);
  for (std::int64_t i = 0; i < samples; ++i) {
    audio.data_ptr<float>()[i] = static_cast<float>(
        amplitude * std::sin(2 * 3.14159265358979323846 * hz * i / 24000));
  }
  return audio;
}

const FrameFeatures& FeaturesOf(FrameFeature feature) {
  static auto& made =
      *new std::map<FrameFeature, std::unique_ptr<FrameFeatures>>;
  std::unique_ptr<FrameFeatures>& features = made[feature];
  if (features == nullptr) features = FrameFeatures::Create(feature).value();
  return *features;
}

at::Tensor Features(FrameFeature feature, const at::Tensor& audio) {
  return FeaturesOf(feature).Extract(audio).value();
}

TEST(FrameFeaturesTest, NamesLeadBackToTheirFeatures) {
  for (const FrameFeature feature : kAllFeatures) {
    EXPECT_THAT(ParseFrameFeature(FrameFeatureName(feature)),
                IsOkAndHolds(feature));
  }
  EXPECT_THAT(ParseFrameFeature("mfcc"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "no frame feature is called 'mfcc'; expected log_mel, "
                       "chroma, cqt, log_mel+chroma"));
}

TEST(FrameFeaturesTest, GiveAFrameForEveryHopBegunWhateverTheLength) {
  for (const FrameFeature feature : kAllFeatures) {
    const FrameFeatures& features = FeaturesOf(feature);
    for (const std::int64_t samples : {1, 320, 321, 3200}) {
      const at::Tensor values =
          features.Extract(at::zeros({2, samples}, at::kFloat)).value();
      EXPECT_EQ(values.sizes(),
                (std::vector<std::int64_t>{2, (samples + 319) / 320,
                                           features.size()}));
      EXPECT_TRUE(values.isfinite().all().item<bool>());
    }
  }
}

TEST(FrameFeaturesTest, LogMelIsHighestInTheBandOfASine) {
  const at::Tensor values =
      Features(FrameFeature::kLogMel, Sine(1000, 0.5, 12000));
  // 1000 Hz is 1000 mel; bands are (2595 log10(1 + 12000 / 700)) / 81 = 40.3
  // mel apart, the first centred on 40.3.
  const std::int64_t expected = std::lround(1000 / 40.33) - 1;
  EXPECT_EQ(values[0][20].argmax().item<std::int64_t>(), expected);
}

TEST(FrameFeaturesTest, DoublingTheAmplitudeAddsLog4ToLogMel) {
  const at::Tensor quiet =
      Features(FrameFeature::kLogMel, Sine(1000, 0.25, 12000));
  const at::Tensor loud =
      Features(FrameFeature::kLogMel, Sine(1000, 0.5, 12000));
  EXPECT_NEAR((loud - quiet)[0][20][24].item<double>(), std::log(4), 1e-4);
}

TEST(FrameFeaturesTest, ChromaIsThePitchClassInEveryOctave) {
  for (const double octave : {1.0, 2.0, 4.0}) {
    // A3, A4, A5: the tenth class from C on.
    const at::Tensor values =
        Features(FrameFeature::kChroma, Sine(220 * octave, 0.5, 48000));
    EXPECT_GT(values[0][75][9].item<double>(), 0.9) << octave;
  }
}

TEST(FrameFeaturesTest, ChromaOfSilenceIsZero) {
  const at::Tensor values =
      Features(FrameFeature::kChroma, at::zeros({1, 3200}, at::kFloat));
  EXPECT_EQ(values.count_nonzero().item<std::int64_t>(), 0);
}

TEST(FrameFeaturesTest, LogMelAndChromaAreBothInOrder) {
  const at::Tensor audio = Sine(440, 0.5, 6400);
  const at::Tensor both = Features(FrameFeature::kLogMelAndChroma, audio);
  EXPECT_TRUE(
      both.narrow(2, 0, 80).equal(Features(FrameFeature::kLogMel, audio)));
  EXPECT_TRUE(
      both.narrow(2, 80, 12).equal(Features(FrameFeature::kChroma, audio)));
}

TEST(FrameFeaturesTest, RefusesAudioThatIsNone) {
  for (const FrameFeature feature : kAllFeatures) {
    const FrameFeatures& features = FeaturesOf(feature);
    EXPECT_THAT(features.Extract(at::zeros({640}, at::kFloat)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("[640]; expected")));
    at::Tensor audio = at::zeros({1, 640}, at::kFloat);
    audio[0][3] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THAT(
        features.Extract(audio),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not finite")));
  }
}

}  // namespace
}  // namespace culturemert
