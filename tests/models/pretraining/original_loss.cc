#include "tests/models/pretraining/original_loss.h"

#include <ATen/TensorIndexing.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Reduction.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cosine_similarity.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <limits>

namespace culturemert {
namespace {

// x and positive are [S, H], negatives [N, S, H]; logits [S, 1 + N].
at::Tensor ComputeNce(const at::Tensor& x, const at::Tensor& positive,
                      const at::Tensor& negatives, double temperature) {
  const at::Tensor negative_is_positive =
      at::eq(positive, negatives).all(-1);  // [N, S]
  const at::Tensor candidates =
      at::cat({positive.unsqueeze(0), negatives}, 0);  // [1 + N, S, H]
  const at::Tensor logits =
      at::cosine_similarity(x, candidates, -1) / temperature;
  const at::Tensor rest =
      logits.narrow(0, 1, negatives.size(0))
          .masked_fill(negative_is_positive,
                       -std::numeric_limits<double>::infinity());
  return at::cat({logits.narrow(0, 0, 1), rest}, 0).transpose(0, 1);
}

}  // namespace

OriginalLoss ComputeOriginalLoss(const PretrainingLossConfig& config,
                                 const PretrainingHeads& heads,
                                 const at::Tensor& last_hidden,
                                 const at::Tensor& feature_penalty,
                                 const PretrainingTargets& targets) {
  const MertConfig& model = heads.config();
  const NamedTensors& weights = heads.parameters();
  const std::int64_t frames = last_hidden.size(1);
  const at::Tensor states = last_hidden.index({targets.mask});  // [S, D]
  const std::vector<at::Tensor> projections =
      at::linear(states, weights.at("final_proj.weight"),
                 weights.at("final_proj.bias"))
          .chunk(model.codebooks, -1);  // [S, H] each
  const std::vector<at::Tensor> books =
      weights.at("label_embs_concat").split(model.codes, 0);  // [C, H] each

  OriginalLoss loss;
  loss.sample_size = states.size(0);
  loss.sum = at::zeros({}, last_hidden.options());
  for (std::int64_t book = 0; book < model.codebooks; ++book) {
    const at::Tensor codes = targets.codes.select(0, book)
                                 .narrow(1, 0, frames)
                                 .index({targets.mask});  // [S]
    const at::Tensor logits =
        ComputeNce(projections[book], books[book].index_select(0, codes),
                   books[book].unsqueeze(1).expand({-1, loss.sample_size, -1}),
                   config.temperature);
    const at::Tensor zeros = at::zeros_like(codes);
    loss.cross_entropy.push_back(at::cross_entropy_loss(
        logits, zeros, /*weight=*/{}, at::Reduction::Sum));
    loss.sum = loss.sum + loss.cross_entropy.back();
    loss.correct.push_back(
        at::eq(logits.argmax(-1), zeros).sum().item<std::int64_t>());
  }
  loss.cqt_error =
      at::mse_loss(at::linear(states, weights.at("encoder_cqt_model.fc.weight"),
                              weights.at("encoder_cqt_model.fc.bias")),
                   targets.cqt.narrow(1, 0, frames).index({targets.mask}));
  const auto size = static_cast<double>(loss.sample_size);
  loss.sum = loss.sum + config.feature_penalty_weight * feature_penalty * size +
             config.cqt_weight * loss.cqt_error * size;
  return loss;
}

}  // namespace culturemert
