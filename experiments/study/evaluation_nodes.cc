#include "experiments/study/evaluation_nodes.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "datasets/store/pcm_store.h"
#include "experiments/actions/embed_set.h"
#include "experiments/actions/prepared_set.h"
#include "experiments/evaluation/external_features.h"
#include "experiments/evaluation/log_mel_statistics.h"
#include "experiments/evaluation/mert_features.h"
#include "experiments/evaluation/probe_trainer.h"
#include "experiments/metrics/bootstrap.h"
#include "experiments/records/record_json.h"
#include "experiments/study/data_nodes.h"
#include "experiments/study/model_nodes.h"
#include "experiments/study/model_width.h"
#include "experiments/study/node_json.h"
#include "experiments/study/set_scores.h"
#include "models/device/device.h"
#include "models/mert/mert.h"
#include "models/weights/mert_weights.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/files/paths.h"
#include "tools/base/hash/hash.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using nlohmann::json;

constexpr char kFeaturesFolderName[] = "features";
constexpr char kProbesName[] = "probes.json";
// Audio of a batch: at 95 M and windows of 30 s some hundred megabytes.
constexpr double kBatchSeconds = 60;
// Of those that narrow models take, one a thread.
constexpr double kLaneBatchSeconds = 16;

// `longest_seconds`: of the set's clips.
void ChooseBatches(double longest_seconds, std::int64_t width, int threads,
                   EmbedSettings& settings) {
  const bool has_lanes = IsNarrow(width);
  const double window_seconds =
      std::min(longest_seconds, settings.protocol.window_seconds);
  settings.lanes = has_lanes ? threads : 1;
  settings.batch_windows = std::max<std::int64_t>(
      1, static_cast<std::int64_t>(
             (has_lanes ? kLaneBatchSeconds : kBatchSeconds) / window_seconds));
}

absl::StatusOr<double> LongestClipSeconds(Files& files,
                                          const std::string& set_folder) {
  ASSIGN_OR_RETURN(
      const std::unique_ptr<PcmStore> store,
      PcmStore::Open(files, JoinPath(set_folder, kPreparedStoreName)));
  double longest = 0;
  for (const StoredRecording& recording : store->recordings()) {
    longest = std::max(longest, recording.seconds());
  }
  return longest;
}

absl::Status EmbedWithMert(const ActionContext& action,
                           const std::string& set_folder,
                           const std::string& device, double longest_seconds,
                           int threads, EmbedSettings settings,
                           const std::string& folder) {
  ASSIGN_OR_RETURN(const std::string weights, action.Input("weights"));
  ASSIGN_OR_RETURN(const c10::Device selected, SelectDevice(device));
  ASSIGN_OR_RETURN(
      MertCheckpoint checkpoint,
      LoadMertCheckpoint(*action.files, JoinPath(weights, kWeightsFolderName)));
  ASSIGN_OR_RETURN(
      const std::unique_ptr<Mert> mert,
      Mert::Create(checkpoint.config, std::move(checkpoint.encoder)));
  RETURN_IF_ERROR(mert->To(selected, at::kFloat));
  const MertFeatures features(*mert, "weights of the action's input",
                              settings.protocol.pooling);
  ChooseBatches(longest_seconds, mert->config().hidden_size,
                selected.is_cpu() ? threads : 1, settings);
  return EmbedSet(*action.files, set_folder, features, settings, folder);
}

absl::StatusOr<json> RunEmbed(const ActionContext& action, ModelKind kind,
                              const ProtocolConfig& protocol,
                              const std::string& device, int threads) {
  ASSIGN_OR_RETURN(const std::string set_folder, action.Input("set"));
  ASSIGN_OR_RETURN(const double longest_seconds,
                   LongestClipSeconds(*action.files, set_folder));
  EmbedSettings settings;
  settings.protocol = protocol;
  settings.should_stop = [&action] { return action.ShouldStop(); };
  settings.console = action.console;
  settings.is_quiet = action.is_quiet;
  const std::string folder = JoinPath(action.directory, kFeaturesFolderName);
  if (kind == ModelKind::kLogMel) {
    ASSIGN_OR_RETURN(const std::unique_ptr<LogMelStatistics> features,
                     LogMelStatistics::Create());
    ChooseBatches(longest_seconds, features->state_size(), threads, settings);
    RETURN_IF_ERROR(
        EmbedSet(*action.files, set_folder, *features, settings, folder));
  } else {
    RETURN_IF_ERROR(EmbedWithMert(action, set_folder, device, longest_seconds,
                                  threads, settings, folder));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<FeatureStore> store,
                   FeatureStore::Open(*action.files, folder));
  return json{{"windows", store->windows()},
              {"states", store->format().states},
              {"state_size", store->format().state_size}};
}

