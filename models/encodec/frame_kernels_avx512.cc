#include "models/encodec/frame_kernels_avx512.h"

#include <immintrin.h>

namespace culturemert {
namespace {

constexpr int kTileRows = 12;

struct Vector {
  static constexpr int kWidth = 16;
  static Vector Load(const float* values) { return {_mm512_loadu_ps(values)}; }
  static Vector Broadcast(float value) { return {_mm512_set1_ps(value)}; }
  void Store(float* values) const { _mm512_storeu_ps(values, lanes); }

  __m512 lanes;
};

inline Vector Add(Vector a, Vector b) {
  return {_mm512_add_ps(a.lanes, b.lanes)};
}
inline Vector Subtract(Vector a, Vector b) {
  return {_mm512_sub_ps(a.lanes, b.lanes)};
}
inline Vector Multiply(Vector a, Vector b) {
  return {_mm512_mul_ps(a.lanes, b.lanes)};
}
inline Vector Divide(Vector a, Vector b) {
  return {_mm512_div_ps(a.lanes, b.lanes)};
}
inline Vector MultiplyAdd(Vector a, Vector b, Vector c) {
  return {_mm512_fmadd_ps(a.lanes, b.lanes, c.lanes)};
}
inline Vector Minimum(Vector a, Vector b) {
  return {_mm512_min_ps(a.lanes, b.lanes)};
}
inline Vector Maximum(Vector a, Vector b) {
  return {_mm512_max_ps(a.lanes, b.lanes)};
}
inline Vector Round(Vector a) {
  return {_mm512_roundscale_ps(a.lanes,
                               _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}
inline Vector PowerOfTwo(Vector a) {
  const __m512i exponent =
      _mm512_add_epi32(_mm512_cvtps_epi32(a.lanes), _mm512_set1_epi32(127));
  return {_mm512_castsi512_ps(_mm512_slli_epi32(exponent, 23))};
}
inline Vector PositiveOr(Vector a, Vector b) {
  const __mmask16 positive =
      _mm512_cmp_ps_mask(a.lanes, _mm512_setzero_ps(), _CMP_GT_OQ);
  return {_mm512_mask_blend_ps(positive, b.lanes, a.lanes)};
}

}  // namespace
}  // namespace culturemert

#include "models/encodec/frame_kernels_simd.h"

namespace culturemert {

const FrameKernels kAvx512FrameKernels = {"AVX-512",       2 * Vector::kWidth,
                                          &MultiplyFrames, &LstmStep,
                                          &AddElu,         &SquaredDistances};

}  // namespace culturemert
