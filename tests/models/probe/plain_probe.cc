#include "tests/models/probe/plain_probe.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/sigmoid.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/ops/dropout.h"
#include "models/tensors/torch_errors.h"
#include "tests/models/probe/plain_mix_states.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

std::string ShapeText(at::IntArrayRef shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

// A seed's own part of a tensor that is for all seeds where it lacks that
// dimension.
at::Tensor OfSeed(const at::Tensor& tensor, std::int64_t dimensions,
                  std::int64_t seed) {
  return tensor.dim() == dimensions ? tensor : tensor.select(0, seed);
}

class SeedProbe {
 public:
  SeedProbe(const ProbeConfig& config, const NamedTensors& parameters,
            std::int64_t seed)
      : config_(config), parameters_(parameters), seed_(seed) {}

  // What the forward pass leaves for the backward pass.
  struct Activations {
    at::Tensor states;  // [B, N, D], those that are used
    at::Tensor input;   // [B, F]
    at::Tensor hidden;  // [B, H], behind ReLU and dropout
    at::Tensor scale;   // [B, H], 0 or 1 / (1 - dropout); undefined: all 1
    at::Tensor logits;  // [B, K]
  };

  Activations Forward(const at::Tensor& features,
                      const RandomStream* dropout) const {
    Activations result;
    const bool is_single = config_.input == ProbeInput::kSingle;
    const std::int64_t last =
        is_single ? config_.first_state : config_.last_state;
    result.states =
        features.narrow(1, config_.first_state, last - config_.first_state + 1);
    result.input = config_.input == ProbeInput::kWeightedSum
                       ? MixStates(result.states, Parameter("layer_weights"))
                       : result.states.reshape({features.size(0), -1});
    at::Tensor last_activation = result.input;
    if (config_.hidden_size > 0) {
      result.hidden = at::addmm(Parameter("hidden.bias"), result.input,
                                Parameter("hidden.weight").t())
                          .relu_();
      if (dropout != nullptr && config_.dropout > 0) {
        result.scale = DropoutScale(result.hidden, *dropout);
        result.hidden.mul_(result.scale);
      }
      last_activation = result.hidden;
    }
    result.logits = at::addmm(Parameter("output.bias"), last_activation,
                              Parameter("output.weight").t());
    return result;
  }

  // `logits_gradient` is [B, K]; writes into this seed's part of `gradients`.
  void Backward(const Activations& activations,
                const at::Tensor& logits_gradient,
                const NamedTensors& gradients) const {
    const auto put = [&](const char* name, const at::Tensor& value) {
      gradients.at(name).select(0, seed_).copy_(value);
    };
    put("output.bias", logits_gradient.sum(0));
    const bool has_hidden = config_.hidden_size > 0;
    const at::Tensor& last_activation =
        has_hidden ? activations.hidden : activations.input;
    put("output.weight", at::mm(logits_gradient.t(), last_activation));
    const bool has_layer_weights = config_.input == ProbeInput::kWeightedSum;
    if (!has_hidden && !has_layer_weights) return;
    at::Tensor gradient = at::mm(logits_gradient, Parameter("output.weight"));
    if (has_hidden) {
      // Zero where ReLU or dropout made the unit zero.
      gradient.mul_(activations.hidden > 0);
      if (activations.scale.defined()) gradient.mul_(activations.scale);
      put("hidden.bias", gradient.sum(0));
      put("hidden.weight", at::mm(gradient.t(), activations.input));
      if (!has_layer_weights) return;
      gradient = at::mm(gradient, Parameter("hidden.weight"));
    }
    put("layer_weights",
        MixStatesGradient(activations.states, Parameter("layer_weights"),
                          gradient.contiguous()));
  }

 private:
  at::Tensor Parameter(const char* name) const {
    return parameters_.at(name).select(0, seed_);
  }

  at::Tensor DropoutScale(const at::Tensor& hidden,
                          const RandomStream& dropout) const {
    const Dropout factors(config_.dropout, dropout);
    at::Tensor scale = at::empty(hidden.sizes(), at::kDouble);
    for (std::int64_t b = 0; b < hidden.size(0); ++b) {
      factors.Factors(b, hidden.size(1),
                      scale.mutable_data_ptr<double>() + b * hidden.size(1));
    }
    return scale.to(hidden.scalar_type());
  }

  const ProbeConfig& config_;
  const NamedTensors& parameters_;
  const std::int64_t seed_;
};

// max(x, 0) - x y + log(1 + exp(-|x|)), which never overflows.
at::Tensor MeanCrossEntropy(const at::Tensor& logits,
                            const at::Tensor& labels) {
  return (logits.clamp_min(0) - logits * labels +
          logits.abs().neg().exp().log1p())
      .mean();
}

// One seed's fresh tensor, in float64.
at::Tensor RandomTensor(const TensorSpec& spec, std::uint64_t seed,
                        const ProbeConfig& config) {
  const RandomStream stream(seed, StreamId("probe:" + spec.name));
  at::Tensor tensor = at::empty(spec.shape, at::kDouble);
  double* const values = tensor.mutable_data_ptr<double>();
  const bool is_hidden = spec.name[0] == 'h';
  const std::int64_t inputs = is_hidden || config.hidden_size == 0
                                  ? ProbeInputSize(config)
                                  : config.hidden_size;
  const double bound = 1 / std::sqrt(static_cast<double>(inputs));
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    const auto index = static_cast<std::uint64_t>(i);
    values[i] = spec.name == "layer_weights"
                    ? stream.Normal(index)
                    : bound * (2 * stream.UniformDouble(index) - 1);
  }
  return tensor;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PlainProbe>> PlainProbe::Create(
    const ProbeConfig& config, absl::Span<const std::uint64_t> seeds,
    at::ScalarType type) {
  RETURN_IF_ERROR(CheckProbeConfig(config));
  if (seeds.empty()) return absl::InvalidArgumentError("no seeds to probe by");
  if (type != at::kFloat && type != at::kDouble) {
    return absl::InvalidArgumentError(
        absl::StrCat("probes are Float or Double, not ", at::toString(type)));
  }
  const auto count = static_cast<std::int64_t>(seeds.size());
  return CatchTorchErrors([&]() -> absl::StatusOr<std::unique_ptr<PlainProbe>> {
    NamedTensors parameters;
    for (const TensorSpec& spec : ProbeTensors(config)) {
      std::vector<std::int64_t> shape = spec.shape;
      shape.insert(shape.begin(), count);
      at::Tensor all = at::empty(shape, type);
      for (std::int64_t s = 0; s < count; ++s) {
        all.select(0, s).copy_(
            RandomTensor(spec, seeds[static_cast<std::size_t>(s)], config));
      }
      parameters.emplace(spec.name, std::move(all));
    }
    return absl::WrapUnique(
        new PlainProbe(config, std::move(parameters), count));
  });
}

PlainProbe::PlainProbe(const ProbeConfig& config, NamedTensors parameters,
                       std::int64_t seeds)
    : config_(config), parameters_(std::move(parameters)), seeds_(seeds) {}

absl::Status PlainProbe::CheckFeatures(const at::Tensor& features) const {
  const at::ScalarType type = parameters_.begin()->second.scalar_type();
  const std::int64_t dimensions = features.defined() ? features.dim() : 0;
  const bool fits =
      (dimensions == 3 || (dimensions == 4 && features.size(0) == seeds_)) &&
      features.size(-2) == config_.states &&
      features.size(-1) == config_.state_size && features.size(-3) > 0 &&
      features.scalar_type() == type && features.device().is_cpu();
  if (fits) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "features are ",
      features.defined() ? ShapeText(features.sizes()) : "undefined",
      ", expected [B, ", config_.states, ", ", config_.state_size, "] or [",
      seeds_, ", B, ", config_.states, ", ", config_.state_size, "] of ",
      at::toString(type), " on the CPU, B at least 1"));
}

