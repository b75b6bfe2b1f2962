#include "models/cqt/cqt_tables.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/cqt/cqt_kernels.h"
#include "models/cqt/cqt_loops.h"
#include "models/cqt/cqt_options.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace cqt_internal {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr std::int64_t kMaxNumbers = std::int64_t{1} << 27;

// A block holds this many longest kernels: 2/3 of its frames are good where the
// audio goes on, and 5 s at MERT's settings fit into one.
constexpr std::int64_t kKernelsPerBlock = 3;

std::int64_t DivideUp(std::int64_t dividend, std::int64_t divisor) {
  return (dividend + divisor - 1) / divisor;
}

// Transforms of such lengths are fast.
bool HasOnlySmallFactors(std::int64_t number) {
  for (const int factor : {2, 3, 5}) {
    while (number % factor == 0) number /= factor;
  }
  return number == 1;
}

template <typename T>
void ChooseBlock(const CqtBin& longest, CqtTables<T>* tables) {
  const std::int64_t hop = tables->options.hop_samples;
  std::int64_t stripes =
      DivideUp(kKernelsPerBlock * longest.length, hop * kStripe<T>);
  while (!HasOnlySmallFactors(stripes)) ++stripes;
  tables->period = stripes * kStripe<T>;
  tables->block_samples = tables->period * hop;
  tables->margin_frames = DivideUp(-longest.first_offset, hop);
}

template <typename T>
void PlaceSpectralBin(const CqtBin& bin, CqtTables<T>* tables,
                      std::int64_t* numbers) {
  const double size = static_cast<double>(tables->block_samples);
  // Beyond half a cycle a sample the spectrum repeats.
  const double reach =
      size * std::min(0.5, static_cast<double>(kSpectralLobes<T>) / bin.length);
  SpectralBin placed;
  placed.is_odd = bin.length % 2 == 1;
  placed.first = static_cast<std::int64_t>(
      std::floor(bin.cycles_per_sample * size - reach));
  placed.folds = std::min<std::int64_t>(
      tables->options.hop_samples,
      DivideUp(std::ceil(2 * reach) + 1, tables->period));
  placed.weights = *numbers;
  *numbers += placed.folds * tables->period;
  tables->spectral_bins.push_back(placed);
}

// Makes the places relative to the first coefficient of any.
template <typename T>
void ChooseSpectrum(CqtTables<T>* tables) {
  std::int64_t begin = std::numeric_limits<std::int64_t>::max();
  std::int64_t end = std::numeric_limits<std::int64_t>::min();
  for (const SpectralBin& bin : tables->spectral_bins) {
    begin = std::min(begin, bin.first);
    end = std::max(end, bin.first + bin.folds * tables->period);
  }
  for (SpectralBin& bin : tables->spectral_bins) bin.first -= begin;
  tables->spectrum_begin = begin;
  tables->spectrum_size = end - begin;
  tables->half_sample_real.resize(end - begin);
  tables->half_sample_imaginary.resize(end - begin);
  for (std::int64_t q = begin; q < end; ++q) {
    const double angle = -kPi * q / tables->block_samples;
    tables->half_sample_real[q - begin] = static_cast<T>(std::cos(angle));
    tables->half_sample_imaginary[q - begin] = static_cast<T>(std::sin(angle));
  }
}

template <typename T>
void FillSpectralWeights(const CqtBin& bin, const SpectralBin& placed,
                         CqtTables<T>* tables) {
  const double size = static_cast<double>(tables->block_samples);
  const double hop = tables->options.hop_samples;
  const std::int64_t first = tables->spectrum_begin + placed.first;
  T* weight = tables->spectral_weights.data() + placed.weights;
  for (std::int64_t r = 0; r < tables->period; r += kStripe<T>) {
    for (std::int64_t fold = 0; fold < placed.folds; ++fold) {
      const std::int64_t q = first + fold * tables->period + r;
      for (int i = 0; i < kStripe<T>; ++i) {
        const double offset = (q + i) / size - bin.cycles_per_sample;
        *weight++ = static_cast<T>(CqtEnvelopeSpectrum(bin, offset) / hop);
      }
    }
  }
}

