// MERT's pre-training objective: predict, at frames hidden from the encoder,
// the codes and the constant-Q spectrum of the audio (Li et al., "MERT:
// Acoustic Music Understanding Model with Large-Scale Self-supervised
// Training", ICLR 2024; mert_model.py of github.com/yizhilll/MERT and
// hubert_criterion.py of fairseq). One step, for B clips of S samples (24 kHz;
// 5 s are S = 120,000) that become T frames (374), D wide (768):
//
//   clean audio [B, S] --- RVQ tokenizer ---> codes [K, B, >= T]   K = 8 books
//        |        \------- CQT teacher -----> cqt [B, >= T, 336]
//   PlanMixture, Mix                      pieces of other clips
//   (mixture_plan.h)
//        |
//   mixed audio [B, S], mask [B, T]       DrawSpanMask (span_mask.h)
//        |
//   Mert::Forward                         -> last_hidden [B, T, D], penalty
//        |
//   ComputePretrainingLoss                M hidden frames, 59 % of B * T
//     states      [M, D]                  gathered from last_hidden
//     projections [M, K * 64]             one linear map
//     logits      [K, M, 1024]            cosines with the book's embeddings
//                                         / temperature; never stored whole
//     cqt         [M, 336]                another linear map
//
//   loss = 1/M * sum over frames and books of CE(logits, code)
//        + 10 * mean(front-end output squared)
//        +  1 * mean((predicted CQT - CQT)^2)            over M * 336
//
// The cross-entropy is summed over the books and averaged over the frames of
// one. The original compares each projection with [1 + codes] broadcast copies
// of the embeddings, the right one first and its duplicate at -infinity: the
// same numbers, as a softmax does not care about order.
//
// Cost at 95 M and 5 s, a clip: 260 MMAC forward and about twice that backward,
// beside the encoder's 55 GMAC; kept for the backward pass: 3 MB.

#ifndef CULTUREMERT_MODELS_PRETRAINING_PRETRAINING_LOSS_H_
#define CULTUREMERT_MODELS_PRETRAINING_PRETRAINING_LOSS_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "models/pretraining/pretraining_heads.h"
#include "tools/base/config/schema.h"

namespace culturemert {

struct PretrainingLossConfig {
  double temperature = 0.1;
  double feature_penalty_weight = 10;
  double cqt_weight = 1;

  static void Describe(ConfigSchema<PretrainingLossConfig>& schema);
};

// What the encoder should have predicted, from the clean audio. The first frame
// of all three is the same instant; what codes and cqt have beyond T frames is
// left out (codes of whole hops and centred CQT frames are one and two more).
struct PretrainingTargets {
  at::Tensor mask;   // bool [B, T]: the frames hidden from the encoder.
  at::Tensor codes;  // [K, B, >= T] of an integer type: codes from 0 on.
  at::Tensor cqt;    // [B, >= T, cqt_bins], floating point.
};

// Of one batch. Accumulated over batches and ranks as in fairseq: backward of
// each batch's `sum`, gradients added, and all divided by the sum of
// masked_frames. That is the mean cross-entropy over all hidden frames, and
// the mean of the batches' extra terms, weighted by their hidden frames.
struct PretrainingLoss {
  // The loss above, times masked_frames: a scalar, differentiable.
  at::Tensor sum;
  std::int64_t masked_frames = 0;  // M

  // For records, on the device and without gradient; see ReadSums.
  at::Tensor cross_entropy;    // [K], sums over the M frames.
  at::Tensor correct;          // int64 [K], frames whose code is the likeliest.
  at::Tensor feature_penalty;  // The term before its weight.
  at::Tensor cqt_error;        // The term before its weight.
};

// `last_hidden` is [B, T, D] and `feature_penalty` a scalar, as Mert::Forward
// returns them; the heads are on their device. Tensors of `targets` may be on
// another; a mask on the CPU saves waiting for a GPU. Computed in float32 also
// where states or heads are bfloat16, in float64 where either is.
// Differentiable once in states, penalty and heads. Results do not depend on
// the number of threads beyond what LibTorch's matrix products do.
//
// kInvalidArgument: shapes or types that do not fit, a code that is not in its
// book, no hidden frame, or a configuration out of range.
absl::StatusOr<PretrainingLoss> ComputePretrainingLoss(
    const PretrainingLossConfig& config, const PretrainingHeads& heads,
    const at::Tensor& last_hidden, const at::Tensor& feature_penalty,
    const PretrainingTargets& targets);

// Sums over hidden frames, which may be added over batches and ranks; divided
// by masked_frames they are the means to report.
struct PretrainingSums {
  double masked_frames = 0;
  double loss = 0;
  std::vector<double> cross_entropy;  // [K]
  std::vector<double> correct;        // [K]
  double feature_penalty = 0;
  double cqt_error = 0;

  // `other` has as many books, unless this is still empty.
  void Add(const PretrainingSums& other);
};

// Waits for the device.
absl::StatusOr<PretrainingSums> ReadSums(const PretrainingLoss& loss);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_PRETRAINING_PRETRAINING_LOSS_H_
