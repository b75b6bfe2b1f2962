#include "models/mert/encoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/where.h>

#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/mert/spectrogram_front_end.h"

namespace culturemert {
namespace {

// fairseq's GradMultiply: the value of x, and `scale` times its gradient.
at::Tensor ScaleGradient(const at::Tensor& x, double scale) {
  if (scale == 1 || !at::GradMode::is_enabled()) return x;
  const at::Tensor value = x.detach();
  return value + (x - value) * scale;
}

class PlainEncoder {
 public:
  PlainEncoder(const MertConfig& config, const NamedTensors& parameters,
               const DropoutPlan& dropout, const EncoderParts& parts)
      : config_(config),
        parameters_(parameters),
        dropout_(dropout),
        parts_(parts) {}

  at::Tensor FrontEnd(const at::Tensor& audio) const;  // [B, T, C]
  at::Tensor Project(const at::Tensor& features, const at::Tensor& mask) const;
  at::Tensor AddPositions(const at::Tensor& x) const;
  at::Tensor Enter(const at::Tensor& x) const;
  at::Tensor Layer(std::int64_t layer, const at::Tensor& x) const;
  // Layer norm in float32 at least; the result has x's type.
  at::Tensor Norm(const std::string& name, const at::Tensor& x) const;

 private:
  const at::Tensor& Get(const std::string& name) const {
    return parameters_.find(name)->second;
  }
  at::Tensor Linear(const std::string& name, const at::Tensor& x) const {
    const at::Tensor& weight = Get(name + ".weight");
    return at::linear(x.to(weight.scalar_type()), weight, Get(name + ".bias"));
  }
  // The first convolution's norm and GELU.
  at::Tensor NormGelu(const at::Tensor& x) const;
  at::Tensor Drop(DropoutSite site, std::int64_t layer,
                  const at::Tensor& x) const;
  at::Tensor Attention(const std::string& prefix, std::int64_t layer,
                       const at::Tensor& x) const;
  at::Tensor FeedForward(const std::string& prefix, std::int64_t layer,
                         const at::Tensor& x) const;
  // The type of residual sums and norms: float32 for what is narrower.
  c10::ScalarType SumType() const {
    const c10::ScalarType type = Get("masked_spec_embed").scalar_type();
    return type == at::kBFloat16 ? at::kFloat : type;
  }