template <typename T>
void PlaceDirectGroups(const std::vector<CqtBin>& bins, int first_bin,
                       CqtTables<T>* tables, std::int64_t* numbers) {
  for (int k = first_bin; k < static_cast<int>(bins.size());
       k += kCorrelatedBins<T>) {
    DirectGroup group;
    group.first_bin = k;
    group.bins =
        std::min(static_cast<int>(bins.size()) - k, kCorrelatedBins<T>);
    // Lengths fall with k, so the first bin's kernel covers the others.
    group.first_offset = bins[k].first_offset;
    group.taps = -2 * bins[k].first_offset;
    group.kernels = *numbers;
    *numbers += group.taps * 2 * kCorrelatedBins<T>;
    tables->direct_reach = std::max(tables->direct_reach, -group.first_offset);
    tables->direct_groups.push_back(group);
  }
}

template <typename T>
void FillDirectKernels(const std::vector<CqtBin>& bins,
                       const DirectGroup& group, CqtTables<T>* tables) {
  T* const kernels = tables->direct_kernels.data() + group.kernels;
  for (int b = 0; b < group.bins; ++b) {
    const CqtBin& bin = bins[group.first_bin + b];
    const std::vector<std::complex<double>> kernel = CqtKernel(bin);
    T* tap = kernels +
             (bin.first_offset - group.first_offset) * 2 * kCorrelatedBins<T>;
    for (const std::complex<double> value : kernel) {
      tap[b] = static_cast<T>(value.real());
      tap[b + kCorrelatedBins<T>] = static_cast<T>(value.imag());
      tap += 2 * kCorrelatedBins<T>;
    }
  }
}

}  // namespace

template <typename T>
absl::StatusOr<CqtTables<T>> BuildCqtTables(const CqtOptions& options) {
  RETURN_IF_ERROR(CheckCqtOptions(options));
  const std::vector<CqtBin> bins = CqtBins(options);
  const int spectral_bins =
      static_cast<int>(std::find_if(bins.begin(), bins.end(),
                                    [](const CqtBin& bin) {
                                      return bin.length <= kLongestDirectKernel;
                                    }) -
                       bins.begin());
  CqtTables<T> tables;
  tables.options = options;
  std::int64_t spectral_numbers = 0;
  if (spectral_bins > 0) ChooseBlock(bins.front(), &tables);
  for (int k = 0; k < spectral_bins; ++k) {
    PlaceSpectralBin(bins[k], &tables, &spectral_numbers);
  }
  std::int64_t direct_numbers = 0;
  PlaceDirectGroups(bins, spectral_bins, &tables, &direct_numbers);
  if (spectral_numbers + direct_numbers > kMaxNumbers) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "a CQT of ", options.bins, " bins, ", options.bins_per_octave,
        " an octave, from ", options.minimum_frequency_hz,
        " Hz needs tables of ", spectral_numbers + direct_numbers,
        " numbers, more than ", kMaxNumbers,
        "; take fewer bins or a shorter hop_samples"));
  }
  if (spectral_bins > 0) ChooseSpectrum(&tables);
  tables.spectral_weights.resize(spectral_numbers);
  for (int k = 0; k < spectral_bins; ++k) {
    FillSpectralWeights(bins[k], tables.spectral_bins[k], &tables);
  }
  tables.direct_kernels.resize(direct_numbers);
  for (const DirectGroup& group : tables.direct_groups) {
    FillDirectKernels(bins, group, &tables);
  }
  return tables;
}

template absl::StatusOr<CqtTables<float>> BuildCqtTables(const CqtOptions&);
template absl::StatusOr<CqtTables<double>> BuildCqtTables(const CqtOptions&);

}  // namespace cqt_internal
}  // namespace culturemert
