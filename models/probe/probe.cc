#include "models/probe/probe.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <new>
#include <string>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "models/tensors/tensor_spec.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using probe_internal::AdamStep;
using probe_internal::AddDots;
using probe_internal::MixStates;
using probe_internal::PackedLinear;
using probe_internal::Padded;
using probe_internal::RectifyAndScale;
using probe_internal::ScaleWherePositive;
using probe_internal::Transpose;
using probe_internal::UpdateNumbers;

std::vector<float> FreshTensor(const TensorSpec& spec, std::uint64_t seed,
                               const ProbeConfig& config) {
  const RandomStream stream(seed, StreamId("probe:" + spec.name));
  const bool is_hidden = spec.name[0] == 'h';
  const std::int64_t inputs = is_hidden || config.hidden_size == 0
                                  ? ProbeInputSize(config)
                                  : config.hidden_size;
  const double bound = 1 / std::sqrt(static_cast<double>(inputs));
  std::size_t size = 1;
  for (const std::int64_t extent : spec.shape) {
    size *= static_cast<std::size_t>(extent);
  }
  std::vector<float> values(size);
  for (std::size_t i = 0; i < size; ++i) {
    values[i] =
        static_cast<float>(spec.name == "layer_weights"
                               ? stream.Normal(i)
                               : bound * (2 * stream.UniformDouble(i) - 1));
  }
  return values;
}

std::vector<double> Softmax(const std::vector<float>& values) {
  const float largest = *std::max_element(values.begin(), values.end());
  std::vector<double> result;
  double sum = 0;
  for (const float value : values) {
    result.push_back(std::exp(static_cast<double>(value) - largest));
    sum += result.back();
  }
  for (double& value : result) value /= sum;
  return result;
}

}  // namespace

AdamStep ProbeAdamStep(double learning_rate, std::int64_t update) {
  constexpr double kBeta1 = 0.9;
  constexpr double kBeta2 = 0.999;
  constexpr double kEpsilon = 1e-8;
  const double t = static_cast<double>(update);
  // torch.optim.Adam divides the second moment by its correction before it
  // adds epsilon; taken out of the fraction, the correction is in both.
  const double root = std::sqrt(1 - std::pow(kBeta2, t));
  AdamStep step;
  step.beta1 = static_cast<float>(kBeta1);
  step.beta2 = static_cast<float>(kBeta2);
  step.epsilon = static_cast<float>(kEpsilon * root);
  step.step =
      static_cast<float>(learning_rate * root / (1 - std::pow(kBeta1, t)));
  return step;
}

absl::StatusOr<std::unique_ptr<Probe>> Probe::Create(const ProbeConfig& config,
                                                     std::uint64_t seed,
                                                     std::int64_t max_batch) {
  RETURN_IF_ERROR(CheckProbeConfig(config));
  if (max_batch < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("a probe for batches of ", max_batch, ", at least 1"));
  }
  try {
    auto probe = absl::WrapUnique(new Probe(config, max_batch));
    Parameters parameters;
    for (const TensorSpec& spec : ProbeTensors(config)) {
      parameters[spec.name] = FreshTensor(spec, seed, config);
    }
    RETURN_IF_ERROR(probe->SetParameters(parameters));
    return probe;
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("no memory for a probe");
  }
}

Probe::Probe(const ProbeConfig& config, std::int64_t max_batch)
    : config_(config), max_batch_(max_batch) {
  const std::int64_t rows = Padded(max_batch);
  const std::int64_t inputs = ProbeInputSize(config);
  std::int64_t widest = std::max(Padded(inputs), Padded(config.tags));
  input_ = AlignedFloats(rows * Padded(inputs));
  input_gradient_ = AlignedFloats(rows * Padded(inputs));
  if (has_hidden()) {
    hidden_map_ = std::make_unique<PackedLinear>(inputs, config.hidden_size);
    hidden_ = AlignedFloats(rows * Padded(config.hidden_size));
    hidden_gradient_ = AlignedFloats(rows * Padded(config.hidden_size));
    widest = std::max(widest, Padded(config.hidden_size));
  }
  output_map_ = std::make_unique<PackedLinear>(
      has_hidden() ? config.hidden_size : inputs, config.tags);
  logits_ = AlignedFloats(rows * Padded(config.tags));
  logits_gradient_ = AlignedFloats(rows * Padded(config.tags));
  transposed_ = AlignedFloats(rows * widest);
  transposed_too_ = AlignedFloats(rows * widest);
  if (is_mixed()) {
    const auto states = static_cast<std::size_t>(used_states());
    layer_weights_.resize(states);
    layer_first_moments_.resize(states);
    layer_second_moments_.resize(states);
    mix_.resize(states);
  }
}

