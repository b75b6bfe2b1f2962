#include "experiments/training/training_config.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace culturemert {
namespace {

constexpr double kShortestSegmentSeconds = 0.5;
constexpr double kLongestSegmentSeconds = 30;
constexpr std::int64_t kMostMicroBatchSegments = 4096;

void CheckStage(const StageConfig& stage, ConfigReport report) {
  if (stage.segment_seconds > 0 &&
      stage.segment_seconds < kShortestSegmentSeconds) {
    report("segment_seconds", absl::StrCat("is below ", kShortestSegmentSeconds,
                                           "; 0 stands for the training's"));
  }
  if (stage.objective != StageObjective::kSpectrogramRegression) return;
  for (const ParameterGroup group : stage.trainable) {
    if (group != ParameterGroup::kFrontEnd &&
        group != ParameterGroup::kProjection) {
      report("trainable",
             "has parts that spectrogram regression does not reach; it trains "
             "\"front_end\", \"projection\" or both");
      return;
    }
  }
}

std::int64_t WholeMicroBatches(double batch_seconds, double segment_seconds,
                               std::int64_t micro_batch_segments) {
  const double micro_batch_seconds =
      segment_seconds * static_cast<double>(micro_batch_segments);
  const std::int64_t micro_batches = std::max<std::int64_t>(
      1, std::llround(batch_seconds / micro_batch_seconds));
  return micro_batches * micro_batch_segments;
}

}  // namespace

StageConfig StageConfig::FrontEndWarmUp() {
  StageConfig stage;
  stage.name = "front_end_warm_up";
  stage.objective = StageObjective::kSpectrogramRegression;
  stage.trainable = {ParameterGroup::kFrontEnd, ParameterGroup::kProjection};
  stage.learning_rate.peak = 5e-3;
  stage.updates = 500;
  stage.segment_seconds = 1;
  stage.batch_seconds = 16;
  stage.micro_batch_segments = 16;
  return stage;
}

StageConfig StageConfig::HeadWarmUp() {
  StageConfig stage;
  stage.name = "head_warm_up";
  stage.trainable = {ParameterGroup::kProjectionHeads,
                     ParameterGroup::kLabelEmbeddings};
  stage.learning_rate.peak = 5e-4;
  stage.passes = 0.1;
  return stage;
}

void StageConfig::Describe(ConfigSchema<StageConfig>& schema) {
  schema.Struct("StageConfig",
                "One phase of pre-training: what is trained, on how much of "
                "the mix, for how long.");
  schema.Field("name", &StageConfig::name, "What logs and records call it.");
  schema
      .Field("trainable", &StageConfig::trainable,
             "The parts of the model that are trained; the others are frozen.")
      .MinSize(1);
  schema.Field("learning_rate", &StageConfig::learning_rate,
               "Every stage warms up and decays anew.");
  schema
      .Field("hours", &StageConfig::hours,
             "Audio of the stage's pool, replay included, taken from the "
             "cultures in proportion to what they have; 0: all there is.")
      .Unit("h")
      .AtLeast(0);
  schema
      .Field("replay_fraction", &StageConfig::replay_fraction,
             "The part of the segments that is replay of the music the base "
             "model was trained on.")
      .AtLeast(0)
      .Below(1);
  schema
      .Field("passes", &StageConfig::passes,
             "How many times the pool's hours are drawn.")
      .Above(0);
  schema
      .Field("updates", &StageConfig::updates,
             "Updates of the weights; 0: as many as the passes take.")
      .AtLeast(0);
  schema.Field("objective", &StageConfig::objective,
               "What is minimised: MERT's masked prediction, or the error of "
               "spectrogram frames that a linear map predicts from the "
               "projected front-end, of audio as it is.");
  schema.Field("spectrogram", &StageConfig::spectrogram,
               "What spectrogram regression predicts.");
  schema
      .Field("segment_seconds", &StageConfig::segment_seconds,
             "Length of the stage's crops; 0: the training's.")
      .Unit("s")
      .AtLeast(0)
      .AtMost(kLongestSegmentSeconds);
  schema
      .Field("batch_seconds", &StageConfig::batch_seconds,
             "Audio that an update of the stage sees; 0: the training's.")
      .Unit("s")
      .AtLeast(0);
  schema
      .Field("micro_batch_segments", &StageConfig::micro_batch_segments,
             "Segments that go through the model together; 0: the training's.")
      .AtLeast(0)
      .AtMost(kMostMicroBatchSegments);
  schema.Check(CheckStage);
}

void CheckpointConfig::Describe(ConfigSchema<CheckpointConfig>& schema) {
  schema.Struct("CheckpointConfig",
                "How often progress is made safe, and how much of it is kept.");
  schema
      .Field("every_minutes", &CheckpointConfig::every_minutes,
             "Time from one checkpoint to the next; 0: by updates only.")
      .Unit("min")
      .AtLeast(0);
  schema
      .Field("every_updates", &CheckpointConfig::every_updates,
             "Updates from one checkpoint to the next; 0: by time only. Each "
             "stage ends with one in any case.")
      .AtLeast(0);
  schema
      .Field("keep_last", &CheckpointConfig::keep_last,
             "How many of the latest checkpoints stay, beside the one of the "
             "best validation loss.")
      .AtLeast(1);
}

