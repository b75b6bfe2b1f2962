#include "models/cqt/cqt_kernels.h"

#include <cmath>
#include <complex>
#include <cstdint>
#include <vector>

namespace culturemert {
namespace {

constexpr double kPi = 3.14159265358979323846;
// Up to this distance from the carrier, in 1 / length, the three terms of the
// Hann window are summed one by one, as their closed sum divides 0 by 0.
constexpr double kNearLobes = 3;

// The transform of a rectangle from -l/2 to l/2, its two ends counted half.
double RectangleSpectrum(double length, double offset) {
  const double sine = std::sin(kPi * offset);
  if (std::abs(length * sine) < 1e-9) return length;
  return std::sin(kPi * length * offset) * std::cos(kPi * offset) / sine;
}

}  // namespace

std::vector<CqtBin> CqtBins(const CqtOptions& options) {
  const double quality = CqtQualityFactor(options);
  std::vector<CqtBin> bins(options.bins);
  for (int k = 0; k < options.bins; ++k) {
    CqtBin& bin = bins[k];
    bin.frequency_hz = CqtFrequencyHz(options, k);
    bin.cycles_per_sample = bin.frequency_hz / options.sample_rate_hz;
    bin.length = static_cast<std::int64_t>(
        std::ceil(quality * options.sample_rate_hz / bin.frequency_hz));
    bin.first_offset = -((bin.length + 1) / 2);
  }
  return bins;
}

std::vector<std::complex<double>> CqtKernel(const CqtBin& bin) {
  const double scale = 2 / std::sqrt(static_cast<double>(bin.length));
  std::vector<std::complex<double>> kernel(bin.length);
  for (std::int64_t j = 0; j < bin.length; ++j) {
    const double hann = 0.5 - 0.5 * std::cos(2 * kPi * j / bin.length);
    kernel[j] = std::polar(
        scale * hann, 2 * kPi * bin.cycles_per_sample * (bin.first_offset + j));
  }
  return kernel;
}

double CqtEnvelopeSpectrum(const CqtBin& bin, double offset_cycles_per_sample) {
  const double length = static_cast<double>(bin.length);
  const double offset = offset_cycles_per_sample;
  const double scale = 2 / std::sqrt(length);
  if (std::abs(offset) * length <= kNearLobes) {
    return scale * (0.5 * RectangleSpectrum(length, offset) +
                    0.25 * RectangleSpectrum(length, offset - 1 / length) +
                    0.25 * RectangleSpectrum(length, offset + 1 / length));
  }
  // With D = sin(pi l x), which the shifts by 1 / l negate, the three terms are
  // D (cot(pi x) / 2 - cot(pi (x - 1/l)) / 4 - cot(pi (x + 1/l)) / 4).
  const double sine = std::sin(kPi * offset);
  const double step = std::sin(kPi / length);
  return -0.5 * scale * std::sin(kPi * length * offset) *
         std::cos(kPi * offset) / sine * step * step /
         (sine * sine - step * step);
}

}  // namespace culturemert
