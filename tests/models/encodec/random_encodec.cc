#include "tests/models/encodec/random_encodec.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>

#include <cmath>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

at::Tensor Normal(at::IntArrayRef shape, std::uint64_t seed,
                  absl::string_view name) {
  at::Tensor values = at::empty(shape, at::kFloat);
  RandomStream(seed, StreamId(name))
      .FillNormal(absl::MakeSpan(values.mutable_data_ptr<float>(),
                                 static_cast<std::size_t>(values.numel())),
                  0);
  return values;
}

// Around what a trained model has there.
at::Tensor Scaled(const std::string& name, const at::Tensor& normal) {
  if (absl::EndsWith(name, "weight_g")) return 1.5 + 0.2 * normal;
  if (absl::StrContains(name, "lstm.weight")) {
    return normal / std::sqrt(static_cast<double>(normal.size(1)));
  }
  if (absl::StrContains(name, "bias")) return 0.1 * normal;
  return normal;
}

}  // namespace

NamedTensors RandomEncodecTensors(const EncodecConfig& config,
                                  std::uint64_t seed, at::ScalarType type) {
  NamedTensors tensors;
  for (const TensorSpec& spec : EncodecTensors(config)) {
    tensors.emplace(
        spec.name,
        Scaled(spec.name, Normal(spec.shape, seed, spec.name)).to(type));
  }
  return tensors;
}

at::Tensor RandomAudio(std::int64_t clips, std::int64_t samples,
                       std::uint64_t seed) {
  at::Tensor audio = Normal({clips, samples}, seed, "audio");
  float* values = audio.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < clips * samples; ++i) {
    const double time = static_cast<double>(i % samples) / kEncodecRateHz;
    values[i] *= 0.2 * (1 + 0.5 * std::sin(9 * time));
  }
  return audio;
}

}  // namespace culturemert