void Probe::GatherInputs(absl::Span<const float* const> states) {
  const std::int64_t stride = Padded(ProbeInputSize(config_));
  if (is_mixed()) {
    const std::vector<double> weights = Softmax(layer_weights_);
    for (std::size_t n = 0; n < mix_.size(); ++n) {
      mix_[n] = static_cast<float>(weights[n]);
    }
  }
  for (std::size_t b = 0; b < states.size(); ++b) {
    const float* const first =
        states[b] + config_.first_state * config_.state_size;
    float* const row = input_.data() + static_cast<std::int64_t>(b) * stride;
    if (is_mixed()) {
      MixStates(first, mix_.data(), used_states(), config_.state_size, row);
    } else {
      std::copy_n(first, ProbeInputSize(config_), row);
    }
  }
}

void Probe::Forward(std::int64_t padded_batch, const Dropout* dropout,
                    std::int64_t batch) {
  if (!has_hidden()) {
    output_map_->Forward(input_.data(), padded_batch, logits_.data());
    return;
  }
  hidden_map_->Forward(input_.data(), padded_batch, hidden_.data());
  const std::int64_t units = config_.hidden_size;
  const bool drops = dropout != nullptr && dropout->drops();
  std::vector<float> factors(static_cast<std::size_t>(units));
  for (std::int64_t b = 0; b < batch; ++b) {
    if (drops) dropout->Factors(b, units, factors.data());
    RectifyAndScale(drops ? factors.data() : nullptr, units,
                    hidden_.data() + b * hidden_map_->padded_outputs());
  }
  output_map_->Forward(hidden_.data(), padded_batch, logits_.data());
}

double Probe::LossGradient(const Batch& batch, std::int64_t padded_batch) {
  const std::int64_t stride = output_map_->padded_outputs();
  const std::int64_t tags = config_.tags;
  const auto examples = static_cast<std::int64_t>(batch.states.size());
  const double share = 1 / static_cast<double>(examples * tags);
  std::fill_n(logits_gradient_.data(), padded_batch * stride, 0.0f);
  double sum = 0;
  for (std::int64_t b = 0; b < examples; ++b) {
    const std::uint8_t* const labels =
        batch.labels[static_cast<std::size_t>(b)];
    const float* const logits = logits_.data() + b * stride;
    float* const gradient = logits_gradient_.data() + b * stride;
    for (std::int64_t k = 0; k < tags; ++k) {
      // exp(-|x|) neither overflows nor loses digits.
      const double x = logits[k];
      const double label = labels[k] != 0 ? 1 : 0;
      const double power = std::exp(-std::abs(x));
      const double sigmoid = (x < 0 ? power : 1) / (1 + power);
      sum += std::max(x, 0.0) - x * label + std::log1p(power);
      gradient[k] = static_cast<float>((sigmoid - label) * share);
    }
  }
  return sum * share;
}

void Probe::UpdateLayerWeights(absl::Span<const float* const> states,
                               std::int64_t padded_batch,
                               const AdamStep& adam) {
  const std::int64_t stride = Padded(config_.state_size);
  Transpose(transposed_too_.data(), padded_batch, stride, padded_batch,
            input_gradient_.data(), stride);
  std::vector<double> dots(mix_.size(), 0);
  for (std::size_t b = 0; b < states.size(); ++b) {
    AddDots(states[b] + config_.first_state * config_.state_size,
            input_gradient_.data() + static_cast<std::int64_t>(b) * stride,
            used_states(), config_.state_size, dots.data());
  }
  double mean = 0;
  for (std::size_t n = 0; n < dots.size(); ++n) mean += mix_[n] * dots[n];
  std::vector<float> gradient(dots.size());
  for (std::size_t n = 0; n < dots.size(); ++n) {
    gradient[n] = static_cast<float>(mix_[n] * (dots[n] - mean));
  }
  UpdateNumbers(adam, used_states(), gradient.data(), layer_weights_.data(),
                layer_first_moments_.data(), layer_second_moments_.data());
}

