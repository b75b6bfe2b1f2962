#include "models/mert/transformer_layer.h"

#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/sum.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "models/ops/attention.h"
#include "models/ops/gelu.h"
#include "models/ops/layer_norm.h"

namespace culturemert {
namespace {

template <typename T>
class LayerPass {
 public:
  LayerPass(const MertConfig& config, const std::vector<at::Tensor>& tensors,
            const DropoutPlan& dropout, std::int64_t layer,
            const at::Tensor& input)
      : config_(config),
        tensors_(tensors),
        dropout_(dropout),
        layer_(layer),
        is_post_(config.norm_placement == NormPlacement::kPost),
        clips_(input.size(0)),
        frames_(input.size(1)),
        rows_({clips_ * frames_, config.hidden_size}) {}

  at::Tensor Forward(const at::Tensor& input, LayerActivations* kept) const;
  at::Tensor Backward(const LayerActivations& kept, const at::Tensor& gradient,
                      std::vector<at::Tensor>* gradients) const;

 private:
  static const T* In(const at::Tensor& tensor) {
    return tensor.const_data_ptr<T>();
  }
  static T* Out(const at::Tensor& tensor) {
    return tensor.mutable_data_ptr<T>();
  }
  LayerNormWeights<T> Norm(LayerTensor weight) const {
    return {In(tensors_[weight]), In(tensors_[weight + 1]),
            config_.layer_norm_epsilon};
  }
  static LayerNormStatistics<T> Statistics(const at::Tensor& pair) {
    return {Out(pair), Out(pair) + pair.size(1)};
  }
  at::Tensor Linear(LayerTensor weight, const at::Tensor& x) const {
    return at::addmm(tensors_[weight + 1], x, tensors_[weight].t());
  }
  BatchDropout DropoutAt(DropoutSite site, std::int64_t rows_per_clip) const {
    return dropout_.At(site, layer_, rows_per_clip);
  }
  AttentionSize Heads() const {
    return {clips_, frames_, config_.heads,
            config_.hidden_size / config_.heads};
  }
  BatchDropout AttentionDropout() const {
    return DropoutAt(DropoutSite::kAttention, config_.heads * frames_);
  }
  MatrixSize InnerSize() const {
    return {rows_.rows, config_.feed_forward_size};
  }

  // GELU of the kept `inner`, dropped out: [rows, F].
  void DropActivated(const at::Tensor& activated) const;
  // The gradients of weight and bias of the map y = x W^T + b.
  void LinearGradients(LayerTensor weight, const at::Tensor& y_gradient,
                       const at::Tensor& x,
                       std::vector<at::Tensor>* gradients) const;
  at::Tensor NormGradient(LayerTensor weight, const at::Tensor& gradient,
                          const at::Tensor& x, const at::Tensor& statistics,
                          std::vector<at::Tensor>* gradients) const;
  at::Tensor Dropped(DropoutSite site, const at::Tensor& gradient) const;
  at::Tensor FeedForwardGradient(const LayerActivations& kept,
                                 const at::Tensor& sum_gradient,
                                 std::vector<at::Tensor>* gradients) const;
  at::Tensor AttentionGradient(const LayerActivations& kept,
                               const at::Tensor& sum_gradient,
                               std::vector<at::Tensor>* gradients) const;

