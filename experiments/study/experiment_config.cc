#include "experiments/study/experiment_config.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "experiments/records/record_check.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// What other names refer to.
struct Names {
  std::set<std::string> datasets;
  std::set<std::string> models;
};

void CheckNames(const std::set<std::string>& known,
                const std::vector<std::string>& names, const char* what,
                const std::string& path, ConfigReport report) {
  for (const std::string& name : names) {
    if (known.count(name) == 0) {
      report(path, absl::StrCat("names \"", name, "\", which is no ", what));
    }
  }
}

// Results are kept under these.
void CheckLabels(const std::set<std::string>& labels, const char* path,
                 ConfigReport report) {
  for (const std::string& label : labels) {
    if (!IsRecordLabel(label)) {
      report(path, absl::StrCat("has the name \"", label,
                                "\", expected 1 to 64 letters, digits or "
                                "_-.+"));
    }
  }
}

template <typename T>
void CheckDistinct(const std::vector<T>& list, const char* path,
                   ConfigReport report) {
  std::set<T> seen;
  for (const T& element : list) {
    if (!seen.insert(element).second) {
      report(path, absl::StrCat("has \"", element, "\" twice"));
    }
  }
}

void CheckKind(const Names& names, const ModelConfig& model,
               const std::string& path, ConfigReport report) {
  CheckNames(names.models, model.of, "model", path, report);
  switch (model.kind) {
    case ModelKind::kPretrain:
      if (model.cultures.empty()) {
        report(path, "is pre-trained and needs \"cultures\"");
      }
      if (model.from != "nothing") {
        CheckNames(names.models, {model.from}, "model", path, report);
      }
      break;
    case ModelKind::kMerge:
      if (model.of.empty()) report(path, "is merged and needs \"of\"");
      CheckNames(names.models, {model.from}, "model", path, report);
      break;
    case ModelKind::kExternal:
      if (model.path.empty()) report(path, "is external and needs \"path\"");
      break;
    default:
      break;
  }
}

// Models that a model is made from.
std::vector<std::string> SourcesOf(const ModelConfig& model) {
  std::vector<std::string> sources = model.of;
  const bool has_source = model.kind == ModelKind::kPretrain ||
                          model.kind == ModelKind::kMerge ||
                          model.kind == ModelKind::kRandom;
  if (has_source && model.from != "nothing") sources.push_back(model.from);
  return sources;
}

// Whether `label` is made from itself; `above` are the models on the way.
bool IsCircular(const ExperimentConfig& config, const std::string& label,
                std::set<std::string> above) {
  const ModelConfig* model = config.FindModel(label);
  if (model == nullptr) return false;
  if (!above.insert(label).second) return true;
  const std::vector<std::string> sources = SourcesOf(*model);
  return std::any_of(sources.begin(), sources.end(),
                     [&](const std::string& source) {
                       return IsCircular(config, source, above);
                     });
}

void CheckCycles(const ExperimentConfig& config, ConfigReport report) {
  for (const auto& [label, model] : config.models) {
    if (IsCircular(config, label, {})) {
      report(absl::StrCat("models.", label), "is made from itself");
    }
  }
}

void AddWithSources(const ExperimentConfig& config, const std::string& label,
                    std::set<std::string>& seen,
                    std::vector<const ModelConfig*>& models) {
  const ModelConfig* model = config.FindModel(label);
  if (model == nullptr || !seen.insert(label).second) return;
  for (const std::string& source : SourcesOf(*model)) {
    AddWithSources(config, source, seen, models);
  }
  models.push_back(model);
}

