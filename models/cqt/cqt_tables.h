// What the fast constant-Q transform computes once and reads for all audio.
//
// Short kernels (the two upper octaves at MERT's settings) correlate the audio
// as they are. Long ones work in the frequency domain, exactly decimated:
//
//   X(q) = sum over n < N of x(n) exp(-2 pi i q n / N)     one long transform
//   Y(q) = X(q) H(q / N - f)                               few coefficients
//   Z(r) = sum over j of Y(r + j M),  M = N / hop          folding
//   C(t) = | sum over r < M of Z(r) exp(2 pi i r t / M) | / N
//
// Taking every hop-th sample in time is summing the spectrum's M-long pieces,
// so one short inverse transform a bin gives its frames and nothing between.
//
// H, the transform of a Hann window of l samples, falls as 1 / (pi d^3) at d/l
// cycles a sample from the carrier: it is kept for |d| <= D (`lobes`) and
// dropped beyond. Relative to the kernel, what is dropped has
//   - a norm of sqrt(2 / (15 pi^2 D^5)): 1.1e-7 for D = 256;
//   - a highest value, at the window's two edges, of about 0.04 / D^2 of its
//     peak: 6e-7 for D = 256. An impulse shows it: the bin's peak is
//     2 / sqrt(l), which for the shortest such kernel is half of the largest
//     value of all bins, so 3e-7 of the maximum.
// So the error is below 1e-6 of the largest value wherever the audio has energy
// within the bins' range. Measured against the definition, with impulses at and
// between frames: 4.8e-7 for D = 256, 1.4e-8 for D = 1024; with noise, where
// float32 itself rounds by as much, 2.9e-7 and 3.1e-9.

#ifndef CULTUREMERT_MODELS_CQT_CQT_TABLES_H_
#define CULTUREMERT_MODELS_CQT_CQT_TABLES_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "models/cqt/cqt_options.h"

namespace culturemert {
namespace cqt_internal {

// Kernels up to this length correlate the audio directly.
inline constexpr std::int64_t kLongestDirectKernel = 1600;

// D above: within float's own rounding, and far below that for double, which
// is for comparisons.
template <typename T>
inline constexpr int kSpectralLobes = sizeof(T) == sizeof(float) ? 256 : 1024;

// A bin whose kernel is applied to the spectrum: the longest come first, so
// these are bins 0, 1 ...
struct SpectralBin {
  // Kernels of odd length are symmetric about -1/2: they use the spectrum of
  // the audio delayed by half a sample, so that all weights are real.
  bool is_odd = false;
  std::int64_t first = 0;    // Its first coefficient, from spectrum_begin on.
  std::int64_t folds = 0;    // It has folds * period of them.
  std::int64_t weights = 0;  // Where in spectral_weights its weights begin.
};

// Bins first_bin ... first_bin + bins - 1, all under the longest one's taps.
struct DirectGroup {
  int first_bin = 0;
  int bins = 0;                   // kCorrelatedBins, or fewer in the last group
  std::int64_t first_offset = 0;  // From the frame's centre to the first tap.
  std::int64_t taps = 0;
  std::int64_t kernels = 0;  // Where in direct_kernels its kernels begin.
};

template <typename T>
struct CqtTables {
  CqtOptions options;

  // All of this is empty or 0 where no kernel is long.
  std::int64_t period = 0;         // M, a multiple of kStripe
  std::int64_t block_samples = 0;  // N = M * hop, about three longest kernels
  // Frames at either end of a block that kernels reach over the block's ends
  // from.
  std::int64_t margin_frames = 0;
  std::int64_t spectrum_begin = 0;  // q of the first coefficient any bin uses
  std::int64_t spectrum_size = 0;
  std::vector<T> half_sample_real;  // exp(-pi i q / N), q from spectrum_begin
  std::vector<T> half_sample_imaginary;
  std::vector<SpectralBin> spectral_bins;
  std::vector<T> spectral_weights;  // H / hop, as FoldSpectrum takes them

  std::vector<DirectGroup> direct_groups;
  std::vector<T> direct_kernels;  // As CorrelateFrames takes them.
  std::int64_t direct_reach = 0;  // Samples they reach to either side.
};

// `T` is float or double. Errors: those of CheckCqtOptions, and
// kResourceExhausted where the tables had more than 2^27 numbers (MERT's have
// 4 million).
template <typename T>
absl::StatusOr<CqtTables<T>> BuildCqtTables(const CqtOptions& options);

}  // namespace cqt_internal
}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_CQT_CQT_TABLES_H_
