#include "experiments/study/model_nodes.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "experiments/actions/import_weights.h"
#include "experiments/actions/pretrain.h"
#include "experiments/study/data_nodes.h"
#include "experiments/study/model_width.h"
#include "experiments/study/node_json.h"
#include "experiments/study/shared_actions.h"
#include "experiments/study/training_sources.h"
#include "experiments/training/batch_shares.h"
#include "models/device/device.h"
#include "models/weights/mert_weights.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using nlohmann::json;

// Of a row of random weights.
constexpr std::uint64_t kRandomSeed = 0;

// Logs of a training, kept beside its weights.
constexpr const char* kLogNames[] = {kTrainingMetricsName, "speed.jsonl"};

std::string TitleOf(const ModelConfig& model) {
  return model.title.empty() ? model.label : model.title;
}

// Of a model that is trained, or merged of such.
HeardAudio AudioOf(const ExperimentConfig& config, const ModelConfig& model) {
  for (const std::string& name : model.cultures) {
    const auto found = config.datasets.find(name);
    if (found != config.datasets.end() &&
        found->second.source == AudioSource::kRendered) {
      return HeardAudio::kRendered;
    }
  }
  for (const std::string& label : model.of) {
    const ModelConfig* merged = config.FindModel(label);
    if (merged != nullptr &&
        AudioOf(config, *merged) == HeardAudio::kRendered) {
      return HeardAudio::kRendered;
    }
  }
  return HeardAudio::kRecordings;
}

ModelProvenance PretrainProvenance(const ExperimentConfig& config,
                                   const ModelConfig& model) {
  ModelProvenance provenance;
  provenance.name = TitleOf(model);
  if (model.from != "nothing") provenance.base_model = model.from;
  provenance.method =
      model.from == "nothing" ? "pre-training" : "continual pre-training";
  provenance.data = absl::StrJoin(model.cultures, ", ");
  if (!model.replay.empty()) {
    absl::StrAppend(&provenance.data, "; replay of ",
                    absl::StrJoin(model.replay, ", "));
  }
  provenance.audio = AudioOf(config, model);
  return provenance;
}

absl::Status KeepLogs(const ActionContext& action) {
  for (const char* name : kLogNames) {
    const std::string from = JoinPath(action.scratch_directory, name);
    const absl::StatusOr<std::string> text = action.files->Read(from);
    if (absl::IsNotFound(text.status())) continue;
    RETURN_IF_ERROR(text.status());
    RETURN_IF_ERROR(
        action.files->WriteAtomically(JoinPath(action.directory, name), *text));
  }
  return absl::OkStatus();
}

// What a pre-training action needs beside its configuration.
struct PretrainRecipe {
  TrainingConfig training;
  MertConfig shape;
  bool is_from_nothing = false;
  std::vector<std::string> cultures;
  std::vector<std::string> replay;
  std::map<std::string, std::vector<Split>> splits;  // By dataset.
  double fraction = 1;
  CultureWeighting weighting = CultureWeighting::kDuration;
  ModelProvenance provenance;
  ProcessGroup* processes = nullptr;
  int local_processes = 1;
  std::string device;
};

// LibTorch's threads for as long as this lives.
class TorchThreads {
 public:
  explicit TorchThreads(int threads) : before_(at::get_num_threads()) {
    at::set_num_threads(threads);
  }
  ~TorchThreads() { at::set_num_threads(before_); }
  TorchThreads(const TorchThreads&) = delete;
  TorchThreads& operator=(const TorchThreads&) = delete;

 private:
  const int before_;
};

absl::StatusOr<std::int64_t> WidthOf(const PretrainRecipe& recipe,
                                     const ActionContext& action) {
  if (recipe.is_from_nothing) return recipe.shape.hidden_size;
  ASSIGN_OR_RETURN(const std::string base, action.Input("base"));
  ASSIGN_OR_RETURN(
      const MertCheckpoint checkpoint,
      LoadMertCheckpoint(*action.files, JoinPath(base, kWeightsFolderName)));
  return checkpoint.config.hidden_size;
}

bool IsFirst(const PretrainRecipe& recipe) {
  return recipe.processes == nullptr || recipe.processes->rank() == 0;
}

