#include "models/encodec/frame_kernels_avx2.h"

#include <immintrin.h>

namespace culturemert {
namespace {

constexpr int kTileRows = 6;

struct Vector {
  static constexpr int kWidth = 8;
  static Vector Load(const float* values) { return {_mm256_loadu_ps(values)}; }
  static Vector Broadcast(float value) { return {_mm256_set1_ps(value)}; }
  void Store(float* values) const { _mm256_storeu_ps(values, lanes); }

  __m256 lanes;
};

inline Vector Add(Vector a, Vector b) {
  return {_mm256_add_ps(a.lanes, b.lanes)};
}
inline Vector Subtract(Vector a, Vector b) {
  return {_mm256_sub_ps(a.lanes, b.lanes)};
}
inline Vector Multiply(Vector a, Vector b) {
  return {_mm256_mul_ps(a.lanes, b.lanes)};
}
inline Vector Divide(Vector a, Vector b) {
  return {_mm256_div_ps(a.lanes, b.lanes)};
}
inline Vector MultiplyAdd(Vector a, Vector b, Vector c) {
  return {_mm256_fmadd_ps(a.lanes, b.lanes, c.lanes)};
}
inline Vector Minimum(Vector a, Vector b) {
  return {_mm256_min_ps(a.lanes, b.lanes)};
}
inline Vector Maximum(Vector a, Vector b) {
  return {_mm256_max_ps(a.lanes, b.lanes)};
}
inline Vector Round(Vector a) {
  return {
      _mm256_round_ps(a.lanes, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}
inline Vector PowerOfTwo(Vector a) {
  const __m256i exponent =
      _mm256_add_epi32(_mm256_cvtps_epi32(a.lanes), _mm256_set1_epi32(127));
  return {_mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23))};
}
inline Vector PositiveOr(Vector a, Vector b) {
  const __m256 positive =
      _mm256_cmp_ps(a.lanes, _mm256_setzero_ps(), _CMP_GT_OQ);
  return {_mm256_blendv_ps(b.lanes, a.lanes, positive)};
}

}  // namespace
}  // namespace culturemert

#include "models/encodec/frame_kernels_simd.h"

namespace culturemert {

const FrameKernels kAvx2FrameKernels = {"AVX2",          2 * Vector::kWidth,
                                        &MultiplyFrames, &LstmStep,
                                        &AddElu,         &SquaredDistances};

}  // namespace culturemert
