#include "experiments/estimate/calibration_study.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "experiments/study/base_paths.h"
#include "experiments/study/study_costs.h"
#include "experiments/study/study_plan.h"
#include "experiments/training/step_flops.h"
#include "models/mert/mert_config.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr char kSet[] = "calibration";
constexpr char kBase[] = "base";
constexpr char kAdapted[] = "adapted";
constexpr char kLogMel[] = "log_mel";
constexpr std::int64_t kCutLayers = 2;
constexpr double kCutSeconds = 2;
constexpr std::int64_t kValidationSegments = 8;
// As many as early stopping lets run in any case, so that the work is known.
constexpr std::int64_t kEpochs = 10;
constexpr std::int64_t kKmeansFrames = 3000;

RenderConfig FirstRendered(const ExperimentConfig& config) {
  for (const std::string& name : config.evaluation.datasets) {
    const DatasetConfig& dataset = config.datasets.at(name);
    if (dataset.source == AudioSource::kRendered) return dataset.render;
  }
  return RenderConfig();
}

const ModelConfig* FirstOf(const ExperimentConfig& config, ModelKind kind) {
  for (const ModelConfig* model : config.NeededModels()) {
    if (model->kind == kind) return model;
  }
  return nullptr;
}

// Whether the experiment's base weights are read from files.
bool NeedsBase(const ExperimentConfig& config) {
  if (config.base.weights == kRandomBase) return false;
  for (const ModelConfig* model : config.NeededModels()) {
    if (model->kind == ModelKind::kWeights && model->path.empty()) return true;
  }
  return false;
}

// That of the model that is pre-trained or, where none is, of the first MERT.
std::optional<MertConfig> ShapeOfStudy(const StudyContext& context,
                                       const ExperimentConfig& config) {
  const StudyCosts costs(context, config);
  const ModelConfig* pretrained = FirstOf(config, ModelKind::kPretrain);
  if (pretrained != nullptr) return costs.ShapeOf(*pretrained);
  for (const ModelConfig* model : config.NeededModels()) {
    const std::optional<MertConfig> shape = costs.ShapeOf(*model);
    if (shape.has_value()) return shape;
  }
  return std::nullopt;
}

double LargestUpdate(const MertConfig& shape, const TrainingConfig& training) {
  double largest = 0;
  for (const StageConfig& stage : training.stages) {
    largest = std::max(largest, UpdateFlops(shape, training, stage));
  }
  return largest;
}

// Whether one segment in a batch is still too much.
bool ShrinkBatches(const MertConfig& shape, double affordable_flops,
                   TrainingConfig& training) {
  for (StageConfig& stage : training.stages) {
    stage.segment_seconds = 0;
    stage.batch_seconds = 0;
    stage.micro_batch_segments = 0;
  }
  const double flops = LargestUpdate(shape, training);
  if (flops <= affordable_flops) return false;
  const auto segments = std::max<std::int64_t>(
      1,
      static_cast<std::int64_t>(static_cast<double>(training.BatchSegments()) *
                                affordable_flops / flops));
  training.micro_batch_segments =
      std::min(training.micro_batch_segments, segments);
  training.batch_seconds =
      training.segment_seconds *
      static_cast<double>(segments - segments % training.micro_batch_segments);
  return LargestUpdate(shape, training) > affordable_flops;
}

TrainingConfig SmallTraining(TrainingConfig training, std::int64_t updates) {
  for (StageConfig& stage : training.stages) {
    stage.updates = updates;
    stage.hours = 0;
    stage.replay_fraction = 0;
  }
  training.validation.times_per_stage =
      std::min<std::int64_t>(1, training.validation.times_per_stage);
  training.validation.segments =
      std::min(kValidationSegments, training.validation.segments);
  return training;
}

ModelConfig Model(const std::string& label, ModelKind kind) {
  ModelConfig model;
  model.label = label;
  model.kind = kind;
  return model;
}