// Of the names and bytes of all files below.
absl::Status HashTree(Files& files, const std::string& folder, Hasher& hasher) {
  ASSIGN_OR_RETURN(const std::vector<DirectoryEntry> entries,
                   files.List(folder));
  for (const DirectoryEntry& entry : entries) {
    const std::string path = JoinPath(folder, entry.name);
    hasher.UpdateField(entry.name);
    if (entry.kind == FileKind::kDirectory) {
      RETURN_IF_ERROR(HashTree(files, path, hasher));
    } else if (entry.kind == FileKind::kFile) {
      ASSIGN_OR_RETURN(const Hash128 hash, HashFile(files, path));
      hasher.UpdateField(hash.ToHex());
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<json> RunImportFeatures(const ActionContext& action,
                                       const ExternalFeatures& external) {
  ASSIGN_OR_RETURN(const std::string set_folder, action.Input("set"));
  ASSIGN_OR_RETURN(const PreparedSet set,
                   ReadPreparedSet(*action.files, set_folder));
  std::vector<std::string> ids;
  for (const PreparedRecording& recording : set.recordings) {
    ids.push_back(recording.id);
  }
  RETURN_IF_ERROR(
      ImportExternalFeatures(*action.files, external, ids,
                             JoinPath(action.directory, kFeaturesFolderName)));
  return json{{"recordings", ids.size()}};
}

absl::StatusOr<PlanNode> ImportFeaturesNode(const StudyContext& context,
                                            const ModelConfig& model,
                                            const std::string& dataset) {
  ExternalFeatures external;
  external.folder = JoinPath(ResolveUserPath(model.path), dataset);
  external.name = model.label;
  external.rows = model.rows;
  Hasher hasher;
  RETURN_IF_ERROR(
      Annotate(HashTree(*context.files, external.folder, hasher),
               absl::StrCat("features of ", model.label, " on ", dataset)));
  PlanNode node;
  node.id = FeaturesNodeId(model.label, dataset);
  node.label = absl::StrCat(model.label, " · features of ", dataset);
  node.action = "import_features";
  node.config = {{"files", hasher.Digest().ToHex()},
                 {"frames", model.rows == ExternalRows::kFrames}};
  node.inputs["set"] = SetNodeId(dataset);
  node.run = [external](const ActionContext& action) {
    return RunImportFeatures(action, external);
  };
  return node;
}

json ToJson(const ProbeRun& run) {
  json epochs = json::array();
  for (const ProbeEpoch& epoch : run.epochs) {
    json shown = {{"learning_rate", epoch.learning_rate},
                  {"train_loss", epoch.train_loss}};
    if (epoch.valid_roc_auc.has_value()) {
      shown["valid_roc_auc"] = *epoch.valid_roc_auc;
    }
    epochs.push_back(std::move(shown));
  }
  json object = {{"seed", run.seed},
                 {"learning_rate", run.learning_rate},
                 {"best_epoch", run.best_epoch},
                 {"layer_weights", run.layer_weights},
                 {"epochs", std::move(epochs)}};
  if (run.valid_roc_auc.has_value()) {
    object["valid_roc_auc"] = *run.valid_roc_auc;
  }
  return object;
}

absl::StatusOr<json> WriteProbes(const ActionContext& action,
                                 const ProbingResult& result) {
  json runs = json::array();
  json validation = json::array();
  for (const ProbeRun& run : result.runs) {
    runs.push_back(ToJson(run));
    if (run.valid_roc_auc.has_value()) validation.push_back(*run.valid_roc_auc);
  }
  ASSIGN_OR_RETURN(
      const std::string text,
      CanonicalJson(json{{"runs", std::move(runs)}, {"notes", result.notes}},
                    JsonLayout::kIndented));
  RETURN_IF_ERROR(action.files->WriteAtomically(
      JoinPath(action.directory, kProbesName), absl::StrCat(text, "\n")));
  return json{{"valid_roc_auc", std::move(validation)},
              {"notes", result.notes}};
}

absl::StatusOr<json> RunProbe(const ActionContext& action,
                              const ProbingConfig& config,
                              const std::vector<std::uint64_t>& seeds,
                              int threads) {
  ASSIGN_OR_RETURN(const std::string set_folder, action.Input("set"));
  ASSIGN_OR_RETURN(const std::string features_folder, action.Input("features"));
  ASSIGN_OR_RETURN(const PreparedSet set,
                   ReadPreparedSet(*action.files, set_folder));
  ASSIGN_OR_RETURN(
      const std::unique_ptr<FeatureStore> features,
      FeatureStore::Open(*action.files,
                         JoinPath(features_folder, kFeaturesFolderName)));
  ASSIGN_OR_RETURN(const ProbeData data, JoinFeatures(set, *features));
  ASSIGN_OR_RETURN(const std::unique_ptr<ThreadPool> pool,
                   ThreadPool::Create(threads));
  ASSIGN_OR_RETURN(const ProbingResult result,
                   TrainProbes(data, config, seeds, *pool,
                               {action.console, action.is_quiet}));
  RETURN_IF_ERROR(WriteTestProbabilities(*action.files, action.directory,
                                         TestScores(data, result)));
  return WriteProbes(action, result);
}

// Chance has one value whatever the seed; it stands for each, so that rows have
// the same seeds.
absl::StatusOr<json> RunChance(const ActionContext& action, std::size_t seeds) {
  ASSIGN_OR_RETURN(const std::string set_folder, action.Input("set"));
  ASSIGN_OR_RETURN(const PreparedSet set,
                   ReadPreparedSet(*action.files, set_folder));
  LabelledScores scores;
  scores.ids.resize(set.OfSplit(Split::kTest).size());
  scores.tags.resize(set.tags.size());
  scores.seeds.assign(
      seeds, std::vector<double>(scores.ids.size() * scores.tags.size(), 0.5));
  RETURN_IF_ERROR(
      WriteTestProbabilities(*action.files, action.directory, scores));
  return json::object();
}

ResamplingOptions Resampling(const EvaluationConfig& config) {
  ResamplingOptions options;
  options.replicates = config.replicates;
  return options;
}

absl::Status WritePartial(const ActionContext& action, const Record& record) {
  ASSIGN_OR_RETURN(const std::string text, FormatRecord(record));
  return action.files->WriteAtomically(
      JoinPath(action.directory, kPartialRecordName), text);
}

absl::StatusOr<LabelledScores> ScoresOf(const ActionContext& action,
                                        absl::string_view input,
                                        const PreparedSet& set) {
  ASSIGN_OR_RETURN(const std::string folder, action.Input(input));
  return ReadTestScores(*action.files, folder, set);
}

}  // namespace

std::string FeaturesNodeId(absl::string_view model, absl::string_view dataset) {
  return absl::StrCat("features.", model, ".", dataset);
}

std::string ProbeNodeId(absl::string_view model, absl::string_view dataset) {
  return absl::StrCat("probe.", model, ".", dataset);
}

std::string ScoreNodeId(absl::string_view model, absl::string_view dataset) {
  return absl::StrCat("score.", model, ".", dataset);
}

std::string CompareNodeId(absl::string_view model, absl::string_view against,
                          absl::string_view dataset) {
  return absl::StrCat("compare.", model, ".", against, ".", dataset);
}

absl::StatusOr<PlanNode> FeaturesNode(const StudyContext& context,
                                      const ExperimentConfig& config,
                                      const ModelConfig& model,
                                      const std::string& dataset) {
  if (model.kind == ModelKind::kExternal) {
    return ImportFeaturesNode(context, model, dataset);
  }
  PlanNode node;
  node.id = FeaturesNodeId(model.label, dataset);
  node.label = absl::StrCat(model.label, " · features of ", dataset);
  node.action = "embed";
  ASSIGN_OR_RETURN(node.config["protocol"],
                   JsonOfConfig(config.evaluation.protocol));
  node.config["features"] =
      model.kind == ModelKind::kLogMel ? "log_mel" : "mert";
  node.inputs["set"] = SetNodeId(dataset);
  if (model.kind != ModelKind::kLogMel) {
    node.inputs["weights"] = WeightsNodeId(model.label);
  }
  node.is_resumable = true;
  node.run = [kind = model.kind, protocol = config.evaluation.protocol,
              device = context.device,
              threads = context.threads](const ActionContext& action) {
    return RunEmbed(action, kind, protocol, device, threads);
  };
  return node;
}

absl::StatusOr<PlanNode> ProbeNode(const StudyContext& context,
                                   const ExperimentConfig& config,
                                   const ModelConfig& model,
                                   const ProbingConfig& probing,
                                   const std::string& dataset) {
  PlanNode node;
  node.id = ProbeNodeId(model.label, dataset);
  node.label = absl::StrCat(model.label, " · probes on ", dataset);
  node.action = "probe";
  const std::vector<std::uint64_t> seeds = config.evaluation.seeds;
  node.inputs["set"] = SetNodeId(dataset);
  if (model.kind == ModelKind::kChance) {
    node.config = {{"chance", seeds.size()}};
    node.run = [count = seeds.size()](const ActionContext& action) {
      return RunChance(action, count);
    };
    return node;
  }
  ASSIGN_OR_RETURN(node.config["probing"], JsonOfConfig(probing));
  node.config["seeds"] = seeds;
  node.inputs["features"] = FeaturesNodeId(model.label, dataset);
  node.run = [probing, seeds,
              threads = context.threads](const ActionContext& action) {
    return RunProbe(action, probing, seeds, threads);
  };
  return node;
}

PlanNode ScoreNode(const StudyContext& context, const ExperimentConfig& config,
                   const ModelConfig& model, const std::string& dataset) {
  PlanNode node;
  node.id = ScoreNodeId(model.label, dataset);
  node.label = absl::StrCat(model.label, " · scores on ", dataset);
  node.action = "score";
  const std::vector<std::uint64_t> seeds = config.evaluation.seeds;
  const ResamplingOptions resampling = Resampling(config.evaluation);
  node.config = {{"seeds", seeds}, {"replicates", resampling.replicates}};
  node.inputs = {{"set", SetNodeId(dataset)},
                 {"probe", ProbeNodeId(model.label, dataset)}};
  node.is_result = true;
  node.run = [seeds, resampling, threads = context.threads](
                 const ActionContext& action) -> absl::StatusOr<json> {
    ASSIGN_OR_RETURN(const std::string set_folder, action.Input("set"));
    ASSIGN_OR_RETURN(const PreparedSet set,
                     ReadPreparedSet(*action.files, set_folder));
    ASSIGN_OR_RETURN(const LabelledScores scores,
                     ScoresOf(action, "probe", set));
    ASSIGN_OR_RETURN(const std::unique_ptr<ThreadPool> pool,
                     ThreadPool::Create(threads));
    ASSIGN_OR_RETURN(const Record record,
                     ScoreModel(*pool, set, scores, seeds, resampling));
    RETURN_IF_ERROR(WritePartial(action, record));
    return json::object();
  };
  return node;
}

PlanNode CompareNode(const StudyContext& context,
                     const ExperimentConfig& config, const ModelPair& pair,
                     const std::string& dataset) {
  PlanNode node;
  node.id = CompareNodeId(pair.model, pair.against, dataset);
  node.label =
      absl::StrCat(pair.model, " against ", pair.against, " on ", dataset);
  node.action = "compare";
  const ResamplingOptions resampling = Resampling(config.evaluation);
  node.config = {{"replicates", resampling.replicates}};
  node.inputs = {{"set", SetNodeId(dataset)},
                 {"model", ProbeNodeId(pair.model, dataset)},
                 {"against", ProbeNodeId(pair.against, dataset)}};
  node.is_result = true;
  node.run = [resampling, threads = context.threads](
                 const ActionContext& action) -> absl::StatusOr<json> {
    ASSIGN_OR_RETURN(const std::string set_folder, action.Input("set"));
    ASSIGN_OR_RETURN(const PreparedSet set,
                     ReadPreparedSet(*action.files, set_folder));
    ASSIGN_OR_RETURN(const LabelledScores model,
                     ScoresOf(action, "model", set));
    ASSIGN_OR_RETURN(const LabelledScores against,
                     ScoresOf(action, "against", set));
    ASSIGN_OR_RETURN(const std::unique_ptr<ThreadPool> pool,
                     ThreadPool::Create(threads));
    ASSIGN_OR_RETURN(const Record record,
                     CompareOnSet(*pool, set, model, against, resampling));
    RETURN_IF_ERROR(WritePartial(action, record));
    return json::object();
  };
  return node;
}

}  // namespace culturemert
