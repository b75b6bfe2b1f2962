#include "datasets/audio/resampler.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "soxr.h"
#include "tests/datasets/audio/test_audio.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

constexpr int kRatesHz[] = {8000,  11025, 16000, 22050, 24000, 32000,
                            44100, 48000, 88200, 96000, 192000};

// Resamples in pieces of `piece` samples.
std::vector<float> Resample(const std::vector<float>& samples, int from_hz,
                            int to_hz, std::size_t piece = 1 << 14) {
  auto resampler = Resampler::Create(from_hz, to_hz);
  EXPECT_THAT(resampler, IsOk());
  std::vector<float> out;
  for (std::size_t i = 0; i < samples.size(); i += piece) {
    const auto part = absl::MakeConstSpan(samples).subspan(i, piece);
    EXPECT_THAT((*resampler)->Process(part, &out), IsOk());
  }
  EXPECT_THAT((*resampler)->Finish(&out), IsOk());
  return out;
}

TEST(ResampledLengthTest, IsTheNearestInteger) {
  for (const int rate_hz : kRatesHz) {
    for (std::uint64_t samples = 0; samples < 3000; ++samples) {
      EXPECT_EQ(ResampledLength(samples, rate_hz, 24000),
                std::floor(samples * 24000.0 / rate_hz + 0.5));
    }
  }
  EXPECT_EQ(ResampledLength(1, 48000, 24000), 1u);  // A half rounds up.
  EXPECT_EQ(ResampledLength(std::uint64_t{1} << 41, 1 << 20, 1 << 20),
            std::uint64_t{1} << 41);
}

TEST(ResamplerTest, KeepsSinesInPlaceAtEveryRate) {
  for (const int rate_hz : kRatesHz) {
    for (const double hz : {50.0, 440.0, 3000.0}) {
      const std::vector<float> out =
          Resample(Sine(hz, rate_hz, rate_hz), rate_hz, 24000);
      ASSERT_EQ(out.size(), 24000u) << rate_hz;
      const std::vector<float> ideal = Sine(hz, 24000, 24000);
      // The edges ring, as the sine begins and ends suddenly there.
      const auto middle = [](const std::vector<float>& all) {
        return absl::MakeConstSpan(all).subspan(2400, 19200);
      };
      EXPECT_GT(SignalToNoiseDb(middle(ideal), middle(out)), 100)
          << rate_hz << " Hz, a sine of " << hz << " Hz";
    }
  }
}

TEST(ResamplerTest, KeepsAnImpulseInPlaceAtEveryRate) {
  for (const int rate_hz : kRatesHz) {
    std::vector<float> impulse(rate_hz, 0.0f);
    impulse[rate_hz / 2] = 1;
    const std::vector<float> out = Resample(impulse, rate_hz, 24000);
    const double place = 24000.0 * (rate_hz / 2) / rate_hz;
    const auto peak = std::max_element(out.begin(), out.end());
    EXPECT_NEAR(peak - out.begin(), place, 0.51) << rate_hz;
    // The whole response is symmetric about it: no fraction of a sample off.
    double moment = 0;
    double sum = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
      moment += out[i] * (static_cast<double>(i) - place);
      sum += out[i];
    }
    EXPECT_NEAR(moment / sum, 0, 1e-3) << rate_hz;
  }
}

TEST(ResamplerTest, RemovesWhatTheNewRateCannotHold) {
  const std::vector<float> out =
      Resample(Sine(15000, 96000, 96000), 96000, 24000);
  const auto middle = absl::MakeConstSpan(out).subspan(2400, 19200);
  EXPECT_LT(*std::max_element(middle.begin(), middle.end()), 1e-5);
}

TEST(ResamplerTest, GivesTheExactLengthForEveryShortInput) {
  for (const int rate_hz : kRatesHz) {
    for (std::size_t samples : {0, 1, 2, 3, 5, 7, 100, 101, 1023, 5000, 9999}) {
      EXPECT_EQ(
          Resample(std::vector<float>(samples, 0.1f), rate_hz, 24000).size(),
          ResampledLength(samples, rate_hz, 24000))
          << samples << " samples at " << rate_hz;
    }
  }
}

TEST(ResamplerTest, CoversExtremeRatios) {
  for (const auto& [from_hz, to_hz] : std::vector<std::pair<int, int>>{
           {192000, 8000}, {8000, 192000}, {44099, 24000}, {8001, 191999}}) {
    const std::vector<float> out =
        Resample(std::vector<float>(20000, 0.25f), from_hz, to_hz);
    ASSERT_EQ(out.size(), ResampledLength(20000, from_hz, to_hz));
    EXPECT_NEAR(out[out.size() / 2], 0.25, 1e-5) << from_hz << " to " << to_hz;
  }
}

TEST(ResamplerTest, PieceSizesMakeNoDifference) {
  const std::vector<float> samples = Sine(1234, 44100, 30000);
  const std::vector<float> whole = Resample(samples, 44100, 24000, 30000);
  for (const std::size_t piece : {1, 7, 1000, 16384, 29999}) {
    EXPECT_EQ(Resample(samples, 44100, 24000, piece), whole) << piece;
  }
}

TEST(ResamplerTest, GivesWhatSoxrGivesInOneGo) {
  for (const int rate_hz : {8000, 44100, 96000}) {
    const std::vector<float> samples = Sine(700, rate_hz, 20000);
    std::vector<float> out = Resample(samples, rate_hz, 24000);
    std::vector<float> expected(out.size() + 100);
    std::size_t written = 0;
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    ASSERT_EQ(soxr_oneshot(rate_hz, 24000, 1, samples.data(), samples.size(),
                           nullptr, expected.data(), expected.size(), &written,
                           nullptr, &quality, nullptr),
              nullptr);
    const std::size_t both = std::min(written, out.size());
    EXPECT_LE(out.size() - both, 1u) << rate_hz;
    out.resize(both);
    expected.resize(both);
    EXPECT_GT(SignalToNoiseDb(expected, out), 120) << rate_hz;
  }
}

TEST(ResamplerTest, EqualRatesPassSamplesThrough) {
  const std::vector<float> samples = Sine(440, 24000, 5000, 3.0);
  EXPECT_EQ(Resample(samples, 24000, 24000, 999), samples);
}

TEST(ResamplerTest, RefusesRatesThatAreNone) {
  for (const auto& [from_hz, to_hz] : std::vector<std::pair<int, int>>{
           {0, 24000}, {-1, 24000}, {24000, 0}, {2000000, 24000}}) {
    EXPECT_THAT(Resampler::Create(from_hz, to_hz),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("expected rates from 1 to")));
  }
}

TEST(ResamplerTest, TellsItsVersion) {
  EXPECT_THAT(SoxrVersion(), testing::MatchesRegex("libsoxr [0-9.]+ HQ"));
}

}  // namespace
}  // namespace culturemert
