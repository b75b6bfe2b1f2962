#include "experiments/study/study_costs.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "datasets/catalog/catalog.h"
#include "experiments/study/base_paths.h"
#include "experiments/training/step_flops.h"
#include "models/kmeans/frame_features.h"
#include "models/weights/mert_config_json.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr double kFramesPerSecond = 75;
constexpr double kCodeBytes = 2;
constexpr double kFloatBytes = 4;
constexpr double kSecondsPerHour = 3600;
// Of a rendered corpus; it is rendering that tells the number.
constexpr double kRenderedTags = 30;
// FrameFeature::kLogMel, means and deviations.
constexpr double kLogMelStatistics = 160;
constexpr double kMeanEpochsFraction = 0.6;
// Training goes forward and, at twice the cost, backward.
constexpr double kTrainingPasses = 3;
// A comparison draws for an interval and permutes for a test, of two models.
constexpr double kComparisonPasses = 4;
constexpr char kConfigName[] = "config.json";

// Forward alone: a stage that trains nothing.
StageConfig ForwardOf(StageConfig stage) {
  stage.trainable.clear();
  return stage;
}

// Of one window, through the encoder without its heads.
double EncoderFlops(MertConfig shape, double seconds) {
  shape.layer_drop = 0;
  TrainingConfig training;
  training.segment_seconds = seconds;
  training.batch_seconds = seconds;
  training.micro_batch_segments = 1;
  training.mask.probability = 0;
  return UpdateFlops(shape, training, ForwardOf(StageConfig()));
}

double ValidationFlops(const MertConfig& shape, const TrainingConfig& training,
                       const StageConfig& stage) {
  const double times =
      static_cast<double>(training.validation.times_per_stage) *
      static_cast<double>(training.validation.segments) /
      static_cast<double>(BatchesOf(training, stage).segments);
  return times * UpdateFlops(shape, training, ForwardOf(stage));
}

double WeightBytes(const MertConfig& shape) {
  double numbers = 0;
  for (const TensorSpec& tensor : MertEncoderTensors(shape)) {
    double of_tensor = 1;
    for (const std::int64_t size : tensor.shape) {
      of_tensor *= static_cast<double>(size);
    }
    numbers += of_tensor;
  }
  return numbers * kFloatBytes;
}

double ExpectedEpochs(const ProbingConfig& probing) {
  const auto most = static_cast<double>(probing.max_epochs);
  return std::min(most, std::max(kMeanEpochsFraction * most,
                                 static_cast<double>(probing.stop_patience)));
}

}  // namespace

StudyCosts::StudyCosts(StudyContext context, ExperimentConfig config)
    : context_(std::move(context)), config_(std::move(config)) {}

StudyCosts::Part StudyCosts::SetSize::all() const {
  Part sum;
  for (const Part* part : {&train, &valid, &test}) {
    sum.recordings += part->recordings;
    sum.seconds += part->seconds;
    sum.probed_seconds += part->probed_seconds;
  }
  return sum;
}

