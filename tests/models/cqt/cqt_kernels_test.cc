#include "models/cqt/cqt_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <cstdint>
#include <vector>

#include "models/cqt/cqt_options.h"

namespace culturemert {
namespace {

constexpr double kPi = 3.14159265358979323846;

TEST(CqtKernelsTest, LengthsAreThoseOfTheOriginalAtMertsSettings) {
  const std::vector<CqtBin> bins = CqtBins(CqtOptions());
  ASSERT_EQ(bins.size(), 336U);
  EXPECT_EQ(bins[0].length, 50460);
  EXPECT_EQ(bins[1].length, 49736);
  EXPECT_EQ(bins[48].length, 25230);
  EXPECT_EQ(bins[288].length, 789);
  EXPECT_EQ(bins[335].length, 400);
  EXPECT_NEAR(bins[335].frequency_hz, 4125.59, 0.005);
  std::int64_t sum = 0;
  for (const CqtBin& bin : bins) sum += bin.length;
  EXPECT_EQ(sum, 3492205);
}

TEST(CqtKernelsTest, FirstTapsLieBeforeTheCentreByHalfTheLengthRoundedUp) {
  const std::vector<CqtBin> bins = CqtBins(CqtOptions());
  EXPECT_EQ(bins[0].first_offset, -25230);
  ASSERT_EQ(bins[2].length, 49023);
  EXPECT_EQ(bins[2].first_offset, -24512);
}

TEST(CqtKernelsTest, MagnitudesOfAKernelSumToTheRootOfItsLength) {
  for (const CqtBin& bin : CqtBins(CqtOptions())) {
    double sum = 0;
    for (const std::complex<double> value : CqtKernel(bin)) {
      sum += std::abs(value);
    }
    EXPECT_NEAR(sum / std::sqrt(bin.length), 1, 1e-12) << bin.length;
  }
}

// The transform of the envelope, summed as its comment defines it.
double SummedSpectrum(const CqtBin& bin, double offset) {
  double sum = 0;
  for (std::int64_t j = 0; j < bin.length; ++j) {
    sum += (0.5 - 0.5 * std::cos(2 * kPi * j / bin.length)) *
           std::cos(2 * kPi * offset * (j - bin.length / 2.0));
  }
  return sum * 2 / std::sqrt(bin.length);
}

TEST(CqtKernelsTest, EnvelopeSpectrumIsTheSumItStandsFor) {
  for (const std::int64_t length : {16, 17, 1601, 4000}) {
    CqtBin bin;
    bin.length = length;
    for (const double lobes : {0.0, 1e-12, 0.3, 1.0, 1.0 + 1e-10, 2.0, 2.999,
                               3.0, 3.001, 4.5, 7.0, -0.7, -1.0, -5.5, 11.25}) {
      const double offset = lobes / length;
      if (std::abs(offset) > 0.5) continue;
      EXPECT_NEAR(CqtEnvelopeSpectrum(bin, offset), SummedSpectrum(bin, offset),
                  1e-11 * std::sqrt(length))
          << length << " " << lobes;
    }
  }
}

TEST(CqtKernelsTest, EnvelopeSpectrumFallsAsTheCubeOfTheDistance) {
  CqtBin bin;
  bin.length = 50460;
  for (const double lobes : {20.5, 256.5, 1024.5}) {
    const double expected =
        std::sqrt(bin.length) / (kPi * lobes * lobes * lobes);
    EXPECT_NEAR(std::abs(CqtEnvelopeSpectrum(bin, lobes / bin.length)),
                expected, 0.01 * expected);
  }
}

}  // namespace
}  // namespace culturemert