absl::StatusOr<double> Probe::Step(const Batch& batch, const AdamStep& adam) {
  const auto examples = static_cast<std::int64_t>(batch.states.size());
  if (examples < 1 || examples > max_batch_ ||
      batch.labels.size() != batch.states.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a batch of ", examples, " examples with ", batch.labels.size(),
        " labels, expected as many, at most ", max_batch_));
  }
  const std::int64_t rows = Padded(examples);
  const Dropout dropout(config_.dropout, batch.dropout);
  GatherInputs(batch.states);
  Forward(rows, &dropout, examples);
  const double loss = LossGradient(batch, rows);
  const std::int64_t tags_stride = output_map_->padded_outputs();
  Transpose(logits_gradient_.data(), tags_stride, rows, tags_stride,
            transposed_.data(), rows);
  // Every gradient before the update of what it is computed with.
  if (!has_hidden()) {
    if (is_mixed()) {
      output_map_->Backward(transposed_.data(), rows, transposed_too_.data());
      UpdateLayerWeights(batch.states, rows, adam);
    }
    output_map_->Update(adam, input_.data(), logits_gradient_.data(), examples);
    return loss;
  }
  const std::int64_t units_stride = hidden_map_->padded_outputs();
  output_map_->Backward(transposed_.data(), rows, transposed_too_.data());
  output_map_->Update(adam, hidden_.data(), logits_gradient_.data(), examples);
  Transpose(transposed_too_.data(), rows, units_stride, rows,
            hidden_gradient_.data(), units_stride);
  ScaleWherePositive(hidden_.data(), static_cast<float>(dropout.scale()),
                     rows * units_stride, hidden_gradient_.data());
  if (is_mixed()) {
    Transpose(hidden_gradient_.data(), units_stride, rows, units_stride,
              transposed_.data(), rows);
    hidden_map_->Backward(transposed_.data(), rows, transposed_too_.data());
    UpdateLayerWeights(batch.states, rows, adam);
  }
  hidden_map_->Update(adam, input_.data(), hidden_gradient_.data(), examples);
  return loss;
}

absl::Status Probe::Logits(absl::Span<const float* const> states,
                           absl::Span<float> logits) {
  const auto tags = static_cast<std::size_t>(config_.tags);
  if (logits.size() != states.size() * tags) {
    return absl::InvalidArgumentError(absl::StrCat("room for ", logits.size(),
                                                   " logits, expected ",
                                                   states.size() * tags));
  }
  const auto max_batch = static_cast<std::size_t>(max_batch_);
  const std::int64_t stride = output_map_->padded_outputs();
  for (std::size_t first = 0; first < states.size(); first += max_batch) {
    const absl::Span<const float* const> part =
        states.subspan(first, max_batch);
    const auto examples = static_cast<std::int64_t>(part.size());
    GatherInputs(part);
    Forward(Padded(examples), nullptr, examples);
    for (std::int64_t b = 0; b < examples; ++b) {
      std::copy_n(
          logits_.data() + b * stride, tags,
          logits.begin() + static_cast<std::ptrdiff_t>(
                               (first + static_cast<std::size_t>(b)) * tags));
    }
  }
  return absl::OkStatus();
}

Probe::Parameters Probe::parameters() const {
  Parameters result;
  const auto get = [&](const char* name, const PackedLinear& map,
                       std::int64_t inputs, std::int64_t outputs) {
    std::vector<float> weight(static_cast<std::size_t>(inputs * outputs));
    std::vector<float> bias(static_cast<std::size_t>(outputs));
    map.GetParameters(absl::MakeSpan(weight), absl::MakeSpan(bias));
    result[absl::StrCat(name, ".weight")] = std::move(weight);
    result[absl::StrCat(name, ".bias")] = std::move(bias);
  };
  const std::int64_t inputs = ProbeInputSize(config_);
  if (has_hidden()) get("hidden", *hidden_map_, inputs, config_.hidden_size);
  get("output", *output_map_, has_hidden() ? config_.hidden_size : inputs,
      config_.tags);
  if (is_mixed()) result["layer_weights"] = layer_weights_;
  return result;
}

absl::Status Probe::SetParameters(const Parameters& parameters) {
  const std::vector<TensorSpec> specs = ProbeTensors(config_);
  for (const TensorSpec& spec : specs) {
    std::size_t size = 1;
    for (const std::int64_t extent : spec.shape) {
      size *= static_cast<std::size_t>(extent);
    }
    const auto found = parameters.find(spec.name);
    if (found == parameters.end() || found->second.size() != size) {
      return absl::InvalidArgumentError(absl::StrCat(
          "a probe needs the tensor ", spec.name, " of ", size, " elements"));
    }
  }
  if (parameters.size() != specs.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        parameters.size(), " tensors for a probe of ", specs.size()));
  }
  if (has_hidden()) {
    hidden_map_->SetParameters(parameters.at("hidden.weight"),
                               parameters.at("hidden.bias"));
  }
  output_map_->SetParameters(parameters.at("output.weight"),
                             parameters.at("output.bias"));
  if (is_mixed()) layer_weights_ = parameters.at("layer_weights");
  return absl::OkStatus();
}

std::vector<double> Probe::LayerWeights() const {
  return is_mixed() ? Softmax(layer_weights_) : std::vector<double>();
}

}  // namespace culturemert