std::optional<MertConfig> StudyCosts::ShapeOf(const ModelConfig& model) const {
  switch (model.kind) {
    case ModelKind::kLogMel:
    case ModelKind::kChance:
    case ModelKind::kExternal:
      return std::nullopt;
    case ModelKind::kPretrain:
    case ModelKind::kRandom:
    case ModelKind::kMerge: {
      if (model.from == "nothing") return config_.base.shape;
      const ModelConfig* from = config_.FindModel(model.from);
      return from == nullptr ? std::nullopt : ShapeOf(*from);
    }
    case ModelKind::kWeights:
      break;
  }
  if (model.path.empty() && config_.base.weights == kRandomBase) {
    return config_.base.shape;
  }
  const std::string path = model.path.empty()
                               ? BaseWeightsPath(context_, config_.base)
                               : ResolveUserPath(model.path);
  for (const std::string& folder : {path, Dirname(path)}) {
    const std::string name = JoinPath(folder, kConfigName);
    const absl::StatusOr<std::string> text = context_.files->Read(name);
    if (!text.ok() || !IsMertConfigJson(*text)) continue;
    const absl::StatusOr<MertConfig> shape = ParseMertConfigJson(*text, name);
    if (shape.ok()) return *shape;
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<StudyCosts::SetSize>> StudyCosts::SizeOf(
    const std::string& dataset) {
  const auto known = sizes_.find(dataset);
  if (known != sizes_.end()) return known->second;
  ASSIGN_OR_RETURN(const std::optional<SetSize> size,
                   ReadSize(config_.datasets.at(dataset)));
  sizes_[dataset] = size;
  return size;
}

absl::StatusOr<std::optional<StudyCosts::SetSize>> StudyCosts::ReadSize(
    const DatasetConfig& config) {
  SetSize size;
  if (config.source == AudioSource::kRendered) {
    const RenderConfig& render = config.render;
    const auto part = [&render](std::int64_t recordings) {
      const auto count = static_cast<double>(recordings);
      const double seconds = count * render.clip_seconds;
      return Part{count, seconds, seconds};
    };
    size.train = part(render.train);
    size.valid = part(render.valid);
    size.test = part(render.test);
    size.tags = kRenderedTags;
    return size;
  }
  DatasetOptions options;
  options.variant = config.variant;
  if (config.leaves_out_missing) options.missing_files = MissingFiles::kDrop;
  ASSIGN_OR_RETURN(const Dataset dataset,
                   LoadAnyDataset(*context_.files, context_.data_root,
                                  config.dataset, options));
  size.tags = static_cast<double>(dataset.tags.size());
  const bool has_cap = config_.evaluation.protocol.use_duration_caps &&
                       dataset.facts.duration_cap_seconds.has_value();
  for (const Recording& recording : dataset.recordings) {
    const std::optional<double> seconds = DurationSeconds(recording.clips);
    if (!seconds.has_value()) return std::nullopt;
    Part& part = recording.split == Split::kTrain   ? size.train
                 : recording.split == Split::kValid ? size.valid
                                                    : size.test;
    part.recordings += 1;
    part.seconds += *seconds;
    part.probed_seconds +=
        has_cap ? std::min(*seconds, *dataset.facts.duration_cap_seconds)
                : *seconds;
  }
  return size;
}

absl::StatusOr<std::optional<double>> StudyCosts::TrainingSeconds(
    const std::string& dataset) {
  ASSIGN_OR_RETURN(const std::optional<SetSize> size, SizeOf(dataset));
  if (!size.has_value()) return std::nullopt;
  const DatasetConfig& config = config_.datasets.at(dataset);
  return size->train.seconds +
         (config.trains_on_validation ? size->valid.seconds : 0) +
         (config.is_transductive ? size->test.seconds : 0);
}

absl::StatusOr<std::optional<double>> StudyCosts::PoolSeconds(
    const ModelConfig& model) {
  double sum = 0;
  for (const auto* names : {&model.cultures, &model.replay}) {
    for (const std::string& name : *names) {
      ASSIGN_OR_RETURN(const std::optional<double> seconds,
                       TrainingSeconds(name));
      if (!seconds.has_value()) return std::nullopt;
      sum += *seconds;
    }
  }
  return sum * model.fraction;
}

double StudyCosts::WindowsOf(const Part& part) const {
  return std::max(
      part.recordings,
      part.probed_seconds / config_.evaluation.protocol.window_seconds);
}

std::optional<double> StudyCosts::StatesOf(const ModelConfig& model) const {
  if (model.kind == ModelKind::kLogMel) return 1;
  const std::optional<MertConfig> shape = ShapeOf(model);
  if (!shape.has_value()) return std::nullopt;
  return static_cast<double>(shape->layers + 1);
}

std::optional<double> StudyCosts::StateSizeOf(const ModelConfig& model) const {
  if (model.kind == ModelKind::kLogMel) return kLogMelStatistics;
  const std::optional<MertConfig> shape = ShapeOf(model);
  if (!shape.has_value()) return std::nullopt;
  const bool is_double =
      config_.evaluation.protocol.pooling == Pooling::kMeanAndDeviation;
  return static_cast<double>(shape->hidden_size * (is_double ? 2 : 1));
}

absl::StatusOr<ActionCost> StudyCosts::OfTokenizerFit() {
  const KmeansConfig& kmeans = config_.base.kmeans;
  double available = 0;
  for (const std::string& name : config_.base.fit_to) {
    ASSIGN_OR_RETURN(const std::optional<SetSize> size, SizeOf(name));
    if (!size.has_value()) return ActionCost();
    available += size->train.seconds * kFramesPerSecond;
  }
  const double frames = std::min(available, static_cast<double>(kmeans.frames));
  double numbers = 0;
  for (const std::int64_t family : FrameFeatureFamilies(kmeans.feature)) {
    numbers += static_cast<double>(family);
  }
  ActionCost cost;
  cost.audio_seconds = frames / kFramesPerSecond;
  // Distances of every frame to every centre.
  cost.flops =
      2 * frames * numbers * kmeans.books * kmeans.codes * kmeans.iterations;
  cost.output_bytes = kFloatBytes * numbers * kmeans.books * kmeans.codes;
  return cost;
}

absl::StatusOr<ActionCost> StudyCosts::OfCodes(const std::string& dataset) {
  ActionCost cost;
  ASSIGN_OR_RETURN(const std::optional<SetSize> size, SizeOf(dataset));
  if (!size.has_value()) return cost;
  const double books = config_.base.tokenizer == kFittedTokenizer
                           ? config_.base.kmeans.books
                           : static_cast<double>(config_.base.shape.codebooks);
  cost.audio_seconds = size->all().seconds;
  cost.output_bytes =
      *cost.audio_seconds * kFramesPerSecond * books * kCodeBytes;
  return cost;
}

ActionCost StudyCosts::OfWeights(const ModelConfig& model) const {
  ActionCost cost;
  const std::optional<MertConfig> shape = ShapeOf(model);
  if (shape.has_value()) cost.output_bytes = WeightBytes(*shape);
  return cost;
}

absl::StatusOr<ActionCost> StudyCosts::OfPretraining(
    const ModelConfig& model, const TrainingConfig& training) {
  ActionCost cost = OfWeights(model);
  const std::optional<MertConfig> shape = ShapeOf(model);
  ASSIGN_OR_RETURN(const std::optional<double> pool, PoolSeconds(model));
  double steps = 0;
  double seconds = 0;
  double flops = 0;
  for (const StageConfig& stage : training.stages) {
    if (stage.updates == 0 && !pool.has_value()) return cost;
    double of_stage = pool.value_or(0);
    if (stage.hours > 0) {
      of_stage = std::min(of_stage, stage.hours * kSecondsPerHour);
    }
    const auto updates =
        static_cast<double>(UpdatesOf(training, stage, of_stage));
    steps += updates;
    seconds += updates * BatchesOf(training, stage).seconds();
    if (!shape.has_value()) continue;
    flops += updates * UpdateFlops(*shape, training, stage) +
             ValidationFlops(*shape, training, stage);
  }
  cost.steps = steps;
  cost.audio_seconds = seconds;
  if (shape.has_value()) cost.flops = flops;
  return cost;
}

absl::StatusOr<ActionCost> StudyCosts::OfFeatures(const ModelConfig& model,
                                                  const std::string& dataset) {
  ActionCost cost;
  ASSIGN_OR_RETURN(const std::optional<SetSize> size, SizeOf(dataset));
  if (!size.has_value() || model.kind == ModelKind::kExternal) return cost;
  const Part all = size->all();
  const double windows = WindowsOf(all);
  cost.audio_seconds = all.probed_seconds;
  const std::optional<double> states = StatesOf(model);
  const std::optional<double> state_size = StateSizeOf(model);
  if (states.has_value() && state_size.has_value()) {
    cost.output_bytes = windows * *states * *state_size * kFloatBytes;
  }
  const std::optional<MertConfig> shape = ShapeOf(model);
  if (shape.has_value() && windows > 0) {
    cost.flops = windows * EncoderFlops(*shape, all.probed_seconds / windows);
  }
  return cost;
}

absl::StatusOr<ActionCost> StudyCosts::OfProbes(const ModelConfig& model,
                                                const ProbingConfig& probing,
                                                const std::string& dataset) {
  ActionCost cost;
  ASSIGN_OR_RETURN(const std::optional<SetSize> size, SizeOf(dataset));
  if (!size.has_value()) return cost;
  const auto seeds = static_cast<double>(config_.evaluation.seeds.size());
  cost.output_bytes = seeds * size->test.recordings * size->tags * kFloatBytes;
  if (model.kind == ModelKind::kChance) {
    cost.flops = 0;
    return cost;
  }
  const std::optional<double> states = StatesOf(model);
  const std::optional<double> state_size = StateSizeOf(model);
  if (!states.has_value() || !state_size.has_value()) return cost;
  const bool is_wide = probing.input == ProbeInput::kConcatenation;
  const double inputs = *state_size * (is_wide ? *states : 1);
  const auto hidden = static_cast<double>(probing.hidden_size);
  const double sum =
      probing.input == ProbeInput::kWeightedSum ? *states * *state_size : 0;
  const double products = sum + inputs * hidden + hidden * size->tags;
  const double examples =
      kTrainingPasses * WindowsOf(size->train) + WindowsOf(size->valid);
  cost.flops = 2 * products * examples * ExpectedEpochs(probing) * seeds *
               static_cast<double>(probing.learning_rates.size());
  return cost;
}

absl::StatusOr<ActionCost> StudyCosts::OfScores(const std::string& dataset) {
  ActionCost cost;
  ASSIGN_OR_RETURN(const std::optional<SetSize> size, SizeOf(dataset));
  if (!size.has_value()) return cost;
  cost.flops = 2 * static_cast<double>(config_.evaluation.replicates) *
               static_cast<double>(config_.evaluation.seeds.size()) *
               size->test.recordings * size->tags;
  return cost;
}

absl::StatusOr<ActionCost> StudyCosts::OfComparison(
    const std::string& dataset) {
  ASSIGN_OR_RETURN(ActionCost cost, OfScores(dataset));
  if (cost.flops.has_value()) cost.flops = *cost.flops * kComparisonPasses;
  return cost;
}

}  // namespace culturemert