absl::Status AddExternalRow(ExperimentConfig& config) {
  const std::string& external = config.features.external;
  if (external.empty()) return absl::OkStatus();
  const std::size_t comma = external.rfind(',');
  if (comma == 0 || comma == std::string::npos ||
      comma + 1 == external.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("features.external: expected \"FOLDER,NAME\", found \"",
                     external, "\""));
  }
  const std::string name = external.substr(comma + 1);
  if (!IsRecordLabel(name)) {
    return absl::InvalidArgumentError(
        absl::StrCat("features.external: the name \"", name,
                     "\" has to be 1 to 64 letters, digits or _-.+"));
  }
  ModelConfig model;
  model.kind = ModelKind::kExternal;
  model.path = external.substr(0, comma);
  model.rows = config.features.rows;
  if (!config.models.emplace(name, model).second) {
    return absl::InvalidArgumentError(absl::StrCat(
        "features.external: there is a model \"", name, "\" already"));
  }
  config.rows.push_back(name);
  if (std::count(config.rows.begin(), config.rows.end(), "base") > 0) {
    config.comparisons.push_back({name, "base"});
  }
  return absl::OkStatus();
}

void CheckExperiment(const ExperimentConfig& config, ConfigReport report) {
  Names names;
  for (const auto& [name, dataset] : config.datasets) {
    names.datasets.insert(name);
  }
  for (const auto& [label, model] : config.models) names.models.insert(label);
  for (const auto& [label, model] : config.models) {
    CheckKind(names, model, absl::StrCat("models.", label), report);
  }
  // A profile need not have the audio of models that no row asks for.
  const std::vector<const ModelConfig*> needed = config.NeededModels();
  for (const auto& [label, model] : config.models) {
    if (std::count(needed.begin(), needed.end(), &model) == 0) continue;
    const std::string path = absl::StrCat("models.", label);
    CheckNames(names.datasets, model.cultures, "dataset", path, report);
    CheckNames(names.datasets, model.replay, "dataset", path, report);
  }
  CheckNames(names.models, config.rows, "model", "rows", report);
  CheckNames(names.models, config.layer_probing, "model", "layer_probing",
             report);
  CheckLabels(names.datasets, "datasets", report);
  CheckLabels(names.models, "models", report);
  CheckDistinct(config.rows, "rows", report);
  CheckDistinct(config.evaluation.datasets, "evaluation.datasets", report);
  CheckDistinct(config.evaluation.seeds, "evaluation.seeds", report);
  CheckDistinct(config.evaluation.layers, "evaluation.layers", report);
  CheckCycles(config, report);
  const std::set<std::string> rows(config.rows.begin(), config.rows.end());
  for (const ModelPair& pair : config.comparisons) {
    CheckNames(rows, {pair.model, pair.against}, "row", "comparisons", report);
  }
  CheckNames(names.datasets, config.evaluation.datasets, "dataset",
             "evaluation.datasets", report);
  CheckNames(names.datasets, config.evaluation.western, "dataset",
             "evaluation.western", report);
  CheckNames(names.datasets, config.base.fit_to, "dataset", "base.fit_to",
             report);
}

}  // namespace

void DatasetConfig::Describe(ConfigSchema<DatasetConfig>& schema) {
  schema.Struct("DatasetConfig",
                "Audio by a short name: a corpus to train on, a data set to "
                "probe on, or both.");
  schema.Field("title", &DatasetConfig::title,
               "For tables: \"Turkish-makam\".");
  schema.Field("culture", &DatasetConfig::culture, "For tables: \"Turkish\".");
  schema.Field("source", &DatasetConfig::source,
               "Rendered by this project, or read from files below "
               "--data_root.");
  schema.Field("render", &DatasetConfig::render, "Of rendered audio.");
  schema.Field("dataset", &DatasetConfig::dataset,
               "Of files: the catalog's name for it, or that of a folder with "
               "a labels.csv.");
  schema.Field("variant", &DatasetConfig::variant,
               "Of files: which split or size; empty: the data set's default.");
  schema.Field("leaves_out_missing", &DatasetConfig::leaves_out_missing,
               "Of files: whether recordings whose audio is missing are left "
               "out, with a note in the record; else a missing file is an "
               "error.");
  schema.Field("is_transductive", &DatasetConfig::is_transductive,
               "Whether models are pre-trained on the test recordings' audio "
               "too; stands in every record.");
  schema.Field("trains_on_validation", &DatasetConfig::trains_on_validation,
               "Whether models are pre-trained on the validation recordings' "
               "audio too.");
}

