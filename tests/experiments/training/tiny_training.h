// A training small enough for tests: a tiny model, four seconds of made-up
// audio in two cultures, two stages of a few updates.

#ifndef CULTUREMERT_TESTS_EXPERIMENTS_TRAINING_TINY_TRAINING_H_
#define CULTUREMERT_TESTS_EXPERIMENTS_TRAINING_TINY_TRAINING_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "datasets/codes/code_store.h"
#include "datasets/sampling/memory_segment_reader.h"
#include "datasets/sampling/segment_sampler.h"
#include "experiments/training/pretraining_step.h"
#include "experiments/training/trainer.h"
#include "experiments/training/training_config.h"
#include "experiments/training/training_data.h"
#include "models/cqt/cqt_teacher.h"
#include "models/mert/mert.h"
#include "models/pretraining/pretraining_heads.h"
#include "tools/base/files/memory_files.h"

namespace culturemert {

class TinyTraining {
 public:
  static constexpr std::int64_t kStageUpdates = 3;

  TinyTraining();

  // Two stages of kStageUpdates each, the first with a frozen transformer;
  // batches of two micro-batches of two half seconds.
  static TrainingConfig Config();

  // Fresh weights, the same every time.
  void ResetModel();

  // Trains in options.folder.
  absl::StatusOr<TrainingOutcome> Run(const TrainingConfig& config,
                                      const TrainerOptions& options);

  // All weights as bytes, to compare.
  std::string Weights() const;

  PretrainingModel model() {
    return {encoder_.get(), heads_.get(), teacher_.get()};
  }

 private:
  MemoryFiles code_files_;
  std::unique_ptr<CqtTeacher> teacher_;
  std::unique_ptr<Mert> encoder_;
  std::unique_ptr<PretrainingHeads> heads_;
  std::unique_ptr<MemorySegmentReader> audio_;
  std::unique_ptr<SegmentSampler> sampler_;
  std::unique_ptr<CodeStore> store_;
  std::optional<CodeReader> codes_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_EXPERIMENTS_TRAINING_TINY_TRAINING_H_
