#include "models/cqt/cqt_teacher.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "models/cqt/cqt_kernels.h"
#include "models/cqt/cqt_options.h"
#include "models/cqt/direct_cqt.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::HasSubstr;

constexpr double kPi = 3.14159265358979323846;

// The largest differences from the definition, in largest magnitudes.
constexpr double kFloatBar = 1e-6;
constexpr double kDoubleBar = 3e-8;

const CqtTeacher& Teacher() {
  static const CqtTeacher& teacher =
      *CqtTeacher::Create(CqtOptions()).value().release();
  return teacher;
}

// Kernels of 200 to 3154 samples, so blocks of half a second and both ways of
// computing.
CqtOptions HighOptions() {
  CqtOptions options;
  options.minimum_frequency_hz = 523.2;
  options.bins = 192;
  return options;
}

at::Tensor Noise(std::int64_t rows, std::int64_t samples) {
  const at::Tensor audio = at::empty({rows, samples}, at::kDouble);
  const RandomStream random(3, StreamId("noise"));
  double* const out = audio.data_ptr<double>();
  for (std::int64_t i = 0; i < rows * samples; ++i) {
    out[i] = 0.1 * random.Normal(i);
  }
  return audio;
}

at::Tensor Impulses(std::int64_t samples) {
  at::Tensor audio = at::zeros({1, samples}, at::kDouble);
  audio.select(0, 0)[0] = 1;
  audio.select(0, 0)[samples / 2] = -0.7;
  audio.select(0, 0)[samples - 1] = 0.5;
  return audio;
}

at::Tensor Sine(double cycles_per_sample, std::int64_t samples) {
  const at::Tensor audio = at::empty({1, samples}, at::kDouble);
  for (std::int64_t i = 0; i < samples; ++i) {
    audio.data_ptr<double>()[i] = std::cos(2 * kPi * cycles_per_sample * i);
  }
  return audio;
}

double RelativeError(const at::Tensor& found, const at::Tensor& expected) {
  EXPECT_EQ(found.sizes(), expected.sizes());
  const at::Tensor truth = expected.to(at::kDouble);
  return ((found.to(at::kDouble) - truth).abs().max() / truth.abs().max())
      .item<double>();
}

void ExpectIsTheDefinition(const CqtTeacher& teacher, const at::Tensor& audio) {
  const at::Tensor expected = DirectCqt(audio, teacher.options()).value();
  const at::Tensor floats = audio.to(at::kFloat);
  EXPECT_LE(RelativeError(teacher.Magnitudes(floats).value(), expected),
            kFloatBar);
  EXPECT_LE(RelativeError(teacher.MagnitudesByTensorOperations(floats).value(),
                          expected),
            kFloatBar);
  EXPECT_LE(RelativeError(teacher.Magnitudes(audio).value(), expected),
            kDoubleBar);
  EXPECT_LE(RelativeError(teacher.MagnitudesByTensorOperations(audio).value(),
                          expected),
            kDoubleBar);
}

TEST(CqtTeacherTest, NoiseGivesWhatTheDefinitionGives) {
  ExpectIsTheDefinition(Teacher(), Noise(1, 8003));
}

TEST(CqtTeacherTest, ImpulsesAtTheEdgesGiveWhatTheDefinitionGives) {
  ExpectIsTheDefinition(Teacher(), Impulses(6401));
}

TEST(CqtTeacherTest, AudioOfAnyShortLengthGivesWhatTheDefinitionGives) {
  for (const std::int64_t samples : {1, 319, 320}) {
    ExpectIsTheDefinition(Teacher(), Noise(1, samples));
  }
}

TEST(CqtTeacherTest, LongAudioInManyBlocksGivesWhatTheDefinitionGives) {
  const auto teacher = CqtTeacher::Create(HighOptions()).value();
  ExpectIsTheDefinition(*teacher, Noise(2, 200003));
}

TEST(CqtTeacherTest, OtherSettingsGiveWhatTheDefinitionGives) {
  CqtOptions only_direct = HighOptions();
  only_direct.minimum_frequency_hz = 2000;
  only_direct.bins = 101;  // Not a multiple of what is computed at once.
  CqtOptions only_spectral;
  only_spectral.sample_rate_hz = 22050;
  only_spectral.hop_samples = 441;
  only_spectral.minimum_frequency_hz = 110;
  only_spectral.bins = 25;
  only_spectral.bins_per_octave = 24;
  CqtOptions up_to_half_the_rate;
  up_to_half_the_rate.hop_samples = 100;
  up_to_half_the_rate.minimum_frequency_hz = 11000;
  up_to_half_the_rate.bins = 100;
  up_to_half_the_rate.bins_per_octave = 1200;
  for (const CqtOptions& options :
       {only_direct, only_spectral, up_to_half_the_rate}) {
    const auto teacher = CqtTeacher::Create(options).value();
    ExpectIsTheDefinition(*teacher, Noise(1, 15000));
  }
}

TEST(CqtTeacherTest, SineAtABinGivesHalfTheRootOfItsKernelsLength) {
  const std::vector<CqtBin> bins = CqtBins(CqtOptions());
  for (const int k : {0, 100, 239, 240, 335}) {
    const at::Tensor magnitudes =
        Teacher()
            .Magnitudes(Sine(bins[k].cycles_per_sample, 120000).to(at::kFloat))
            .value();
    const double expected = 0.5 * std::sqrt(bins[k].length);
    // In the middle, where the kernel sees the sine from end to end; what the
    // negative frequency leaks is below 10^-6 of it.
    EXPECT_NEAR(magnitudes[0][188][k].item<double>(), expected, 1e-5 * expected)
        << k;
    EXPECT_EQ(magnitudes[0][188].argmax().item<std::int64_t>(), k);
  }
}