void ModelConfig::Describe(ConfigSchema<ModelConfig>& schema) {
  schema.Struct("ModelConfig", "How a model is made.");
  schema.Field("title", &ModelConfig::title, "For tables; empty: the label.");
  schema.Field("kind", &ModelConfig::kind,
               "weights: as they are; pretrain; merge; random: the base's "
               "shape; log_mel: statistics without a model; chance; external: "
               "features of another program.");
  schema.Field("path", &ModelConfig::path,
               "weights: where they are, empty: the base; external: a folder "
               "that has a folder of .npy files for each dataset.");
  schema.Field("rows", &ModelConfig::rows,
               "external: what the first dimension of two is.");
  schema.Field("from", &ModelConfig::from,
               "The label of the model that pre-training or merging starts "
               "from; \"nothing\": random weights of base.shape.");
  schema.Field("cultures", &ModelConfig::cultures,
               "Names of datasets whose training recordings it is pre-trained "
               "on.");
  schema.Field("replay", &ModelConfig::replay,
               "Names of datasets that are replayed, as much as the stages "
               "say.");
  schema
      .Field("fraction", &ModelConfig::fraction,
             "Of the recordings of both that are used.")
      .Above(0)
      .AtMost(1);
  schema.Field("weighting", &ModelConfig::weighting,
               "Whether cultures are drawn by their duration or alike.");
  schema.Field("pretraining", &ModelConfig::pretraining,
               "Changes to the experiment's pretraining, such as "
               "\"stages.0.replay_fraction=0\".");
  schema.Field("of", &ModelConfig::of, "Labels of the models that are merged.");
  schema.Field("merge", &ModelConfig::merge, "How they are merged.");
  schema.Field("probing", &ModelConfig::probing,
               "Changes to the experiment's evaluation.probing.");
}

void ModelPair::Describe(ConfigSchema<ModelPair>& schema) {
  schema.Struct("ModelPair", "Two rows that are compared.");
  schema.Field("model", &ModelPair::model, "A label.");
  schema.Field("against", &ModelPair::against, "Another.");
}

void BaseConfig::Describe(ConfigSchema<BaseConfig>& schema) {
  schema.Struct("BaseConfig", "Where the experiments start.");
  schema.Field("weights", &BaseConfig::weights,
               "A file or folder of MERT's weights in any published form; "
               "\"mini\": the small model that this project ships; "
               "\"random\": none, for tests of the machinery.");
  schema.Field("tokenizer", &BaseConfig::tokenizer,
               "Weights of EnCodec or of k-means; \"base\": the "
               "tokenizer.safetensors beside the base's weights; \"fit\": "
               "k-means of the experiment's own audio.");
  schema.Field("shape", &BaseConfig::shape, "Of models from nothing.");
  schema.Field("kmeans", &BaseConfig::kmeans, "Of \"fit\".");
  schema.Field("fit_to", &BaseConfig::fit_to, "Of \"fit\": names of datasets.");
}

void EvaluationConfig::Describe(ConfigSchema<EvaluationConfig>& schema) {
  schema.Struct("EvaluationConfig", "How and on what models are probed.");
  schema.Field("datasets", &EvaluationConfig::datasets, "Names of datasets.");
  schema.Field("western", &EvaluationConfig::western,
               "Those of them on which forgetting is measured.");
  schema.Field("seeds", &EvaluationConfig::seeds, "Of the probes.").MinSize(1);
  schema.Field("protocol", &EvaluationConfig::protocol, "Windows of audio.");
  schema.Field("probing", &EvaluationConfig::probing, "The probes.");
  schema.Field("layers", &EvaluationConfig::layers,
               "Hidden states for layer_probing; 0 is the input of the first "
               "layer.");
  schema
      .Field("replicates", &EvaluationConfig::replicates,
             "Of the bootstrap and the permutation tests.")
      .AtLeast(100)
      .AtMost(10000000);
}

