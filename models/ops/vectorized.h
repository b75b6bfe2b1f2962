// How the kernels of this folder use the processor they find: each is plain
// loops, compiled once for every level of x86-64 below, and the dynamic loader
// takes the best that the processor has. Free of LibTorch.
//
//   template <typename T>
//   CULTUREMERT_INLINE void AddBody(const T* x, T* y, std::int64_t count);
//   CULTUREMERT_VECTORIZED void Add(const float* x, float* y, std::int64_t n) {
//     AddBody(x, y, n);
//   }
//
// What a vectorised function calls must be CULTUREMERT_INLINE, else that part
// is compiled for the lowest level only. Fused multiply-adds and the order of
// sums differ between levels, so results may differ in the last bits from one
// processor to another; on one processor they are the same for any number of
// threads.

#ifndef CULTUREMERT_MODELS_OPS_VECTORIZED_H_
#define CULTUREMERT_MODELS_OPS_VECTORIZED_H_

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define CULTUREMERT_VECTORIZED \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CULTUREMERT_VECTORIZED
#endif

#define CULTUREMERT_INLINE __attribute__((always_inline)) inline

#endif  // CULTUREMERT_MODELS_OPS_VECTORIZED_H_