TEST(CqtTeacherTest, ImpulseShowsTheMagnitudesOfTheKernel) {
  const std::vector<CqtBin> bins = CqtBins(CqtOptions());
  at::Tensor audio = at::zeros({1, 64001}, at::kFloat);
  audio[0][32000] = 1;  // The centre of frame 100.
  const at::Tensor magnitudes = Teacher().Magnitudes(audio).value();
  for (const int k : {0, 48, 200, 250, 335}) {
    const std::vector<std::complex<double>> kernel = CqtKernel(bins[k]);
    for (const std::int64_t t : {30, 99, 100, 101, 170}) {
      const std::int64_t tap = (100 - t) * 320 - bins[k].first_offset;
      const bool is_inside = tap >= 0 && tap < bins[k].length;
      EXPECT_NEAR(magnitudes[0][t][k].item<double>(),
                  is_inside ? std::abs(kernel[tap]) : 0, 1e-7)
          << k << " " << t;
    }
  }
}

TEST(CqtTeacherTest, SilenceIsExactlyZero) {
  const at::Tensor magnitudes =
      Teacher().Magnitudes(at::zeros({2, 120000}, at::kFloat)).value();
  EXPECT_EQ(magnitudes.sizes(), (std::vector<std::int64_t>{2, 376, 336}));
  EXPECT_TRUE(magnitudes.is_contiguous());
  EXPECT_EQ(magnitudes.count_nonzero().item<std::int64_t>(), 0);
}

TEST(CqtTeacherTest, ResultsDoNotDependOnThreadsOrOtherRows) {
  const at::Tensor audio = Noise(3, 50000).to(at::kFloat);
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const at::Tensor serial = Teacher().Magnitudes(audio).value();
  const at::Tensor row =
      Teacher().Magnitudes(audio.narrow(0, 1, 1).contiguous()).value();
  at::set_num_threads(3);
  const at::Tensor parallel = Teacher().Magnitudes(audio).value();
  const at::Tensor parallel_row =
      Teacher().Magnitudes(audio.narrow(0, 1, 1)).value();
  at::set_num_threads(threads);
  EXPECT_TRUE(serial.equal(parallel));
  EXPECT_TRUE(serial[1].equal(row[0]));
  EXPECT_TRUE(serial[1].equal(parallel_row[0]));
}

TEST(CqtTeacherTest, ThreadsMayShareATeacherFromItsFirstUseOn) {
  const auto teacher = CqtTeacher::Create(HighOptions()).value();
  const at::Tensor audio = Noise(1, 5000);
  std::vector<at::Tensor> results(4);
  std::vector<std::thread> threads;
  for (at::Tensor& result : results) {
    threads.emplace_back([&] { result = teacher->Magnitudes(audio).value(); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const at::Tensor& result : results) {
    EXPECT_TRUE(result.equal(results[0]));
  }
}

TEST(CqtTeacherTest, StridedAudioGivesWhatItsCopyGives) {
  const at::Tensor audio = Noise(5000, 2).to(at::kFloat).t();
  ASSERT_FALSE(audio.is_contiguous());
  EXPECT_TRUE(Teacher().Magnitudes(audio).value().equal(
      Teacher().Magnitudes(audio.contiguous()).value()));
}

TEST(CqtTeacherTest, BatchWithoutRowsGivesNone) {
  EXPECT_EQ(
      Teacher().Magnitudes(at::zeros({0, 640}, at::kFloat)).value().sizes(),
      (std::vector<std::int64_t>{0, 3, 336}));
}

TEST(CqtTeacherTest, RecordsNoGradient) {
  at::Tensor audio = Noise(1, 640);
  audio.requires_grad_(true);
  EXPECT_FALSE(Teacher().Magnitudes(audio).value().requires_grad());
}

TEST(CqtTeacherTest, NamesTheRowThatIsNotFinite) {
  at::Tensor audio = Noise(3, 640);
  audio[1][7] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(Teacher().Magnitudes(audio),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("row 1")));
  audio[1][7] = std::numeric_limits<double>::infinity();
  EXPECT_THAT(DirectCqt(audio, CqtOptions()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("row 1")));
}

TEST(CqtTeacherTest, RefusesOtherShapesAndTypes) {
  EXPECT_THAT(Teacher().Magnitudes(at::zeros({640}, at::kFloat)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("shape [640]; expected [B, samples]")));
  EXPECT_THAT(Teacher().Magnitudes(at::zeros({1, 0}, at::kFloat)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("at least one sample")));
  EXPECT_THAT(Teacher().Magnitudes(at::zeros({1, 640}, at::kHalf)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Half")));
  EXPECT_THAT(Teacher().Magnitudes(at::Tensor()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no")));
}

TEST(CqtTeacherTest, RefusesSettingsThatAreOutOfRange) {
  CqtOptions options;
  options.sample_rate_hz = 0;
  EXPECT_THAT(CqtTeacher::Create(options).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("sample_rate_hz")));
}

}  // namespace
}  // namespace culturemert
