// The settings of pre-training: what is known of MERT's recipe as defaults, and
// every choice that CultureMERT's sources leave open as a setting of its own.
// `culturemert help` style documentation and range checks come from here.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_TRAINING_CONFIG_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_TRAINING_CONFIG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/training/adam.h"
#include "experiments/training/compute_type.h"
#include "experiments/training/learning_rate.h"
#include "experiments/training/parameter_groups.h"
#include "models/pretraining/mixture_plan.h"
#include "models/pretraining/pretraining_loss.h"
#include "models/pretraining/span_mask.h"
#include "tools/base/config/schema.h"

namespace culturemert {

// What a stage minimises.
enum class StageObjective {
  kMaskedPrediction,       // MERT's loss (pretraining_loss.h).
  kSpectrogramRegression,  // See spectrogram_regression.h.
};

inline ConfigNames<StageObjective> ConfigNamesOf(StageObjective) {
  return {{StageObjective::kMaskedPrediction, "masked_prediction"},
          {StageObjective::kSpectrogramRegression, "spectrogram_regression"}};
}

// What spectrogram regression predicts, as frame_features.h defines them.
enum class SpectrogramTarget { kLogMel, kCqt, kLogMelAndCqt };

inline ConfigNames<SpectrogramTarget> ConfigNamesOf(SpectrogramTarget) {
  return {{SpectrogramTarget::kLogMel, "log_mel"},
          {SpectrogramTarget::kCqt, "cqt"},
          {SpectrogramTarget::kLogMelAndCqt, "log_mel+cqt"}};
}

// One phase of pre-training: what is trained, on what mix, for how long.
struct StageConfig {
  std::string name = "stage";
  std::vector<ParameterGroup> trainable = AllParameterGroups();
  LearningRateConfig learning_rate;
  double hours = 0;
  double replay_fraction = 0;
  double passes = 1;
  std::int64_t updates = 0;
  StageObjective objective = StageObjective::kMaskedPrediction;
  SpectrogramTarget spectrogram = SpectrogramTarget::kLogMelAndCqt;
  // 0: the training's.
  double segment_seconds = 0;
  double batch_seconds = 0;
  std::int64_t micro_batch_segments = 0;

  // A first stage for pre-training from nothing: the convolutions and the
  // projection learn to hear a spectrogram before the transformer sees them. In
  // a prototype the masked loss then fell three times as fast. The rate is for
  // the mini model: of 1e-3, 2e-3, 5e-3 and 1e-2, after 100 updates on rendered
  // western music, the errors were 0.73, 0.68, 0.63 and 0.61.
  static StageConfig FrontEndWarmUp();

  // A first stage for weights that come without pre-training heads: the heads
  // alone, so that random ones do not disturb the encoder.
  static StageConfig HeadWarmUp();

  static void Describe(ConfigSchema<StageConfig>& schema);
};

// How often progress is made safe, and how much of it is kept.
struct CheckpointConfig {
  double every_minutes = 10;
  std::int64_t every_updates = 0;
  std::int64_t keep_last = 2;

  static void Describe(ConfigSchema<CheckpointConfig>& schema);
};

struct ValidationConfig {
  std::int64_t times_per_stage = 10;
  std::int64_t segments = 64;

  static void Describe(ConfigSchema<ValidationConfig>& schema);
};

struct TrainingConfig {
  std::uint64_t seed = 0;
  std::vector<StageConfig> stages = TwoStages();
  double head_warm_up_passes = 0.1;
  double segment_seconds = 5;
  double batch_seconds = 600;
  std::int64_t micro_batch_segments = 4;
  ComputeType dtype = ComputeType::kAuto;
  AdamConfig adam;
  double clip_norm = 10;
  MixtureConfig mixture;
  SpanMaskConfig mask;
  PretrainingLossConfig loss;
  ValidationConfig validation;
  CheckpointConfig checkpoint;
  double log_every_seconds = 5;

  // CultureMERT's two stages: the front-end, the projection and the label
  // embeddings adapt first, with replayed Western music, while the transformer
  // is frozen; then everything on the whole mix. Which parts stage 1 trains,
  // the rates and the lengths are not published; these are this project's
  // choices.
  static std::vector<StageConfig> TwoStages();

  static void Describe(ConfigSchema<TrainingConfig>& schema);

  // What is run where heads are new and the encoder is not: StageConfig::
  // HeadWarmUp of head_warm_up_passes ahead of the stages, unless that is 0 or
  // a stage is called so already.
  TrainingConfig WithHeadWarmUp() const;

  // Segments in a micro-batch times micro-batches: the whole micro-batches
  // nearest to batch_seconds, at least one. Of stages that do not set their
  // own; see BatchesOf.
  std::int64_t BatchSegments() const;
};

// The batches of a stage.
struct StageBatches {
  double segment_seconds = 0;
  std::int64_t segments = 0;              // Of a batch, over all processes.
  std::int64_t micro_batch_segments = 0;  // Divides `segments`.

  double seconds() const {
    return segment_seconds * static_cast<double>(segments);
  }
};

// By the stage's own settings, and the training's where it has none.
StageBatches BatchesOf(const TrainingConfig& config, const StageConfig& stage);

// Updates of a stage whose pool has `pool_seconds` of audio that can be drawn:
// `updates` if that is set, else as many as draw `passes` times the pool (at
// least one).
std::int64_t UpdatesOf(const TrainingConfig& config, const StageConfig& stage,
                       double pool_seconds);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_TRAINING_CONFIG_H_
