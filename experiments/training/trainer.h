// Pre-training from the first update to the last, over all stages; started
// again, it goes on where it was, to the same bits.
//
//   ASSIGN_OR_RETURN(auto trainer, Trainer::Create(config, model, stages,
//   ...)); ASSIGN_OR_RETURN(const TrainingOutcome outcome, trainer->Run());
//
// The run's folder:
//
//   checkpoints/           see checkpoint.h
//   metrics.jsonl, ...     see metrics_log.h
//   training.lock          while a process works on it
//   failed_update.json     after a loss or gradient that is not finite: what
//                          the update saw

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_TRAINER_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_TRAINER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "experiments/distributed/process_group.h"
#include "experiments/training/pretraining_step.h"
#include "experiments/training/training_config.h"
#include "experiments/training/training_data.h"
#include "tools/base/console/console.h"
#include "tools/base/files/files.h"

namespace culturemert {

// The data of one stage, as its configuration asks for.
struct StageData {
  TrainingData data;  // Segments of BatchesOf(config, stage).segment_seconds.
  double pool_seconds = 0;  // Of audio that can be drawn.
};

struct TrainerOptions {
  std::string folder;  // Of the run.
  // Says what the run is: two runs of one identity take the same steps. A
  // folder that holds another's checkpoints is refused.
  std::string identity;
  Files* files = &Files::Real();
  // The processes that train together; null for one alone. Each computes its
  // part of every batch's micro-batches; only rank 0 reads and writes files,
  // and starts all from the same checkpoint. Their number may change from one
  // start to the next.
  ProcessGroup* processes = nullptr;
  // Asked after each update, on every rank: whether to save and end now, as a
  // signal wants. One rank's yes stops all.
  std::function<bool()> should_stop = [] { return false; };
  bool is_quiet = false;
  Console* console = &Console::Stderr();
};

struct TrainingOutcome {
  bool is_finished = false;  // Else it was stopped, and can go on.
  std::int64_t updates = 0;  // Of the whole training.
  std::int64_t updates_of_this_run = 0;
  double seconds_of_this_run = 0;
  double waiting_seconds = 0;             // Of these, for data.
  std::optional<double> validation_loss;  // The last one.
};

// Trains the model in place: `stages` has the data of config.stages. Resumes
// from the folder's latest intact checkpoint. Errors:
//   kInvalidArgument     data that do not fit the configuration, or a batch
//                        that processes cannot share in whole micro-batches
//   kUnavailable         another process works on the folder
//   kFailedPrecondition  the folder is another run's
//   kOutOfRange          a loss or gradient that is not finite: the message
//                        names update and segments; the weights stay as they
//                        were before it, and failed_update.json has its batch
//   others               of Files and LibTorch; what was saved is intact
absl::StatusOr<TrainingOutcome> Train(
    const TrainingConfig& config, const PretrainingModel& model,
    const std::vector<StageData>& stages,
    const std::optional<TrainingData>& held_out, const TrainerOptions& options);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_TRAINER_H_
