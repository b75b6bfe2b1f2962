// Multi-head attention (Vaswani et al., 2017) that keeps no [T, T] matrix for
// the gradient: weights are computed again from the logarithm of each row's
// sum, as in FlashAttention (Dao et al., 2022), and dropout from its random
// stream. float32 and float64 arrays on the CPU, in parallel over clips and
// heads; results do not depend on the number of threads.

#ifndef CULTUREMERT_MODELS_OPS_ATTENTION_H_
#define CULTUREMERT_MODELS_OPS_ATTENTION_H_

#include <cstdint>

#include "models/ops/dropout.h"

namespace culturemert {

// B clips of T frames; a row of a frame holds H heads of size d side by side.
struct AttentionSize {
  std::int64_t clips = 0;
  std::int64_t frames = 0;
  std::int64_t heads = 0;
  std::int64_t head_size = 0;
};

// All arrays are [B * T, H * d], contiguous.
template <typename T>
struct AttentionInputs {
  const T* queries;
  const T* keys;
  const T* values;
};

// out = dropout(softmax(queries keys^T / sqrt(d))) values for each clip and
// head. Row (h * T + t) of a clip's dropout belongs to query t of head h.
// `log_sums`, [B, H, T], gets log(sum(exp(.))) of the scores; it may be null.
template <typename T>
void AttentionForward(const AttentionSize& size,
                      const AttentionInputs<T>& inputs,
                      const BatchDropout& dropout, T* out, T* log_sums);

template <typename T>
struct AttentionGradients {
  T* queries;
  T* keys;
  T* values;
};

// The gradients of AttentionForward; `out` and `log_sums` are what it gave.
template <typename T>
void AttentionBackward(const AttentionSize& size,
                       const AttentionInputs<T>& inputs,
                       const BatchDropout& dropout, const T* out,
                       const T* log_sums, const T* gradient,
                       const AttentionGradients<T>& gradients);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_OPS_ATTENTION_H_
