// Pre-training on prepared sets: from base weights, or from nothing, to a
// folder that every reader of MERT's weights opens.

#ifndef CULTUREMERT_EXPERIMENTS_ACTIONS_PRETRAIN_H_
#define CULTUREMERT_EXPERIMENTS_ACTIONS_PRETRAIN_H_

#include <c10/core/Device.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/actions/training_pool.h"
#include "experiments/distributed/process_group.h"
#include "experiments/training/trainer.h"
#include "experiments/training/training_config.h"
#include "models/mert/mert_config.h"
#include "models/weights/export.h"
#include "tools/base/console/console.h"
#include "tools/base/files/files.h"

namespace culturemert {

struct PretrainInputs {
  // A file or folder of LoadMertCheckpoint; "" for fresh weights of `shape`,
  // drawn from the training's seed. Weights without heads get fresh ones,
  // which are trained first (TrainingConfig::WithHeadWarmUp).
  std::string base_weights;
  MertConfig shape;
  std::vector<PoolSource> pool;      // What stages draw from.
  std::vector<PoolSource> held_out;  // For the validation loss; may be empty.
  // Cultures of the pool that are replay; the others are the mix.
  std::vector<std::string> replay_cultures;
  CultureWeighting weighting = CultureWeighting::kDuration;
};

struct PretrainOptions {
  std::string run_folder;      // Checkpoints and logs.
  std::string weights_folder;  // The result, as ExportMert writes it.
  std::string identity;        // See TrainerOptions.
  ModelProvenance provenance;
  // See TrainerOptions. All of them call Pretrain, with the same inputs.
  ProcessGroup* processes = nullptr;
  // Where the model computes; that of `processes` if there are any. Its weights
  // stay float32; config.dtype says in which type it computes.
  c10::Device device = c10::Device(c10::kCPU);
  std::function<bool()> should_stop = [] { return false; };
  bool is_quiet = false;
  Console* console = &Console::Stderr();
};

struct PretrainResult {
  TrainingOutcome training;
  bool has_fresh_heads = false;
  double pool_seconds = 0;  // Of the stage with most.
};

// Goes on where an earlier call in the same run folder was stopped; kCancelled,
// with a checkpoint, when asked to stop. kInvalidArgument where codes and heads
// differ in their books; else errors of the parts.
absl::StatusOr<PretrainResult> Pretrain(Files& files,
                                        const TrainingConfig& config,
                                        const PretrainInputs& inputs,
                                        const PretrainOptions& options);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ACTIONS_PRETRAIN_H_
