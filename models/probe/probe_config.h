// The shape of a probe: the small supervised head whose score says what frozen
// features hold. Free of LibTorch.

#ifndef CULTUREMERT_MODELS_PROBE_PROBE_CONFIG_H_
#define CULTUREMERT_MODELS_PROBE_PROBE_CONFIG_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "models/tensors/tensor_spec.h"
#include "tools/base/config/schema.h"

namespace culturemert {

// What of the encoder's hidden states the probe sees.
enum class ProbeInput {
  kWeightedSum,    // their sum, weighted by the softmax of learned numbers
  kSingle,         // the first of the range alone
  kConcatenation,  // all of the range, one behind the other
};
inline ConfigNames<ProbeInput> ConfigNamesOf(ProbeInput) {
  return {{ProbeInput::kWeightedSum, "weighted_sum"},
          {ProbeInput::kSingle, "single"},
          {ProbeInput::kConcatenation, "concatenation"}};
}

// The defaults are the constrained protocol's of MARBLE (Yuan et al., NeurIPS
// 2023; version 1 of github.com/a43992899/MARBLE-Benchmark, MTT_base_config)
// on MERT-95M: a learned sum of the outputs of layers 1 to 12, one hidden layer
// of 512.
struct ProbeConfig {
  ProbeInput input = ProbeInput::kWeightedSum;
  std::int64_t states = 13;
  std::int64_t first_state = 1;
  std::int64_t last_state = 12;
  std::int64_t state_size = 768;
  std::int64_t hidden_size = 512;
  double dropout = 0.2;
  std::int64_t tags = 50;

  static void Describe(ConfigSchema<ProbeConfig>& schema);
};

// OK if every field is in the range its description states and they fit
// together; else kInvalidArgument naming the fields.
absl::Status CheckProbeConfig(const ProbeConfig& config);

// Size of the vector that the first linear map takes.
std::int64_t ProbeInputSize(const ProbeConfig& config);

// One probe's tensors, sorted by name; F = ProbeInputSize:
//   hidden.bias    [hidden_size], hidden.weight [hidden_size, F]
//   layer_weights  [last_state - first_state + 1]; of kWeightedSum alone
//   output.bias    [tags], output.weight [tags, hidden_size]
// With hidden_size 0, a linear probe, there is no hidden.* and output.weight is
// [tags, F].
std::vector<TensorSpec> ProbeTensors(const ProbeConfig& config);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_PROBE_PROBE_CONFIG_H_