// What every rank does.
absl::StatusOr<json> PretrainOnRank(const PretrainRecipe& recipe,
                                    const ActionContext& action) {
  ASSIGN_OR_RETURN(const c10::Device device, SelectDevice(recipe.device));
  ASSIGN_OR_RETURN(const std::int64_t width, WidthOf(recipe, action));
  const int share = std::max(1, at::get_num_threads() / recipe.local_processes);
  const TorchThreads threads(IsNarrow(width) ? 1 : share);
  PretrainInputs inputs;
  inputs.shape = recipe.shape;
  if (!recipe.is_from_nothing) {
    ASSIGN_OR_RETURN(const std::string base, action.Input("base"));
    inputs.base_weights = JoinPath(base, kWeightsFolderName);
  }
  for (const auto& [dataset, splits] : recipe.splits) {
    ASSIGN_OR_RETURN(PoolSource source, SourceOf(action, dataset, splits));
    source.fraction = recipe.fraction;
    inputs.pool.push_back(std::move(source));
  }
  ASSIGN_OR_RETURN(inputs.held_out,
                   HeldOutSources(action, recipe.cultures, recipe.splits));
  inputs.replay_cultures = recipe.replay;
  inputs.weighting = recipe.weighting;
  PretrainOptions options;
  options.run_folder = action.scratch_directory;
  options.weights_folder = JoinPath(action.directory, kWeightsFolderName);
  options.identity = action.label;
  options.provenance = recipe.provenance;
  options.processes = recipe.processes;
  options.device = device;
  options.should_stop = [&action] { return action.ShouldStop(); };
  options.is_quiet = action.is_quiet;
  options.console = action.console;
  ASSIGN_OR_RETURN(const PretrainResult result,
                   Pretrain(*action.files, recipe.training, inputs, options));
  if (IsFirst(recipe)) RETURN_IF_ERROR(KeepLogs(action));
  json facts = {{"updates", result.training.updates},
                {"fresh_heads", result.has_fresh_heads},
                {"pool_hours", result.pool_seconds / 3600}};
  if (result.training.validation_loss.has_value()) {
    facts["validation_loss"] = *result.training.validation_loss;
  }
  return facts;
}

absl::StatusOr<json> RunPretrain(const PretrainRecipe& recipe,
                                 const ActionContext& action) {
  if (recipe.processes == nullptr) return PretrainOnRank(recipe, action);
  if (IsFirst(recipe)) {
    RETURN_IF_ERROR(CallRanks(*recipe.processes, action));
  }
  absl::StatusOr<json> facts = PretrainOnRank(recipe, action);
  // All ranks are asked to stop together; any other end leaves them waiting.
  if (!facts.ok() && !absl::IsCancelled(facts.status())) {
    recipe.processes->Abort(facts.status().message()).IgnoreError();
  }
  return facts;
}

}  // namespace

std::string WeightsNodeId(absl::string_view label) {
  return absl::StrCat("weights.", label);
}

absl::StatusOr<PlanNode> ImportWeightsNode(const StudyContext& context,
                                           const std::string& label,
                                           const std::string& path) {
  ASSIGN_OR_RETURN(const Hash128 hash, HashOfWeights(*context.files, path));
  PlanNode node;
  node.id = WeightsNodeId(label);
  node.label = absl::StrCat(label, " · weights");
  node.action = "import_weights";
  node.config = {{"weights", hash.ToHex()}};
  node.run = [path](const ActionContext& action) -> absl::StatusOr<json> {
    ModelProvenance provenance;
    provenance.name = "imported weights";
    provenance.base_model = std::string(Basename(path));
    provenance.method = "none: weights as they were given";
    provenance.data = "as the weights' publisher says";
    provenance.audio = HeardAudio::kUnknown;
    ASSIGN_OR_RETURN(
        const std::vector<std::string> notes,
        ImportWeights(*action.files, path,
                      JoinPath(action.directory, kWeightsFolderName),
                      provenance));
    return json{{"notes", notes}};
  };
  return node;
}

absl::StatusOr<PlanNode> RandomWeightsNode(const std::string& label,
                                           const MertConfig& shape,
                                           const std::string& like) {
  PlanNode node;
  node.id = WeightsNodeId(label);
  node.label = absl::StrCat(label, " · weights");
  node.action = "random_weights";
  node.config = {{"seed", kRandomSeed}};
  if (like.empty()) {
    ASSIGN_OR_RETURN(node.config["shape"], JsonOfConfig(shape));
  } else {
    node.inputs["like"] = like;
  }
  node.run = [shape, has_like = !like.empty()](
                 const ActionContext& action) -> absl::StatusOr<json> {
    MertConfig used = shape;
    if (has_like) {
      ASSIGN_OR_RETURN(const std::string folder, action.Input("like"));
      ASSIGN_OR_RETURN(
          const MertCheckpoint checkpoint,
          LoadMertCheckpoint(*action.files,
                             JoinPath(folder, kWeightsFolderName)));
      used = checkpoint.config;
    }
    ModelProvenance provenance;
    provenance.name = "random weights";
    provenance.method = "none: as initialised";
    provenance.data = "none";
    provenance.audio = HeardAudio::kNone;
    RETURN_IF_ERROR(WriteRandomWeights(
        *action.files, used, kRandomSeed,
        JoinPath(action.directory, kWeightsFolderName), provenance));
    return json::object();
  };
  return node;
}

