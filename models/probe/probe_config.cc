#include "models/probe/probe_config.h"

#include "tools/base/config/config.h"

namespace culturemert {

void ProbeConfig::Describe(ConfigSchema<ProbeConfig>& schema) {
  schema.Struct("ProbeConfig", "The shape of a probe on frozen features.");
  schema.Field("input", &ProbeConfig::input,
               "What of the hidden states the probe sees.");
  schema
      .Field("states", &ProbeConfig::states,
             "Hidden states there are: the layers of the encoder and one.")
      .AtLeast(1)
      .AtMost(257);
  schema
      .Field("first_state", &ProbeConfig::first_state,
             "The first hidden state used; 0 is the transformer's input.")
      .AtLeast(0);
  schema
      .Field("last_state", &ProbeConfig::last_state,
             "The last hidden state used; without effect with input single.")
      .AtLeast(0);
  schema
      .Field("state_size", &ProbeConfig::state_size,
             "Size of each hidden state.")
      .AtLeast(1)
      .AtMost(16384);
  schema
      .Field("hidden_size", &ProbeConfig::hidden_size,
             "Units of the hidden layer; 0 for a linear probe.")
      .AtLeast(0)
      .AtMost(65536);
  schema
      .Field("dropout", &ProbeConfig::dropout,
             "Dropout of the hidden units; a linear probe has none.")
      .AtLeast(0)
      .Below(1);
  schema.Field("tags", &ProbeConfig::tags, "Labels to predict.")
      .AtLeast(1)
      .AtMost(1000000);
  schema.Check([](const ProbeConfig& config, ConfigReport report) {
    if (config.first_state >= config.states) {
      report("first_state", "must be below states");
    }
    if (config.last_state >= config.states) {
      report("last_state", "must be below states");
    }
    if (config.last_state < config.first_state &&
        config.input != ProbeInput::kSingle) {
      report("last_state", "must not be before first_state");
    }
  });
}

absl::Status CheckProbeConfig(const ProbeConfig& config) {
  return ValidateConfig(config);
}

std::int64_t ProbeInputSize(const ProbeConfig& config) {
  if (config.input != ProbeInput::kConcatenation) return config.state_size;
  return (config.last_state - config.first_state + 1) * config.state_size;
}

std::vector<TensorSpec> ProbeTensors(const ProbeConfig& config) {
  std::vector<TensorSpec> tensors;
  std::int64_t size = ProbeInputSize(config);
  if (config.hidden_size > 0) {
    tensors.push_back({"hidden.bias", {config.hidden_size}});
    tensors.push_back({"hidden.weight", {config.hidden_size, size}});
    size = config.hidden_size;
  }
  if (config.input == ProbeInput::kWeightedSum) {
    tensors.push_back(
        {"layer_weights", {config.last_state - config.first_state + 1}});
  }
  tensors.push_back({"output.bias", {config.tags}});
  tensors.push_back({"output.weight", {config.tags, size}});
  return tensors;
}

}  // namespace culturemert
