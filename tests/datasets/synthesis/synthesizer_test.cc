#include "datasets/synthesis/synthesizer.h"

#include <cmath>
#include <complex>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "datasets/synthesis/corpus_renderer.h"
#include "datasets/synthesis/sample_rate.h"
#include "datasets/synthesis/tabla.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kCommaCents = 1200.0 / 53;
constexpr int kReedOrgan = 20;

const TablaSamples& Tabla() {
  static const auto& tabla =
      *TablaSamples::Load(RenderOptions().tabla_folder).value().release();
  return tabla;
}

std::unique_ptr<Synthesizer> MakeSynthesizer() {
  return Synthesizer::Create(RenderOptions().sound_font, Tabla()).value();
}

Score OneNote(int program, const Note& note, double seconds) {
  Score score;
  score.seconds = seconds;
  score.parts.push_back({"", SoundSource::kMelodic, program, 0, {note}, {}});
  return score;
}

double HzOfCents(double cents) {
  return 440 * std::exp2((cents - 6900) / 1200);
}

// How strong a frequency is in samples [begin, end), under a Hann window.
double Magnitude(const std::vector<float>& samples, std::size_t begin,
                 std::size_t end, double hz) {
  const double turn = 2 * kPi * hz / kRenderRateHz;
  const std::complex<double> step = std::polar(1.0, -turn);
  std::complex<double> phase = 1;
  std::complex<double> sum = 0;
  for (std::size_t i = begin; i < end; ++i, phase *= step) {
    const double place =
        static_cast<double>(i - begin) / static_cast<double>(end - begin);
    sum += phase * (0.5 - 0.5 * std::cos(2 * kPi * place)) *
           static_cast<double>(samples[i]);
  }
  return std::abs(sum);
}

// The pitch near `cents` in a time, to within a cent: the place of the largest
// of the fundamental's magnitudes.
double MeasureCents(const std::vector<float>& samples, double from_seconds,
                    double to_seconds, double cents) {
  const auto begin = static_cast<std::size_t>(from_seconds * kRenderRateHz);
  const auto end = static_cast<std::size_t>(to_seconds * kRenderRateHz);
  double best = 0;
  double best_magnitude = -1;
  for (double offset = -60; offset <= 60; offset += 1) {
    const double magnitude =
        Magnitude(samples, begin, end, HzOfCents(cents + offset));
    if (magnitude < best_magnitude) continue;
    best = cents + offset;
    best_magnitude = magnitude;
  }
  return best;
}

TEST(SynthesizerTest, SustainedTonesAreWithinFiveCentsOfTheirComma) {
  const std::unique_ptr<Synthesizer> synthesizer = MakeSynthesizer();
  for (const int commas : {0, 5, 8, 13, 17, 22, 31, 48}) {
    const double cents = 5700 + commas * kCommaCents;
    const Score score = OneNote(kReedOrgan, {0, 1.4, cents, 90, {}}, 1.4);
    const std::vector<float> samples = synthesizer->Play(score).value();
    EXPECT_NEAR(MeasureCents(samples, 0.2, 1.3, cents), cents, 5) << commas;
  }
}

TEST(SynthesizerTest, AGlideArrivesWhereItsCurveEnds) {
  const Note note = {0, 1.6, 6000, 90, {{0, 0}, {0.4, 0}, {0.6, 350}}};
  const std::vector<float> samples =
      MakeSynthesizer()->Play(OneNote(kReedOrgan, note, 1.6)).value();
  EXPECT_NEAR(MeasureCents(samples, 0.05, 0.4, 6000), 6000, 8);
  EXPECT_NEAR(MeasureCents(samples, 0.7, 1.5, 6350), 6350, 5);
}

TEST(SynthesizerTest, TheReleaseOfANoteIsNotBentWithTheNext) {
  Score score = OneNote(kReedOrgan, {0, 1.5, 6050, 90, {}}, 1.5);
  score.parts.front().notes.push_back({0.2, 1.3, 6720, 90, {}});
  const std::vector<float> samples = MakeSynthesizer()->Play(score).value();
  EXPECT_NEAR(MeasureCents(samples, 0.3, 1.4, 6050), 6050, 5);
  EXPECT_NEAR(MeasureCents(samples, 0.3, 1.4, 6720), 6720, 5);
}

