// What an experiment is: which models are made in which way, on which data they
// are probed, and which are compared. A definition (../configs/*.json) and a
// profile (../configs/profiles/*.json) fill these structs; everything else
// follows from them.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_EXPERIMENT_CONFIG_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_EXPERIMENT_CONFIG_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "datasets/sampling/culture_mix.h"
#include "datasets/store/prepare_config.h"
#include "experiments/actions/render_set.h"
#include "experiments/actions/tokenizer_config.h"
#include "experiments/evaluation/external_features.h"
#include "experiments/evaluation/probing_config.h"
#include "experiments/evaluation/protocol.h"
#include "experiments/training/training_config.h"
#include "models/merging/merge_options.h"
#include "models/mert/mert_config.h"
#include "tools/base/config/schema.h"

namespace culturemert {

enum class AudioSource { kRendered, kFiles };
inline ConfigNames<CultureWeighting> ConfigNamesOf(CultureWeighting) {
  return {{CultureWeighting::kDuration, "duration"},
          {CultureWeighting::kBalanced, "balanced"}};
}

inline ConfigNames<AudioSource> ConfigNamesOf(AudioSource) {
  return {{AudioSource::kRendered, "rendered"}, {AudioSource::kFiles, "files"}};
}

// Audio by a short name ("makam"): a corpus to train on, a data set to probe
// on, or both.
struct DatasetConfig {
  std::string title;
  std::string culture;
  AudioSource source = AudioSource::kRendered;
  RenderConfig render;              // Of kRendered.
  std::string dataset;              // Of kFiles: a name of the catalog.
  std::string variant;              // The same; "" is the data set's default.
  bool leaves_out_missing = false;  // The same: recordings without a file.
  bool is_transductive = false;
  bool trains_on_validation = false;

  static void Describe(ConfigSchema<DatasetConfig>& schema);
};

enum class ModelKind {
  kWeights,   // As they are: the base, or weights of one's own.
  kPretrain,  // Pre-trained further, or from nothing.
  kMerge,     // Made of other models' weights.
  kRandom,    // The base's shape with random weights.
  kLogMel,    // No model: log-mel statistics.
  kChance,    // No features at all.
  kExternal,  // Features that another program made.
};
inline ConfigNames<ModelKind> ConfigNamesOf(ModelKind) {
  return {{ModelKind::kWeights, "weights"},  {ModelKind::kPretrain, "pretrain"},
          {ModelKind::kMerge, "merge"},      {ModelKind::kRandom, "random"},
          {ModelKind::kLogMel, "log_mel"},   {ModelKind::kChance, "chance"},
          {ModelKind::kExternal, "external"}};
}

// How a model is made.
struct ModelConfig {
  std::string label;  // Its name among ExperimentConfig::models; no setting.
  std::string title;
  ModelKind kind = ModelKind::kWeights;
  // kWeights: where they are; "" is the experiment's base. kExternal: the
  // folder of features, one folder a data set in it.
  std::string path;
  ExternalRows rows = ExternalRows::kStates;  // kExternal: of its arrays.
  // kPretrain: the label of the model it starts from, "base", or "nothing".
  std::string from = "base";
  std::vector<std::string> cultures;  // kPretrain: names of datasets.
  std::vector<std::string> replay;    // The same.
  double fraction = 1;                // kPretrain: of their recordings.
  CultureWeighting weighting = CultureWeighting::kDuration;  // The same.
  // kPretrain: changes to the experiment's `pretraining`.
  std::vector<std::string> pretraining;
  std::vector<std::string> of;  // kMerge: labels of models.
  MergeOptions merge;
  // Changes to the experiment's `probing`, for rows that are probed otherwise.
  std::vector<std::string> probing;

  static void Describe(ConfigSchema<ModelConfig>& schema);
};

struct ModelPair {
  std::string model;
  std::string against;

  static void Describe(ConfigSchema<ModelPair>& schema);
};

struct BaseConfig {
  std::string weights;    // A path; "mini" is the one this project ships.
  std::string tokenizer;  // A path; "base" beside the base's weights; "fit".
  MertConfig shape;       // Of models from nothing.
  KmeansConfig kmeans;    // Of "fit".
  std::vector<std::string> fit_to;  // Of "fit": names of datasets.

  static void Describe(ConfigSchema<BaseConfig>& schema);
};

struct EvaluationConfig {
  std::vector<std::string> datasets;
  std::vector<std::string> western;  // Of them, where forgetting is measured.
  std::vector<std::uint64_t> seeds = {3, 4, 7, 13, 21};
  ProtocolConfig protocol;
  ProbingConfig probing;
  std::vector<std::int64_t> layers;  // For layer_probing.
  std::int64_t replicates = 10000;

  static void Describe(ConfigSchema<EvaluationConfig>& schema);
};

struct FeaturesConfig {
  // Features of another program as a further row: "FOLDER,NAME", the folder
  // with a folder of .npy files for each dataset. Empty: none.
  std::string external;
  ExternalRows rows = ExternalRows::kStates;  // Of its arrays.

  static void Describe(ConfigSchema<FeaturesConfig>& schema);
};

struct ExperimentConfig {
  std::string title;
  std::string question;
  std::string next;
  std::map<std::string, DatasetConfig> datasets;
  BaseConfig base;
  PrepareConfig prepare;
  TrainingConfig pretraining;
  EvaluationConfig evaluation;
  FeaturesConfig features;
  // Every model that a row may name, by labels; only what the rows need is
  // made.
  std::map<std::string, ModelConfig> models;
  std::vector<std::string> rows;  // Of the tables: labels of models.
  std::vector<ModelPair> comparisons;
  bool token_similarity = false;
  // Labels of models that get a further row for each of evaluation.layers.
  std::vector<std::string> layer_probing;
  // Of other experiments, whose plans are joined: "all" is nothing else.
  std::vector<std::string> includes;

  static void Describe(ConfigSchema<ExperimentConfig>& schema);

  // Null where there is none.
  const ModelConfig* FindModel(const std::string& label) const;

  // The rows, with those of layer_probing, and all models that they are made
  // from, these first.
  std::vector<const ModelConfig*> NeededModels() const;

  // After loading: writes each model's name into its label, and adds the models
  // and rows of layer_probing ("base_layer_3") and of features.external.
  // kInvalidArgument where that is not FOLDER,NAME.
  absl::Status Complete();
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_EXPERIMENT_CONFIG_H_