absl::StatusOr<PlanNode> PretrainNode(const StudyContext& context,
                                      const ExperimentConfig& config,
                                      const ModelConfig& model,
                                      const TrainingConfig& training) {
  if (context.processes != nullptr) {
    RETURN_IF_ERROR(
        Annotate(CheckBatchShares(training, context.processes->size()),
                 absl::StrCat("pretraining of ", model.label)));
  }
  PretrainRecipe recipe;
  recipe.training = training;
  recipe.shape = config.base.shape;
  recipe.is_from_nothing = model.from == "nothing";
  recipe.cultures = model.cultures;
  recipe.replay = model.replay;
  recipe.fraction = model.fraction;
  recipe.weighting = model.weighting;
  recipe.provenance = PretrainProvenance(config, model);
  recipe.processes = context.processes;
  recipe.local_processes = context.local_processes;
  recipe.device = context.device;
  PlanNode node;
  node.id = WeightsNodeId(model.label);
  node.label = absl::StrCat(model.label, " · pre-training");
  node.action = "pretrain";
  ASSIGN_OR_RETURN(json training_json, JsonOfConfig(training));
  // How often it is logged and saved does not change what comes out.
  training_json.erase("checkpoint");
  training_json.erase("log_every_seconds");
  // Only weights that are there already can lack heads.
  if (recipe.is_from_nothing) training_json.erase("head_warm_up_passes");
  node.config = {{"training", std::move(training_json)},
                 {"cultures", model.cultures},
                 {"replay", model.replay},
                 {"fraction", model.fraction},
                 {"balanced", model.weighting == CultureWeighting::kBalanced}};
  if (recipe.is_from_nothing) {
    ASSIGN_OR_RETURN(node.config["shape"], JsonOfConfig(config.base.shape));
  } else {
    node.inputs["base"] = WeightsNodeId(model.from);
  }
  for (const auto* names : {&model.cultures, &model.replay}) {
    for (const std::string& name : *names) {
      const DatasetConfig& dataset = config.datasets.at(name);
      recipe.splits[name] = TrainingSplits(dataset);
      json& splits = node.config["splits"][name];
      for (const Split split : recipe.splits[name]) {
        splits.push_back(std::string(NameOf(split)));
      }
      node.inputs[SetNodeId(name)] = SetNodeId(name);
      node.inputs[CodesNodeId(name)] = CodesNodeId(name);
    }
  }
  node.is_resumable = true;
  node.run = [recipe](const ActionContext& action) {
    return RunPretrain(recipe, action);
  };
  return node;
}

absl::StatusOr<PlanNode> MergeNode(const ExperimentConfig& config,
                                   const ModelConfig& model) {
  PlanNode node;
  node.id = WeightsNodeId(model.label);
  node.label = absl::StrCat(model.label, " · merging");
  node.action = "merge";
  ASSIGN_OR_RETURN(node.config, JsonOfConfig(model.merge));
  node.config["of"] = model.of.size();
  node.inputs["base"] = WeightsNodeId(model.from);
  for (std::size_t i = 0; i < model.of.size(); ++i) {
    node.inputs[absl::StrCat("model", i)] = WeightsNodeId(model.of[i]);
  }
  ModelProvenance provenance;
  provenance.name = TitleOf(model);
  provenance.base_model = model.from;
  provenance.method = "merging";
  provenance.data = absl::StrCat("of ", absl::StrJoin(model.of, ", "));
  provenance.audio = AudioOf(config, model);
  node.run = [model,
              provenance](const ActionContext& action) -> absl::StatusOr<json> {
    ASSIGN_OR_RETURN(const std::string base, action.Input("base"));
    std::vector<std::string> adapted;
    for (std::size_t i = 0; i < model.of.size(); ++i) {
      ASSIGN_OR_RETURN(const std::string folder,
                       action.Input(absl::StrCat("model", i)));
      adapted.push_back(JoinPath(folder, kWeightsFolderName));
    }
    RETURN_IF_ERROR(MergeWeights(
        *action.files, JoinPath(base, kWeightsFolderName), adapted, model.merge,
        JoinPath(action.directory, kWeightsFolderName), provenance));
    return json::object();
  };
  return node;
}

}  // namespace culturemert