  const MertConfig& config_;
  const NamedTensors& parameters_;
  const DropoutPlan& dropout_;
  const EncoderParts& parts_;
};

at::Tensor PlainEncoder::FrontEnd(const at::Tensor& audio) const {
  if (config_.front_end == culturemert::FrontEnd::kSpectrogram) {
    return SpectrogramFrontEnd(parameters_, audio);
  }
  at::Tensor x = audio.unsqueeze(1);  // [B, 1, samples]
  for (std::size_t i = 0; i < kMertConvLayers.size(); ++i) {
    const std::string name =
        absl::StrCat("feature_extractor.conv_layers.", i, ".");
    x = at::conv1d(x, Get(name + "conv.weight"), {},
                   kMertConvLayers[i].stride);  // [B, C, length]
    x = i == 0 ? NormGelu(x) : at::gelu(x);
  }
  return x.transpose(1, 2);
}

at::Tensor PlainEncoder::NormGelu(const at::Tensor& x) const {
  const std::string norm = "feature_extractor.conv_layers.0.layer_norm.";
  const at::Tensor& weight = Get(norm + "weight");
  const at::Tensor& bias = Get(norm + "bias");
  if (parts_.norm_gelu) return parts_.norm_gelu(x, weight, bias);
  // A group for each channel; the statistics in float32 at least.
  return at::gelu(at::group_norm(x.to(SumType()), config_.conv_channels,
                                 weight.to(SumType()), bias.to(SumType()),
                                 config_.layer_norm_epsilon)
                      .to(x.scalar_type()));
}

at::Tensor PlainEncoder::Project(const at::Tensor& features,
                                 const at::Tensor& mask) const {
  const std::string prefix = "feature_projection.";
  at::Tensor x = Linear(prefix + "projection",
                        Norm(prefix + "layer_norm", features));  // [B, T, D]
  x = Drop(DropoutSite::kInput, 0, x);
  if (!mask.defined()) return x;
  return at::where(mask.unsqueeze(2), Get("masked_spec_embed"), x);
}

at::Tensor PlainEncoder::AddPositions(const at::Tensor& x) const {
  const std::string prefix = "encoder.pos_conv_embed.conv.";
  const at::Tensor weight =
      WeightNormalised(Get(prefix + "weight_v"), Get(prefix + "weight_g"));
  // In float32 at least: oneDNN's bfloat16 convolution is wrong by a tenth
  // where groups have a dozen channels.
  at::Tensor positions =
      at::conv1d(x.to(SumType()).transpose(1, 2), weight.to(SumType()),
                 Get(prefix + "bias").to(SumType()), 1,
                 config_.positional_kernel / 2, 1, config_.positional_groups);
  positions =
      positions.narrow(2, 0, x.size(1));  // An even kernel adds a frame.
  return x.to(SumType()) + at::gelu(positions).transpose(1, 2);
}

at::Tensor PlainEncoder::Enter(const at::Tensor& x) const {
  const bool is_post = config_.norm_placement == NormPlacement::kPost;
  return Drop(DropoutSite::kEntry, 0,
              is_post ? Norm("encoder.layer_norm", x) : x);
}

at::Tensor PlainEncoder::Layer(std::int64_t layer, const at::Tensor& x) const {
  const std::string prefix = absl::StrCat("encoder.layers.", layer, ".");
  const std::string first_norm = prefix + "layer_norm";
  const std::string last_norm = prefix + "final_layer_norm";
  if (config_.norm_placement == NormPlacement::kPost) {
    const at::Tensor h = Norm(first_norm, x + Attention(prefix, layer, x));
    return Norm(last_norm, h + FeedForward(prefix, layer, h));
  }
  const at::Tensor h = x + Attention(prefix, layer, Norm(first_norm, x));
  return h + FeedForward(prefix, layer, Norm(last_norm, h));
}

at::Tensor PlainEncoder::Norm(const std::string& name,
                              const at::Tensor& x) const {
  const at::Tensor& weight = Get(name + ".weight");
  return at::layer_norm(x.to(SumType()), weight.sizes(), weight.to(SumType()),
                        Get(name + ".bias").to(SumType()),
                        config_.layer_norm_epsilon);
}

at::Tensor PlainEncoder::Drop(DropoutSite site, std::int64_t layer,
                              const at::Tensor& x) const {
  const std::int64_t columns = x.size(-1);
  const std::int64_t rows = x.numel() / x.size(0) / columns;
  const BatchDropout dropout = dropout_.At(site, layer, rows);
  if (!dropout.drops()) return x;
  if (parts_.drop) return parts_.drop(dropout, x);
  at::Tensor factors = at::empty(x.sizes(), at::kDouble);
  for (std::int64_t row = 0; row < x.size(0) * rows; ++row) {
    dropout.Factors(row, columns,
                    factors.mutable_data_ptr<double>() + row * columns);
  }
  return x * factors.to(x.options());
}

at::Tensor PlainEncoder::Attention(const std::string& prefix,
                                   std::int64_t layer,
                                   const at::Tensor& x) const {
  const std::int64_t batch = x.size(0);
  const std::int64_t frames = x.size(1);
  const auto heads_of = [&](absl::string_view map) {
    return Linear(absl::StrCat(prefix, "attention.", map), x)
        .view({batch, frames, config_.heads, -1})
        .transpose(1, 2);  // [B, H, T, D / H]
  };
  const at::Tensor queries = heads_of("q_proj");
  const double scale = 1 / std::sqrt(static_cast<double>(queries.size(3)));
  at::Tensor weights =
      at::matmul(queries * scale, heads_of("k_proj").transpose(2, 3));
  weights = at::softmax(weights.to(SumType()), -1);  // [B, H, T, T]
  weights = Drop(DropoutSite::kAttention, layer, weights);
  const at::Tensor mixed =
      at::matmul(weights.to(queries.scalar_type()), heads_of("v_proj"))
          .transpose(1, 2)
          .reshape({batch, frames, config_.hidden_size});
  return Drop(DropoutSite::kAttentionOutput, layer,
              Linear(prefix + "attention.out_proj", mixed));
}

at::Tensor PlainEncoder::FeedForward(const std::string& prefix,
                                     std::int64_t layer,
                                     const at::Tensor& x) const {
  at::Tensor inner =
      at::gelu(Linear(prefix + "feed_forward.intermediate_dense", x));
  inner = Drop(DropoutSite::kActivation, layer, inner);
  return Drop(DropoutSite::kFeedForward, layer,
              Linear(prefix + "feed_forward.output_dense", inner));
}

}  // namespace

at::Tensor WeightNorms(const at::Tensor& v) {
  return v.reshape({-1, v.size(2)})
      .square()
      .sum(at::IntArrayRef({0}))
      .sqrt()
      .view({1, 1, -1});
}

at::Tensor WeightNormalised(const at::Tensor& v, const at::Tensor& g) {
  return v * (g / WeightNorms(v));
}

MertTrainingOutput Encode(const MertConfig& config,
                          const NamedTensors& parameters,
                          const at::Tensor& audio, const at::Tensor& mask,
                          const DropoutPlan& dropout, const EncoderParts& parts,
                          const HiddenStateSink& sink) {
  const PlainEncoder encoder(config, parameters, dropout, parts);
  const at::Tensor features = ScaleGradient(
      parts.front_end ? parts.front_end(audio) : encoder.FrontEnd(audio),
      config.feature_gradient_scale);
  MertTrainingOutput output;
  const c10::ScalarType type = features.scalar_type();
  output.feature_penalty =
      features.to(type == at::kDouble ? type : at::kFloat).square().mean();
  at::Tensor x = encoder.Project(features, mask);
  x = encoder.Enter(parts.add_positions ? parts.add_positions(x)
                                        : encoder.AddPositions(x));
  for (std::int64_t layer = 0; layer < config.layers; ++layer) {
    if (sink) sink(layer, x);
    if (dropout.SkipsLayer(layer)) continue;
    x = parts.layer ? parts.layer(layer, x) : encoder.Layer(layer, x);
  }
  if (config.norm_placement == NormPlacement::kPre) {
    x = encoder.Norm("encoder.layer_norm", x);
  }
  if (sink) sink(config.layers, x);
  output.last_hidden = x;
  return output;
}

}  // namespace culturemert
