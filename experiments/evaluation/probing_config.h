// The rules by which features are probed, with the source of each. "MARBLE" is
// version 1 of github.com/a43992899/MARBLE-Benchmark (Yuan et al., NeurIPS
// 2023), MTT_base_config.yaml and probers.py: the constrained protocol.
//
//   rule                  value        source
//   input                 weighted     MARBLE: the softmax of learned numbers,
//                         sum          standard normal at first, weighs the
//                                      states
//   states                1 to last    MARBLE leaves the transformer's input
//                                      out; of one state alone, that one
//   head                  512 ReLU     MARBLE; linear maps drawn as
//                         dropout 0.2  torch.nn.Linear's
//   loss                  BCE          MARBLE: with logits, mean over examples
//                                      and tags, no weights
//   optimiser             Adam 1e-3    MARBLE: torch.optim.Adam, no decay
//   batch                 64           MARBLE; the last one of an epoch shorter
//   rate                  x 0.5        MARBLE: ReduceLROnPlateau, patience 3,
//                                      on the validation ROC-AUC; PyTorch's
//                                      relative threshold 1e-4
//   end                   <= 100       MARBLE: stops after 10 epochs in a row
//                         epochs       without a new best
//   selection             best valid   MARBLE: macro ROC-AUC; of equal ones the
//                                      earliest
//   examples              windows      MARBLE's rule for long audio: training
//   scores                recordings   on windows; at the end logits averaged
//                                      over a recording's windows, then the
//                                      sigmoid
//   learning-rate grid    off          MARBLE's is 1e-2, 5e-3, 1e-3, 5e-4, 1e-4

#ifndef CULTUREMERT_EXPERIMENTS_EVALUATION_PROBING_CONFIG_H_
#define CULTUREMERT_EXPERIMENTS_EVALUATION_PROBING_CONFIG_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "models/probe/probe_config.h"
#include "tools/base/config/schema.h"

namespace culturemert {

struct ProbingConfig {
  ProbeInput input = ProbeInput::kWeightedSum;
  // Nothing: 1, or 0 where there is one state only.
  std::optional<std::int64_t> first_state;
  // Nothing: the last there is.
  std::optional<std::int64_t> last_state;
  std::int64_t hidden_size = 512;
  double dropout = 0.2;
  std::vector<double> learning_rates = {1e-3};
  std::int64_t batch_size = 64;
  std::int64_t max_epochs = 100;
  double plateau_factor = 0.5;
  std::int64_t plateau_patience = 3;
  std::int64_t stop_patience = 10;
  std::int64_t shots = 0;
  bool standardise = false;

  static void Describe(ConfigSchema<ProbingConfig>& schema);
};

// The probe of features of this shape. kInvalidArgument for a configuration
// out of range, or states that the features do not have.
absl::StatusOr<ProbeConfig> ProbeFor(const ProbingConfig& config,
                                     std::int64_t states,
                                     std::int64_t state_size,
                                     std::int64_t tags);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_EVALUATION_PROBING_CONFIG_H_