TEST(SynthesizerTest, PlayingLeavesNoTrace) {
  const std::unique_ptr<Synthesizer> used = MakeSynthesizer();
  const Score long_note =
      OneNote(48, {0, 5, 6400, 120, {{0, 0}, {1, 90}}}, 0.31);
  const Score score = OneNote(kReedOrgan, {0.01, 0.5, 6930, 80, {}}, 0.7);
  const std::vector<float> fresh = MakeSynthesizer()->Play(score).value();
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(used->Play(long_note), IsOk());
    EXPECT_THAT(used->Play(score), IsOkAndHolds(fresh));
  }
}

TEST(SynthesizerTest, PlayingMoreNotesThanThereAreVoicesLeavesNoTrace) {
  Score crowd = OneNote(0, {0, 1, 6000, 100, {}}, 0.5);
  for (int i = 0; i < 600; ++i) {
    crowd.parts.front().notes.push_back(
        {0.1 + 0.0005 * i, 1, 3000.0 + 100 * (i % 70), 60 + i % 60, {}});
  }
  // Struck with one stroke, so that all voices take part.
  Score after = OneNote(kReedOrgan, {0.01, 0.5, 6930, 80, {}}, 0.5);
  for (int i = 0; i < 140; ++i) {
    after.parts.front().notes.push_back(
        {0.05 + 0.002 * (i / 35), 1, 4000.0 + 70 * (i % 35), 90, {}});
  }
  const std::vector<float> fresh = MakeSynthesizer()->Play(after).value();
  const std::unique_ptr<Synthesizer> used = MakeSynthesizer();
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(used->Play(crowd), IsOk());
    EXPECT_TRUE(used->Play(after).value() == fresh) << i;
  }
}

TEST(SynthesizerTest, NothingSoundsBeforeTheFirstNote) {
  const Score score = OneNote(kReedOrgan, {0.5, 0.4, 6000, 100, {}}, 1);
  const std::vector<float> samples = MakeSynthesizer()->Play(score).value();
  ASSERT_EQ(samples.size(), 24000u);
  for (std::size_t i = 0; i < 11900; ++i) ASSERT_NEAR(samples[i], 0, 1e-6);
  EXPECT_GT(Magnitude(samples, 13000, 20000, HzOfCents(6000)), 1);
}

TEST(SynthesizerTest, TooManyPartsAreRefused) {
  Score score = OneNote(kReedOrgan, {0, 1, 6000, 100, {}}, 1);
  while (score.parts.size() < 14) score.parts.push_back(score.parts.front());
  EXPECT_THAT(MakeSynthesizer()->Play(score),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       testing::HasSubstr("14 parts")));
}

TEST(TablaSamplesTest, EverySampleSoundsAtFullScale) {
  for (int sample = 0; sample < kNumTablaSamples; ++sample) {
    float peak = 0;
    for (const float value : Tabla().Sound(static_cast<TablaSample>(sample))) {
      peak = std::max(peak, std::fabs(value));
    }
    EXPECT_FLOAT_EQ(peak, 1) << sample;
  }
}

TEST(TablaSamplesTest, AStrokeBeginsAtItsOnsetAndLasts) {
  std::vector<float> mix(24000);
  Tabla().Add({0.25, kTablaNa, 0, 0.5}, 1, absl::MakeSpan(mix));
  for (std::size_t i = 0; i < 6000; ++i) ASSERT_EQ(mix[i], 0);
  EXPECT_NE(mix[6100], 0);
}

TEST(TablaSamplesTest, AnOctaveHigherIsHalfAsLong) {
  const std::size_t length = Tabla().Sound(kTablaNa).size();
  std::vector<float> mix(length);
  Tabla().Add({0, kTablaNa, 1200, 1}, 1, absl::MakeSpan(mix));
  for (std::size_t i = length / 2 + 1; i < length; ++i) ASSERT_EQ(mix[i], 0);
  EXPECT_EQ(mix[100], Tabla().Sound(kTablaNa)[200]);
}

}  // namespace
}  // namespace culturemert