BaseConfig SmallBase(const StudyContext& context,
                     const ExperimentConfig& config,
                     const CalibrationSize& size) {
  BaseConfig base = config.base;
  if (config.base.tokenizer == kFittedTokenizer) {
    base.fit_to = {kSet};
    base.kmeans.frames =
        std::min(config.base.kmeans.frames, kKmeansFrames * size.updates);
  } else {
    base.tokenizer = TokenizerPath(context, config.base);
  }
  base.weights = NeedsBase(config) ? BaseWeightsPath(context, config.base)
                                   : std::string(kRandomBase);
  base.shape = ShapeOfStudy(context, config).value_or(config.base.shape);
  return base;
}

RenderConfig SmallRender(const ExperimentConfig& config,
                         const CalibrationSize& size) {
  RenderConfig render = FirstRendered(config);
  render.train = size.train;
  render.valid = size.valid;
  render.test = size.test;
  return render;
}

EvaluationConfig SmallEvaluation(EvaluationConfig evaluation) {
  evaluation.datasets = {kSet};
  evaluation.western.clear();
  evaluation.probing.max_epochs =
      std::min(kEpochs, evaluation.probing.max_epochs);
  evaluation.probing.stop_patience = kEpochs;
  return evaluation;
}

void Cut(ExperimentConfig& small) {
  small.base.weights = kRandomBase;
  small.base.shape.layers = std::min(small.base.shape.layers, kCutLayers);
  RenderConfig& render = small.datasets.at(kSet).render;
  render.clip_seconds = std::min(render.clip_seconds, kCutSeconds);
  TrainingConfig& training = small.pretraining;
  training.segment_seconds =
      std::min(training.segment_seconds, kCutSeconds / 2);
  training.micro_batch_segments = 1;
  training.batch_seconds = training.segment_seconds;
}

void SetRows(const ExperimentConfig& config, bool is_pretrained,
             ExperimentConfig& small) {
  const std::string last = is_pretrained ? kAdapted : kBase;
  small.models[kBase] = Model(kBase, ModelKind::kWeights);
  small.rows = {last};
  if (is_pretrained) {
    small.models[kAdapted] = Model(kAdapted, ModelKind::kPretrain);
    small.models[kAdapted].cultures = {kSet};
  }
  if (FirstOf(config, ModelKind::kLogMel) == nullptr) return;
  small.models[kLogMel] = Model(kLogMel, ModelKind::kLogMel);
  small.rows.emplace_back(kLogMel);
  if (!config.comparisons.empty()) small.comparisons = {{last, kLogMel}};
}

}  // namespace

absl::StatusOr<SmallStudy> CalibrationStudy(const StudyContext& context,
                                            const ExperimentConfig& config,
                                            const CalibrationSize& size,
                                            double affordable_flops) {
  SmallStudy study;
  ExperimentConfig& small = study.config;
  small.base = SmallBase(context, config, size);
  small.datasets[kSet].render = SmallRender(config, size);
  small.evaluation = SmallEvaluation(config.evaluation);
  const ModelConfig* pretrained = FirstOf(config, ModelKind::kPretrain);
  if (pretrained != nullptr) {
    ASSIGN_OR_RETURN(const TrainingConfig training,
                     TrainingOf(config, *pretrained));
    small.pretraining = SmallTraining(training, size.updates);
    study.is_cut =
        ShrinkBatches(small.base.shape, affordable_flops, small.pretraining);
  }
  SetRows(config, pretrained != nullptr, small);
  StudyCosts costs(context, small);
  ASSIGN_OR_RETURN(const ActionCost features,
                   costs.OfFeatures(small.models.at(kBase), kSet));
  const auto recordings =
      static_cast<double>(size.train + size.valid + size.test);
  study.is_cut |= features.flops.value_or(0) > affordable_flops * recordings;
  if (study.is_cut) Cut(small);
  RETURN_IF_ERROR(small.Complete());
  return study;
}

}  // namespace culturemert