void FeaturesConfig::Describe(ConfigSchema<FeaturesConfig>& schema) {
  schema.Struct("FeaturesConfig", "Features that other programs made.");
  schema.Field("external", &FeaturesConfig::external,
               "A further row, \"FOLDER,NAME\": the folder has a folder for "
               "each dataset, and that one .npy file a recording.");
  schema.Field("rows", &FeaturesConfig::rows,
               "What the first of an array's two dimensions is.");
}

void ExperimentConfig::Describe(ConfigSchema<ExperimentConfig>& schema) {
  schema.Struct("ExperimentConfig",
                "Which models are made in which way, on which data they are "
                "probed, and which are compared.");
  schema.Field("title", &ExperimentConfig::title, "Of the tables.");
  schema.Field("question", &ExperimentConfig::question,
               "What the experiment answers.");
  schema.Field("next", &ExperimentConfig::next,
               "What to run after it, for the reader.");
  schema.Field("datasets", &ExperimentConfig::datasets, "Audio, by names.");
  schema.Field("base", &ExperimentConfig::base, "Where it starts.");
  schema.Field("prepare", &ExperimentConfig::prepare, "Audio files.");
  schema.Field("pretraining", &ExperimentConfig::pretraining,
               "Of models that are pre-trained.");
  schema.Field("evaluation", &ExperimentConfig::evaluation, "Probing.");
  schema.Field("features", &ExperimentConfig::features, "Of other programs.");
  schema.Field("models", &ExperimentConfig::models,
               "Every model that a row may name, by labels; only what the rows "
               "need is made.");
  schema.Field("rows", &ExperimentConfig::rows,
               "Of the tables: labels of models, in order.");
  schema.Field("comparisons", &ExperimentConfig::comparisons,
               "Pairs of rows, the first less the second.");
  schema.Field("token_similarity", &ExperimentConfig::token_similarity,
               "Whether the distances between the datasets' distributions of "
               "codes are measured.");
  schema.Field("layer_probing", &ExperimentConfig::layer_probing,
               "Labels of models that get a further row for each of "
               "evaluation.layers, probed on that hidden state alone.");
  schema.Field("includes", &ExperimentConfig::includes,
               "Names of experiments that are run together with this one.");
  schema.Check(CheckExperiment);
}

const ModelConfig* ExperimentConfig::FindModel(const std::string& label) const {
  const auto found = models.find(label);
  return found == models.end() ? nullptr : &found->second;
}

std::vector<const ModelConfig*> ExperimentConfig::NeededModels() const {
  std::set<std::string> seen;
  std::vector<const ModelConfig*> needed;
  for (const auto& labels : {rows, layer_probing}) {
    for (const std::string& label : labels) {
      AddWithSources(*this, label, seen, needed);
    }
  }
  return needed;
}

absl::Status ExperimentConfig::Complete() {
  RETURN_IF_ERROR(AddExternalRow(*this));
  for (const std::string& label : layer_probing) {
    for (const std::int64_t layer : evaluation.layers) {
      ModelConfig of_layer = models.at(label);
      of_layer.title = absl::StrCat(of_layer.title, ", layer ", layer);
      of_layer.probing.push_back("input=single");
      of_layer.probing.push_back(absl::StrCat("first_state=", layer));
      const std::string name = absl::StrCat(label, "_layer_", layer);
      models[name] = std::move(of_layer);
      rows.push_back(name);
    }
  }
  layer_probing.clear();
  for (auto& [label, model] : models) model.label = label;
  return absl::OkStatus();
}

}  // namespace culturemert
