// A training small enough for tests: a tiny model, by default four seconds of
// made-up audio in two cultures, two stages of a few updates.

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
#include "datasets/sampling/segment_loader.h"
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

// Recordings at 24 kHz, each with its culture and its codes, [8][frames], of
// books of 16.
struct TinyCorpus {
  std::vector<std::vector<std::int16_t>> recordings;
  std::vector<std::string> cultures;
  std::vector<std::vector<std::uint16_t>> codes;
};

class TinyTraining {
 public:
  static constexpr std::int64_t kStageUpdates = 3;

  // Of made-up audio.
  TinyTraining();
  explicit TinyTraining(TinyCorpus corpus,
                        std::int64_t segment_samples = 12000);

  // Two stages of kStageUpdates each, the first with a frozen transformer;
  // batches of two micro-batches of two half seconds.
  static TrainingConfig Config();

  // Fresh weights, the same every time.
  void ResetModel();

  // Trains in options.folder.
  absl::StatusOr<TrainingOutcome> Run(const TrainingConfig& config,
                                      const TrainerOptions& options);

  // The sampler's first rows.
  SegmentBatch ReadBatch(std::int64_t rows) const;

  // All weights as bytes, to compare.
  std::string Weights() const;

  TrainingData data() { return {sampler_.get(), audio_.get(), &*codes_}; }
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