void ValidationConfig::Describe(ConfigSchema<ValidationConfig>& schema) {
  schema.Struct("ValidationConfig",
                "The loss on held-out audio while training runs.");
  schema
      .Field("times_per_stage", &ValidationConfig::times_per_stage,
             "How often a stage is interrupted for it, its end included; 0: "
             "never.")
      .AtLeast(0);
  schema
      .Field("segments", &ValidationConfig::segments,
             "Held-out segments, the same every time.")
      .AtLeast(1);
}

std::vector<StageConfig> TrainingConfig::TwoStages() {
  StageConfig first;
  first.name = "stage1";
  first.trainable = {ParameterGroup::kFrontEnd, ParameterGroup::kProjection,
                     ParameterGroup::kLabelEmbeddings};
  first.learning_rate.peak = 1e-4;
  first.hours = 100;
  first.replay_fraction = 0.2;
  first.passes = 2;
  StageConfig second;
  second.name = "stage2";
  second.learning_rate.peak = 5e-5;
  second.passes = 5;
  return {std::move(first), std::move(second)};
}

void TrainingConfig::Describe(ConfigSchema<TrainingConfig>& schema) {
  schema.Struct("TrainingConfig",
                "Pre-training: MERT's recipe where it is known, and a setting "
                "for every choice that is not.");
  schema.Field("seed", &TrainingConfig::seed,
               "Of all randomness: sampling, mixture, masks, dropout.");
  schema
      .Field("stages", &TrainingConfig::stages,
             "The phases, one after the other; each with a fresh optimiser.")
      .MinSize(1);
  schema
      .Field("head_warm_up_passes", &TrainingConfig::head_warm_up_passes,
             "Where the weights to go on from bring no pre-training heads: "
             "passes over the audio in which new heads alone are trained, "
             "ahead of the first stage; 0: none.")
      .AtLeast(0);
  schema
      .Field("segment_seconds", &TrainingConfig::segment_seconds,
             "Length of the crops.")
      .Unit("s")
      .AtLeast(kShortestSegmentSeconds)
      .AtMost(kLongestSegmentSeconds);
  schema
      .Field("batch_seconds", &TrainingConfig::batch_seconds,
             "Audio that an update sees, on all processes together.")
      .Unit("s")
      .Above(0);
  schema
      .Field("micro_batch_segments", &TrainingConfig::micro_batch_segments,
             "Segments that go through the model together. Mixture and mask "
             "are made within them, so it is part of the recipe.")
      .AtLeast(1)
      .AtMost(kMostMicroBatchSegments);
  schema.Field("dtype", &TrainingConfig::dtype,
               "What the encoder computes in; weights, gradients and moments "
               "are float32. auto: bfloat16 on a GPU, float32 on a CPU.");
  schema.Field("adam", &TrainingConfig::adam, "The optimiser.");
  schema
      .Field("clip_norm", &TrainingConfig::clip_norm,
             "The norm that longer gradients are shortened to; 0: never.")
      .AtLeast(0);
  schema.Field("mixture", &TrainingConfig::mixture,
               "Pieces of other segments that are added to a segment.");
  schema.Field("mask", &TrainingConfig::mask,
               "Which frames are hidden from the encoder.");
  schema.Field("loss", &TrainingConfig::loss, "What the terms weigh.");
  schema.Field("validation", &TrainingConfig::validation,
               "The loss on held-out audio.");
  schema.Field("checkpoint", &TrainingConfig::checkpoint,
               "How progress is made safe.");
  schema
      .Field("log_every_seconds", &TrainingConfig::log_every_seconds,
             "Time from one line on the terminal to the next.")
      .Unit("s")
      .AtLeast(0);
  schema.Check([](const TrainingConfig& config, ConfigReport report) {
    std::set<std::string> names;
    for (const StageConfig& stage : config.stages) {
      if (!names.insert(stage.name).second) {
        report("stages", "has two stages called \"" + stage.name + "\"");
      }
    }
  });
}

TrainingConfig TrainingConfig::WithHeadWarmUp() const {
  TrainingConfig config = *this;
  StageConfig warm_up = StageConfig::HeadWarmUp();
  warm_up.passes = head_warm_up_passes;
  const bool is_there = std::any_of(
      stages.begin(), stages.end(),
      [&](const StageConfig& stage) { return stage.name == warm_up.name; });
  if (head_warm_up_passes > 0 && !is_there) {
    config.stages.insert(config.stages.begin(), std::move(warm_up));
  }
  return config;
}

std::int64_t TrainingConfig::BatchSegments() const {
  return WholeMicroBatches(batch_seconds, segment_seconds,
                           micro_batch_segments);
}

StageBatches BatchesOf(const TrainingConfig& config, const StageConfig& stage) {
  StageBatches batches;
  batches.segment_seconds = stage.segment_seconds > 0 ? stage.segment_seconds
                                                      : config.segment_seconds;
  batches.micro_batch_segments = stage.micro_batch_segments > 0
                                     ? stage.micro_batch_segments
                                     : config.micro_batch_segments;
  batches.segments = WholeMicroBatches(
      stage.batch_seconds > 0 ? stage.batch_seconds : config.batch_seconds,
      batches.segment_seconds, batches.micro_batch_segments);
  return batches;
}

std::int64_t UpdatesOf(const TrainingConfig& config, const StageConfig& stage,
                       double pool_seconds) {
  if (stage.updates > 0) return stage.updates;
  return std::max<std::int64_t>(
      1,
      static_cast<std::int64_t>(std::ceil(stage.passes * pool_seconds /
                                          BatchesOf(config, stage).seconds())));
}

}  // namespace culturemert
