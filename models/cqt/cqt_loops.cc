#include "models/cqt/cqt_loops.h"

#include <cstdint>

namespace culturemert {
namespace cqt_internal {
namespace {

// The loops below are compiled for every processor and once more for those with
// AVX2 and FMA.
#if defined(__x86_64__)
#define CULTUREMERT_WITH_AVX2 __attribute__((target("avx2,fma")))
bool HasAvx2() {
  static const bool has_avx2 =
      __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return has_avx2;
}
#else
#define CULTUREMERT_WITH_AVX2
bool HasAvx2() { return false; }
#endif
#define CULTUREMERT_UNROLL _Pragma("GCC unroll 8")
#define CULTUREMERT_ALWAYS_INLINE inline __attribute__((always_inline))

constexpr std::int64_t kTermsOfPartialSum = 64;

template <typename T>
struct VectorOf {
  // Of any alignment, and allowed to look at arrays of T.
  typedef T Type
      __attribute__((vector_size(kVectorBytes), aligned(sizeof(T)), may_alias));
};

template <typename T>
CULTUREMERT_ALWAYS_INLINE void FoldSpectrumOf(const T* real, const T* imaginary,
                                              const T* weights,
                                              std::int64_t folds,
                                              std::int64_t period, T* folded) {
  using Vector = typename VectorOf<T>::Type;
  constexpr int kLanes = kVectorBytes / sizeof(T);
  constexpr int kVectors = kStripe<T> / kLanes;
  for (std::int64_t first = 0; first < period; first += kStripe<T>) {
    Vector sum_real[kVectors] = {};
    Vector sum_imaginary[kVectors] = {};
    for (std::int64_t i = 0; i < folds; ++i, weights += kStripe<T>) {
      const T* x = real + first + i * period;
      const T* y = imaginary + first + i * period;
      CULTUREMERT_UNROLL
      for (int v = 0; v < kVectors; ++v) {
        const Vector weight =
            *reinterpret_cast<const Vector*>(weights + v * kLanes);
        sum_real[v] +=
            *reinterpret_cast<const Vector*>(x + v * kLanes) * weight;
        sum_imaginary[v] +=
            *reinterpret_cast<const Vector*>(y + v * kLanes) * weight;
      }
    }
    CULTUREMERT_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      CULTUREMERT_UNROLL
      for (int lane = 0; lane < kLanes; ++lane) {
        T* const pair = folded + 2 * (first + v * kLanes + lane);
        pair[0] = sum_real[v][lane];
        pair[1] = sum_imaginary[v][lane];
      }
    }
  }
}

template <typename T>
CULTUREMERT_ALWAYS_INLINE void CorrelateFramesOf(const T* audio,
                                                 std::int64_t hop,
                                                 const T* kernels,
                                                 std::int64_t taps, T* sums) {
  using Vector = typename VectorOf<T>::Type;
  constexpr int kLanes = kCorrelatedBins<T>;
  Vector total_real[kCorrelatedFrames] = {};
  Vector total_imaginary[kCorrelatedFrames] = {};
  // Rounding grows with the terms of a sum: sums of few, then their sum.
  for (std::int64_t first = 0; first < taps; first += kTermsOfPartialSum) {
    const std::int64_t rest = taps - first;
    const std::int64_t last =
        rest < kTermsOfPartialSum ? taps : first + kTermsOfPartialSum;
    Vector sum_real[kCorrelatedFrames] = {};
    Vector sum_imaginary[kCorrelatedFrames] = {};
    for (std::int64_t n = first; n < last; ++n, kernels += 2 * kLanes) {
      const Vector real = *reinterpret_cast<const Vector*>(kernels);
      const Vector imaginary =
          *reinterpret_cast<const Vector*>(kernels + kLanes);
      CULTUREMERT_UNROLL
      for (int t = 0; t < kCorrelatedFrames; ++t) {
        const T sample = audio[t * hop + n];
        sum_real[t] += sample * real;
        sum_imaginary[t] += sample * imaginary;
      }
    }
    CULTUREMERT_UNROLL
    for (int t = 0; t < kCorrelatedFrames; ++t) {
      total_real[t] += sum_real[t];
      total_imaginary[t] += sum_imaginary[t];
    }
  }
  CULTUREMERT_UNROLL
  for (int t = 0; t < kCorrelatedFrames; ++t, sums += 2 * kLanes) {
    *reinterpret_cast<Vector*>(sums) = total_real[t];
    *reinterpret_cast<Vector*>(sums + kLanes) = total_imaginary[t];
  }
}

template <typename T>
CULTUREMERT_WITH_AVX2 void FoldSpectrumByAvx2(const T* real, const T* imaginary,
                                              const T* weights,
                                              std::int64_t folds,
                                              std::int64_t period, T* folded) {
  FoldSpectrumOf(real, imaginary, weights, folds, period, folded);
}

template <typename T>
CULTUREMERT_WITH_AVX2 void CorrelateFramesByAvx2(const T* audio,
                                                 std::int64_t hop,
                                                 const T* kernels,
                                                 std::int64_t taps, T* sums) {
  CorrelateFramesOf(audio, hop, kernels, taps, sums);
}

}  // namespace

template <typename T>
void FoldSpectrum(const T* real, const T* imaginary, const T* weights,
                  std::int64_t folds, std::int64_t period, T* folded) {
  if (HasAvx2()) {
    FoldSpectrumByAvx2(real, imaginary, weights, folds, period, folded);
  } else {
    FoldSpectrumOf(real, imaginary, weights, folds, period, folded);
  }
}

template <typename T>
void CorrelateFrames(const T* audio, std::int64_t hop, const T* kernels,
                     std::int64_t taps, T* sums) {
  if (HasAvx2()) {
    CorrelateFramesByAvx2(audio, hop, kernels, taps, sums);
  } else {
    CorrelateFramesOf(audio, hop, kernels, taps, sums);
  }
}

template void FoldSpectrum(const float*, const float*, const float*,
                           std::int64_t, std::int64_t, float*);
template void FoldSpectrum(const double*, const double*, const double*,
                           std::int64_t, std::int64_t, double*);
template void CorrelateFrames(const float*, std::int64_t, const float*,
                              std::int64_t, float*);
template void CorrelateFrames(const double*, std::int64_t, const double*,
                              std::int64_t, double*);

}  // namespace cqt_internal
}  // namespace culturemert
