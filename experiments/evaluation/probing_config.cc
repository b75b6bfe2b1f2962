#include "experiments/evaluation/probing_config.h"

#include "absl/status/status.h"
#include "tools/base/config/config.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

void ProbingConfig::Describe(ConfigSchema<ProbingConfig>& schema) {
  schema.Struct("ProbingConfig", "How features are probed.");
  schema.Field("input", &ProbingConfig::input,
               "What of the hidden states the probe sees.");
  schema
      .Field("first_state", &ProbingConfig::first_state,
             "The first hidden state used, 0 being the transformer's input; "
             "null: 1, or 0 where there is one state only.")
      .AtLeast(0);
  schema
      .Field("last_state", &ProbingConfig::last_state,
             "The last hidden state used; null: the last there is. Without "
             "effect with input single.")
      .AtLeast(0);
  schema
      .Field("hidden_size", &ProbingConfig::hidden_size,
             "Units of the hidden layer; 0 for a linear probe.")
      .AtLeast(0)
      .AtMost(65536);
  schema
      .Field("dropout", &ProbingConfig::dropout,
             "Dropout of the hidden units; a linear probe has none.")
      .AtLeast(0)
      .Below(1);
  schema
      .Field("learning_rates", &ProbingConfig::learning_rates,
             "Adam's learning rate at first. Of several, each is trained and "
             "the one that is best on the validation split is kept, for each "
             "seed by itself.")
      .Above(0)
      .AtMost(1)
      .MinSize(1);
  schema
      .Field("batch_size", &ProbingConfig::batch_size, "Windows in an update.")
      .AtLeast(1)
      .AtMost(65536);
  schema
      .Field("max_epochs", &ProbingConfig::max_epochs,
             "Passes over the training split at most.")
      .AtLeast(1);
  schema
      .Field("plateau_factor", &ProbingConfig::plateau_factor,
             "What the learning rate is multiplied by on a plateau.")
      .Above(0)
      .AtMost(1);
  schema
      .Field("plateau_patience", &ProbingConfig::plateau_patience,
             "Epochs without a better validation score before that.")
      .AtLeast(0);
  schema
      .Field("stop_patience", &ProbingConfig::stop_patience,
             "Epochs in a row without a new best validation score after which "
             "training ends.")
      .AtLeast(1);
  schema
      .Field("shots", &ProbingConfig::shots,
             "Few-shot: train on so many recordings of each tag, drawn by the "
             "seed; 0: on all.")
      .AtLeast(0);
  schema.Field("standardise", &ProbingConfig::standardise,
               "Whether each feature is brought to mean 0 and variance 1 over "
               "the windows of the training split. Not part of MARBLE.");
}

absl::StatusOr<ProbeConfig> ProbeFor(const ProbingConfig& config,
                                     std::int64_t states,
                                     std::int64_t state_size,
                                     std::int64_t tags) {
  RETURN_IF_ERROR(ValidateConfig(config));
  ProbeConfig probe;
  probe.input = config.input;
  probe.states = states;
  probe.first_state = config.first_state.value_or(states > 1 ? 1 : 0);
  probe.last_state = config.last_state.value_or(states - 1);
  if (probe.input == ProbeInput::kSingle) probe.last_state = probe.first_state;
  probe.state_size = state_size;
  probe.hidden_size = config.hidden_size;
  probe.dropout = config.dropout;
  probe.tags = tags;
  RETURN_IF_ERROR(CheckProbeConfig(probe));
  return probe;
}

}  // namespace culturemert