  const MertConfig& config_;
  const std::vector<at::Tensor>& tensors_;
  const DropoutPlan& dropout_;
  const std::int64_t layer_;
  const bool is_post_;
  const std::int64_t clips_;
  const std::int64_t frames_;
  const MatrixSize rows_;
};

template <typename T>
at::Tensor LayerPass<T>::Forward(const at::Tensor& input,
                                 LayerActivations* kept) const {
  const at::Tensor x = input.view({rows_.rows, rows_.columns});
  const at::Tensor first_norm = at::empty({2, rows_.rows}, x.options());
  const at::Tensor last_norm = at::empty({2, rows_.rows}, x.options());
  at::Tensor attention_input = x;
  if (!is_post_) {
    attention_input = at::empty(x.sizes(), x.options());
    LayerNormForward(rows_, In(x), Norm(kFirstNormWeight), Out(attention_input),
                     Statistics(first_norm));
  }
  const at::Tensor queries = Linear(kQueryWeight, attention_input);
  const at::Tensor keys = Linear(kKeyWeight, attention_input);
  const at::Tensor values = Linear(kValueWeight, attention_input);
  const at::Tensor mixed = at::empty(x.sizes(), x.options());
  at::Tensor log_sums;
  if (kept != nullptr) {
    log_sums = at::empty({clips_, config_.heads, frames_}, x.options());
  }
  AttentionForward<T>(Heads(), {In(queries), In(keys), In(values)},
                      AttentionDropout(), Out(mixed),
                      kept == nullptr ? nullptr : Out(log_sums));

  at::Tensor first_sum = at::mm(mixed, tensors_[kOutputWeight].t());
  at::Tensor h = at::empty(x.sizes(), x.options());
  AddBranchAndNorm(rows_, In(first_sum), In(tensors_[kOutputBias]),
                   DropoutAt(DropoutSite::kAttentionOutput, frames_), In(x),
                   Out(first_sum),
                   Norm(is_post_ ? kFirstNormWeight : kLastNormWeight), Out(h),
                   Statistics(is_post_ ? first_norm : last_norm));

  const at::Tensor inner = at::mm(h, tensors_[kInnerWeight].t());  // [rows, F]
  const at::Tensor activated =
      kept == nullptr ? inner : at::empty(inner.sizes(), inner.options());
  BiasGeluForward(Out(inner), In(tensors_[kInnerBias]), rows_.rows,
                  config_.feed_forward_size, Out(activated));
  DropActivated(activated);
  const at::Tensor second_sum =
      at::mm(activated, tensors_[kOuterWeight].t());  // [rows, D]
  const BatchDropout last_dropout =
      DropoutAt(DropoutSite::kFeedForward, frames_);
  at::Tensor output = second_sum;
  if (is_post_) {
    output = at::empty(x.sizes(), x.options());
    AddBranchAndNorm(rows_, In(second_sum), In(tensors_[kOuterBias]),
                     last_dropout, In(h), Out(second_sum),
                     Norm(kLastNormWeight), Out(output), Statistics(last_norm));
  } else {
    AddBranch(rows_, In(second_sum), In(tensors_[kOuterBias]), last_dropout,
              In(first_sum), Out(second_sum));
  }
  if (kept != nullptr) {
    *kept = {input,
             is_post_ ? at::Tensor() : attention_input,
             queries,
             keys,
             values,
             mixed,
             log_sums,
             first_sum,
             h,
             inner,
             is_post_ ? second_sum : at::Tensor(),
             first_norm,
             last_norm};
  }
  return output.view(input.sizes());
}

template <typename T>
void LayerPass<T>::DropActivated(const at::Tensor& activated) const {
  const BatchDropout dropout = DropoutAt(DropoutSite::kActivation, frames_);
  if (!dropout.drops()) return;
  ApplyDropout(InnerSize(), dropout, In(activated), Out(activated));
}

template <typename T>
at::Tensor LayerPass<T>::Backward(const LayerActivations& kept,
                                  const at::Tensor& gradient,
                                  std::vector<at::Tensor>* gradients) const {
  gradients->assign(kLayerTensors, at::Tensor());
  const at::Tensor x = kept.input.view({rows_.rows, rows_.columns});
  const at::Tensor output_gradient = gradient.reshape(x.sizes());
  if (is_post_) {
    const at::Tensor second =
        NormGradient(kLastNormWeight, output_gradient, kept.second_sum,
                     kept.last_norm, gradients);
    const at::Tensor h_gradient =
        FeedForwardGradient(kept, second, gradients).add_(second);
    const at::Tensor first =
        NormGradient(kFirstNormWeight, h_gradient, kept.first_sum,
                     kept.first_norm, gradients);
    return AttentionGradient(kept, first, gradients)
        .add_(first)
        .view(gradient.sizes());
  }
  const at::Tensor first =
      NormGradient(kLastNormWeight,
                   FeedForwardGradient(kept, output_gradient, gradients),
                   kept.first_sum, kept.last_norm, gradients)
          .add_(output_gradient);
  return NormGradient(kFirstNormWeight,
                      AttentionGradient(kept, first, gradients), x,
                      kept.first_norm, gradients)
      .add_(first)
      .view(gradient.sizes());
}

template <typename T>
void LayerPass<T>::LinearGradients(LayerTensor weight,
                                   const at::Tensor& y_gradient,
                                   const at::Tensor& x,
                                   std::vector<at::Tensor>* gradients) const {
  if (tensors_[weight].requires_grad()) {
    (*gradients)[weight] = at::mm(y_gradient.t(), x);
  }
  if (tensors_[weight + 1].requires_grad()) {
    (*gradients)[weight + 1] = at::sum(y_gradient, at::IntArrayRef({0}));
  }
}

template <typename T>
at::Tensor LayerPass<T>::NormGradient(
    LayerTensor weight, const at::Tensor& gradient, const at::Tensor& x,
    const at::Tensor& statistics, std::vector<at::Tensor>* gradients) const {
  at::Tensor x_gradient = at::empty(x.sizes(), x.options());
  T* weight_gradient = nullptr;
  T* bias_gradient = nullptr;
  if (tensors_[weight].requires_grad() ||
      tensors_[weight + 1].requires_grad()) {
    for (int i = weight; i <= weight + 1; ++i) {
      (*gradients)[i] = at::empty({rows_.columns}, x.options());
    }
    weight_gradient = Out((*gradients)[weight]);
    bias_gradient = Out((*gradients)[weight + 1]);
  }
  LayerNormBackward(rows_, In(gradient), In(x), In(tensors_[weight]),
                    Statistics(statistics), Out(x_gradient), weight_gradient,
                    bias_gradient);
  return x_gradient;
}

template <typename T>
at::Tensor LayerPass<T>::Dropped(DropoutSite site,
                                 const at::Tensor& gradient) const {
  const BatchDropout dropout = DropoutAt(site, frames_);
  if (!dropout.drops()) return gradient;
  at::Tensor dropped = at::empty(gradient.sizes(), gradient.options());
  ApplyDropout(rows_, dropout, In(gradient), Out(dropped));
  return dropped;
}

// The gradient by the input of the feed-forward part, given that by the
// residual sum behind it.
template <typename T>
at::Tensor LayerPass<T>::FeedForwardGradient(
    const LayerActivations& kept, const at::Tensor& sum_gradient,
    std::vector<at::Tensor>* gradients) const {
  const at::Tensor outer_gradient =
      Dropped(DropoutSite::kFeedForward, sum_gradient);
  const at::Tensor activated =
      at::empty(kept.inner.sizes(), kept.inner.options());  // [rows, F]
  GeluForward(In(kept.inner), kept.inner.numel(), Out(activated));
  DropActivated(activated);
  LinearGradients(kOuterWeight, outer_gradient, activated, gradients);
  at::Tensor inner_gradient = activated;  // Its memory serves again.
  at::mm_out(inner_gradient, outer_gradient, tensors_[kOuterWeight]);
  DropActivated(inner_gradient);
  GeluBackward(In(inner_gradient), In(kept.inner), kept.inner.numel(),
               Out(inner_gradient));
  LinearGradients(kInnerWeight, inner_gradient, kept.feed_forward_input,
                  gradients);
  return at::mm(inner_gradient, tensors_[kInnerWeight]);
}

// The same of the attention part.
template <typename T>
at::Tensor LayerPass<T>::AttentionGradient(
    const LayerActivations& kept, const at::Tensor& sum_gradient,
    std::vector<at::Tensor>* gradients) const {
  const at::Tensor output_gradient =
      Dropped(DropoutSite::kAttentionOutput, sum_gradient);
  LinearGradients(kOutputWeight, output_gradient, kept.mixed, gradients);
  const at::Tensor mixed_gradient =
      at::mm(output_gradient, tensors_[kOutputWeight]);
  const c10::IntArrayRef shape = kept.mixed.sizes();
  const at::Tensor queries = at::empty(shape, kept.mixed.options());
  const at::Tensor keys = at::empty(shape, kept.mixed.options());
  const at::Tensor values = at::empty(shape, kept.mixed.options());
  AttentionBackward<T>(
      Heads(), {In(kept.queries), In(kept.keys), In(kept.values)},
      AttentionDropout(), In(kept.mixed), In(kept.log_sums), In(mixed_gradient),
      {Out(queries), Out(keys), Out(values)});
  const at::Tensor input =
      is_post_ ? kept.input.view(shape) : kept.attention_input;
  LinearGradients(kQueryWeight, queries, input, gradients);
  LinearGradients(kKeyWeight, keys, input, gradients);
  LinearGradients(kValueWeight, values, input, gradients);
  at::Tensor input_gradient = at::mm(queries, tensors_[kQueryWeight]);
  input_gradient.addmm_(keys, tensors_[kKeyWeight]);
  input_gradient.addmm_(values, tensors_[kValueWeight]);
  return input_gradient;
}

}  // namespace

std::vector<at::Tensor> LayerTensors(const NamedTensors& parameters,
                                     std::int64_t layer) {
  const std::string prefix = absl::StrCat("encoder.layers.", layer, ".");
  std::vector<at::Tensor> tensors;
  for (const char* name :
       {"attention.q_proj", "attention.k_proj", "attention.v_proj",
        "attention.out_proj", "layer_norm", "feed_forward.intermediate_dense",
        "feed_forward.output_dense", "final_layer_norm"}) {
    for (const char* part : {".weight", ".bias"}) {
      tensors.push_back(
          parameters.find(absl::StrCat(prefix, name, part))->second);
    }
  }
  return tensors;
}

at::Tensor LayerForward(const MertConfig& config,
                        const std::vector<at::Tensor>& tensors,
                        const DropoutPlan& dropout, std::int64_t layer,
                        const at::Tensor& input,
                        LayerActivations* activations) {
  if (input.scalar_type() == at::kFloat) {
    return LayerPass<float>(config, tensors, dropout, layer, input)
        .Forward(input, activations);
  }
  return LayerPass<double>(config, tensors, dropout, layer, input)
      .Forward(input, activations);
}

at::Tensor LayerBackward(const MertConfig& config,
                         const std::vector<at::Tensor>& tensors,
                         const DropoutPlan& dropout, std::int64_t layer,
                         const LayerActivations& activations,
                         const at::Tensor& gradient,
                         std::vector<at::Tensor>* gradients) {
  if (gradient.scalar_type() == at::kFloat) {
    return LayerPass<float>(config, tensors, dropout, layer, activations.input)
        .Backward(activations, gradient, gradients);
  }
  return LayerPass<double>(config, tensors, dropout, layer, activations.input)
      .Backward(activations, gradient, gradients);
}

}  // namespace culturemert