absl::Status PlainProbe::CheckBatch(const Batch& batch) const {
  RETURN_IF_ERROR(CheckFeatures(batch.features));
  const at::Tensor& labels = batch.labels;
  const std::int64_t examples = batch.features.size(-3);
  const std::int64_t dimensions = labels.defined() ? labels.dim() : 0;
  const bool fits =
      (dimensions == 2 || (dimensions == 3 && labels.size(0) == seeds_)) &&
      labels.size(-1) == config_.tags && labels.size(-2) == examples &&
      labels.scalar_type() == batch.features.scalar_type() &&
      labels.device().is_cpu();
  if (!fits) {
    return absl::InvalidArgumentError(absl::StrCat(
        "labels are ",
        labels.defined() ? ShapeText(labels.sizes()) : "undefined",
        ", expected [", examples, ", ", config_.tags, "] or [", seeds_, ", ",
        examples, ", ", config_.tags, "] of the features' type"));
  }
  const std::size_t streams = batch.dropout_streams.size();
  if (streams != 0 && streams != static_cast<std::size_t>(seeds_)) {
    return absl::InvalidArgumentError(
        absl::StrCat(streams, " dropout streams, expected one for each of ",
                     seeds_, " seeds, or none"));
  }
  return absl::OkStatus();
}

absl::StatusOr<at::Tensor> PlainProbe::Logits(
    const at::Tensor& features) const {
  RETURN_IF_ERROR(CheckFeatures(features));
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    const at::NoGradGuard no_grad;
    const at::Tensor plain = features.contiguous();
    at::Tensor logits = at::empty({seeds_, features.size(-3), config_.tags},
                                  features.options());
    for (std::int64_t s = 0; s < seeds_; ++s) {
      const SeedProbe probe(config_, parameters_, s);
      logits.select(0, s).copy_(
          probe.Forward(OfSeed(plain, 3, s), nullptr).logits);
    }
    return logits;
  });
}

absl::StatusOr<PlainProbe::Step> PlainProbe::LossAndGradients(
    const Batch& batch) const {
  RETURN_IF_ERROR(CheckBatch(batch));
  return CatchTorchErrors([&]() -> absl::StatusOr<Step> {
    const at::NoGradGuard no_grad;
    const at::Tensor features = batch.features.contiguous();
    Step step;
    step.losses = at::empty({seeds_}, features.options());
    for (const auto& [name, parameter] : parameters_) {
      step.gradients.emplace(name, at::empty_like(parameter));
    }
    for (std::int64_t s = 0; s < seeds_; ++s) {
      const SeedProbe probe(config_, parameters_, s);
      const RandomStream* const dropout =
          batch.dropout_streams.empty()
              ? nullptr
              : &batch.dropout_streams[static_cast<std::size_t>(s)];
      const SeedProbe::Activations activations =
          probe.Forward(OfSeed(features, 3, s), dropout);
      const at::Tensor labels = OfSeed(batch.labels, 2, s);
      step.losses.select(0, s).copy_(
          MeanCrossEntropy(activations.logits, labels));
      const at::Tensor gradient =
          (at::sigmoid(activations.logits) - labels)
              .div_(static_cast<double>(labels.numel()));
      probe.Backward(activations, gradient, step.gradients);
    }
    return step;
  });
}

}  // namespace culturemert
