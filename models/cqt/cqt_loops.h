// The two inner loops of the constant-Q transform, for float and double, in the
// widest instructions of the machine (AVX2 with fused multiply-add where it has
// them, plain x86-64 otherwise). Each value is summed in one fixed order,
// whatever else is computed beside it.

#ifndef CULTUREMERT_MODELS_CQT_CQT_LOOPS_H_
#define CULTUREMERT_MODELS_CQT_CQT_LOOPS_H_

#include <cstdint>

namespace culturemert {
namespace cqt_internal {

inline constexpr int kVectorBytes = 32;

// Elements that FoldSpectrum sums side by side.
template <typename T>
inline constexpr int kStripe = 4 * kVectorBytes / sizeof(T);

// Weighs a stretch of a spectrum by real coefficients and sums what lies
// `period` apart:
//   folded[j] = sum over i < folds of
//       (real[j + i * period] + i imaginary[...]) * weight(j + i * period)
// `period` is a multiple of kStripe. `real` and `imaginary` hold folds * period
// values; `weights` as many, in the order [period / kStripe][folds][kStripe].
// `folded` gets `period` pairs of a real and an imaginary part.
template <typename T>
void FoldSpectrum(const T* real, const T* imaginary, const T* weights,
                  std::int64_t folds, std::int64_t period, T* folded);

// Bins that CorrelateFrames computes at once: one vector of real parts, one of
// imaginary parts.
template <typename T>
inline constexpr int kCorrelatedBins = kVectorBytes / sizeof(T);

// Frames that CorrelateFrames computes at once.
inline constexpr int kCorrelatedFrames = 6;

// Correlates kCorrelatedFrames windows of the audio, `hop` samples apart, with
// the kernels of kCorrelatedBins bins:
//   sums[t][c] = sum over n < taps of audio[t * hop + n] * kernels[n][c]
// for c < 2 * kCorrelatedBins.
template <typename T>
void CorrelateFrames(const T* audio, std::int64_t hop, const T* kernels,
                     std::int64_t taps, T* sums);

}  // namespace cqt_internal
}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_CQT_CQT_LOOPS_H_
