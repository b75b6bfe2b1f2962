#include "models/mert/random_weights.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <string>

#include "absl/strings/match.h"
#include "absl/types/span.h"
#include "models/mert/encoder.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

constexpr std::int64_t kGrain = 16384;
constexpr char kGain[] = "encoder.pos_conv_embed.conv.weight_g";
constexpr char kDirection[] = "encoder.pos_conv_embed.conv.weight_v";

at::Tensor Normal(const RandomStream& stream, const TensorSpec& spec,
                  double deviation) {
  at::Tensor tensor = at::empty(spec.shape, at::kFloat);
  float* const values = tensor.data_ptr<float>();
  at::parallel_for(
      0, tensor.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        stream.FillNormal(absl::MakeSpan(values + begin, end - begin), begin);
      });
  return tensor.mul_(deviation);
}

// Uniform in [low, high).
at::Tensor Uniform(const RandomStream& stream, const TensorSpec& spec,
                   double low, double high) {
  at::Tensor tensor = at::empty(spec.shape, at::kFloat);
  stream.FillUniform(absl::MakeSpan(tensor.data_ptr<float>(), tensor.numel()),
                     0);
  return tensor.mul_(high - low).add_(low);
}

at::Tensor RandomTensor(const MertConfig& config, const TensorSpec& spec,
                        const RandomStream& stream) {
  const std::string& name = spec.name;
  if (name == "masked_spec_embed") return Uniform(stream, spec, 0, 1);
  if (absl::StrContains(name, "norm.")) {
    return absl::EndsWith(name, "weight") ? at::ones(spec.shape, at::kFloat)
                                          : at::zeros(spec.shape, at::kFloat);
  }
  if (absl::EndsWith(name, "bias") &&
      !absl::StartsWith(name, "feature_projection.")) {
    return at::zeros(spec.shape, at::kFloat);
  }
  if (absl::StrContains(name, "conv_layers")) {
    const double fan_in = static_cast<double>(spec.shape[1] * spec.shape[2]);
    return Normal(stream, spec, std::sqrt(2 / fan_in));
  }
  if (absl::StartsWith(name, "feature_projection.projection")) {
    const double bound =
        1 / std::sqrt(static_cast<double>(config.conv_channels));
    return Uniform(stream, spec, -bound, bound);
  }
  if (name == kDirection) {
    const double taps =
        static_cast<double>(config.positional_kernel * config.hidden_size);
    return Normal(stream, spec, std::sqrt(4 / taps));
  }
  return Normal(stream, spec, 0.02);
}

}  // namespace

NamedTensors RandomMertWeights(const MertConfig& config, std::uint64_t seed) {
  const RandomStream stream(seed, StreamId("mert weights"));
  NamedTensors weights;
  for (const TensorSpec& spec : MertEncoderTensors(config)) {
    if (spec.name == kGain) continue;
    weights[spec.name] =
        RandomTensor(config, spec, stream.Substream(StreamId(spec.name)));
  }
  weights[kGain] = WeightNorms(weights[kDirection]);
  return weights;
}

}  // namespace culturemert
