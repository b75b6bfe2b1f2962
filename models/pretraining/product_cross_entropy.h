// Softmax cross-entropy whose logits are a matrix product, without keeping the
// logits.
//
// With x [K, M, H], y [K, C, H] and targets [K, M], for each k of K
//
//   loss[k] = sum over m of -log softmax_c(x[k, m] . y[k, c])[targets[k, m]].
//
// Written with ordinary operators this keeps the logits and their softmax,
// 2 K M C numbers, until the backward pass. Here both gradients are computed
// together with the loss, a few rows at a time, while those rows' softmax is
// still in the cache: three matrix products and one exponential a logit in all,
// and K (M + C) H numbers kept. For MERT's 8 books of 1024 codes and the 880
// hidden frames of four clips of 5 s: 4 MB instead of 58.

#ifndef CULTUREMERT_MODELS_PRETRAINING_PRODUCT_CROSS_ENTROPY_H_
#define CULTUREMERT_MODELS_PRETRAINING_PRODUCT_CROSS_ENTROPY_H_

#include <ATen/core/Tensor.h>

#include "absl/status/statusor.h"

namespace culturemert {

// The widest range of one row's logits for which the loss is exact: softmax
// values of float32 stay normal numbers, e^-80 > 10^-38.
inline constexpr double kMaxLogitRange = 80;

struct ProductCrossEntropyResult {
  // [K], differentiable in x and y, once: the gradient has no gradient.
  at::Tensor loss;
  // int64 [K]: rows of which no logit is above the target's. Not
  // differentiable.
  at::Tensor correct;
};

// x and y are float32 or float64, of one type, x of any strides; targets are
// int64 in [0, C). All on one device: on the CPU as described above, elsewhere
// by ProductCrossEntropyReference. Where K > 1 each k is one thread's work, in
// the same order for any number of threads above one (on one thread MKL sums
// its products in another order). kInvalidArgument for other types or shapes.
// Targets out of range are kInvalidArgument on the CPU and undefined elsewhere.
absl::StatusOr<ProductCrossEntropyResult> ProductCrossEntropy(
    const at::Tensor& x, const at::Tensor& y, const at::Tensor& targets);

// The plain definition by LibTorch's operators and their gradients, at any
// range of logits.
absl::StatusOr<ProductCrossEntropyResult> ProductCrossEntropyReference(
    const at::Tensor& x, const at::Tensor& y, const at::Tensor& targets);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_PRETRAINING_PRODUCT_CROSS_ENTROPY_H_
