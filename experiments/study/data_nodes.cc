#include "experiments/study/data_nodes.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "datasets/catalog/catalog.h"
#include "datasets/store/pcm_store.h"
#include "experiments/actions/fit_tokenizer.h"
#include "experiments/actions/import_weights.h"
#include "experiments/actions/prepare_files.h"
#include "experiments/actions/prepared_set.h"
#include "experiments/actions/tokenize_set.h"
#include "experiments/evaluation/name_list.h"
#include "experiments/study/node_json.h"
#include "models/device/device.h"
#include "models/tokenizer/load_tokenizer.h"
#include "models/tokenizer/tokenizer.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using nlohmann::json;

// What the manifest tells of a set.
absl::StatusOr<json> FactsOf(Files& files, const std::string& folder,
                             const PreparedSet& set) {
  ASSIGN_OR_RETURN(const std::unique_ptr<PcmStore> store,
                   PcmStore::Open(files, JoinPath(folder, kPreparedStoreName)));
  double seconds = 0;
  for (const StoredRecording& recording : store->recordings()) {
    seconds += recording.seconds();
  }
  return json{{"recordings", set.recordings.size()},
              {"tags", set.tags.size()},
              {"hours", seconds / 3600}};
}

// Of the recordings that are not for testing; nothing if there is none.
std::optional<absl::flat_hash_set<std::string>> ClipsWithoutTests(
    const PreparedSet& set) {
  absl::flat_hash_set<std::string> clips;
  for (const PreparedRecording& recording : set.recordings) {
    if (recording.split == Split::kTest) continue;
    clips.insert(recording.clips.begin(), recording.clips.end());
  }
  if (clips.empty()) return std::nullopt;
  return clips;
}

// A file, or the files of a folder.
absl::Status CopyWeights(Files& files, const std::string& from,
                         const std::string& to) {
  ASSIGN_OR_RETURN(const FileInfo info, files.Info(from));
  if (info.kind != FileKind::kDirectory) {
    ASSIGN_OR_RETURN(const std::string bytes, files.Read(from));
    return files.WriteAtomically(to, bytes);
  }
  RETURN_IF_ERROR(files.CreateDirectories(to));
  ASSIGN_OR_RETURN(const std::vector<DirectoryEntry> entries, files.List(from));
  for (const DirectoryEntry& entry : entries) {
    if (entry.kind != FileKind::kFile) continue;
    RETURN_IF_ERROR(CopyWeights(files, JoinPath(from, entry.name),
                                JoinPath(to, entry.name)));
  }
  return absl::OkStatus();
}

void PrintIdentity(const ActionContext& action, const Tokenizer& tokenizer) {
  action.console->PrintLine(
      absl::StrCat(action.label, ": ", tokenizer.identity()));
}

absl::StatusOr<PlanNode> RenderNode(const StudyContext& context,
                                    const DatasetConfig& config) {
  PlanNode node;
  node.action = "render";
  ASSIGN_OR_RETURN(node.config, JsonOfConfig(config.render));
  const RenderConfig render = config.render;
  const int threads = context.threads;
  node.is_resumable = true;
  node.run = [render,
              threads](const ActionContext& action) -> absl::StatusOr<json> {
    RenderSetOptions options;
    options.threads = threads;
    options.should_stop = [&action] { return action.ShouldStop(); };
    options.is_quiet = action.is_quiet;
    options.console = action.console;
    ASSIGN_OR_RETURN(
        const PreparedSet set,
        RenderSet(*action.files, action.directory, render, options));
    return FactsOf(*action.files, action.directory, set);
  };
  node.estimate = [render]() -> absl::StatusOr<ActionCost> {
    const double seconds =
        render.clip_seconds *
        static_cast<double>(render.train + render.valid + render.test);
    ActionCost cost;
    cost.audio_seconds = seconds;
    cost.output_bytes = seconds * kStoreRateHz * kStoreSampleBytes;
    return cost;
  };
  return node;
}

absl::StatusOr<Dataset> LoadFiles(const StudyContext& context,
                                  const std::string& name,
                                  const DatasetConfig& config) {
  DatasetOptions options;
  options.variant = config.variant;
  const auto load = [&](MissingFiles missing_files) {
    options.missing_files = missing_files;
    return LoadAnyDataset(*context.files, context.data_root, config.dataset,
                          options);
  };
  if (config.leaves_out_missing) {
    ASSIGN_OR_RETURN(Dataset dataset, load(MissingFiles::kDrop));
    const std::vector<std::string>& missing = dataset.missing_files;
    if (!missing.empty()) {
      dataset.notes.push_back(ListNames(
          missing.size() == 1 ? "file is missing, and its recording left out"
                              : "files are missing, their recordings left out",
          missing));
    }
    return dataset;
  }
  absl::StatusOr<Dataset> dataset = load(MissingFiles::kRefuse);
  if (absl::IsNotFound(dataset.status()) && load(MissingFiles::kDrop).ok()) {
    return absl::NotFoundError(absl::StrCat(
        dataset.status().message(), "or leave their recordings out: --set ",
        "datasets.", name, ".leaves_out_missing=true"));
  }
  return dataset;
}

absl::StatusOr<PlanNode> PrepareNode(const StudyContext& context,
                                     const std::string& name,
                                     const DatasetConfig& config,
                                     const PrepareConfig& prepare) {
  ASSIGN_OR_RETURN(const Dataset dataset, LoadFiles(context, name, config));
  PlanNode node;
  node.action = "prepare";
  node.config = {{"dataset", config.dataset},
                 {"variant", dataset.variant},
                 {"fingerprint", FingerprintOf(dataset).ToHex()},
                 {"max_bad", prepare.max_bad},
                 {"accept_truncated", prepare.accept_truncated}};
  node.is_resumable = true;
  node.run = [dataset, prepare, threads = context.threads](
                 const ActionContext& action) -> absl::StatusOr<json> {
    PrepareOptions options;
    options.is_quiet = action.is_quiet;
    options.console = action.console;
    ApplyConfig(prepare, options);
    if (prepare.threads == 0) options.threads = threads;
    ASSIGN_OR_RETURN(const PreparedSet set,
                     PrepareFiles(*action.files, action.directory, dataset,
                                  std::move(options)));
    return FactsOf(*action.files, action.directory, set);
  };
  node.estimate = [dataset]() -> absl::StatusOr<ActionCost> {
    ActionCost cost;
    double seconds = 0;
    for (const Recording& recording : dataset.recordings) {
      seconds += DurationSeconds(recording.clips).value_or(0);
    }
    if (seconds > 0) {
      cost.audio_seconds = seconds;
      cost.output_bytes = seconds * kStoreRateHz * kStoreSampleBytes;
    }
    return cost;
  };
  return node;
}

}  // namespace

std::string SetNodeId(absl::string_view dataset) {
  return absl::StrCat("set.", dataset);
}

std::string CodesNodeId(absl::string_view dataset) {
  return absl::StrCat("codes.", dataset);
}

absl::StatusOr<PlanNode> SetNode(const StudyContext& context,
                                 const std::string& name,
                                 const DatasetConfig& config,
                                 const PrepareConfig& prepare) {
  ASSIGN_OR_RETURN(
      PlanNode node,
      config.source == AudioSource::kRendered
          ? RenderNode(context, config)
          : Annotate(PrepareNode(context, name, config, prepare), name));
  node.id = SetNodeId(name);
  node.label = absl::StrCat(name, " · audio");
  return node;
}

absl::StatusOr<PlanNode> ImportTokenizerNode(const StudyContext& context,
                                             const std::string& path) {
  ASSIGN_OR_RETURN(const Hash128 hash, HashOfWeights(*context.files, path));
  PlanNode node;
  node.id = kTokenizerNodeId;
  node.label = "tokenizer";
  node.action = "import_tokenizer";
  node.config = {{"weights", hash.ToHex()}};
  node.run = [path](const ActionContext& action) -> absl::StatusOr<json> {
    // Read whole first: what cannot be used is not copied.
    ASSIGN_OR_RETURN(
        const std::unique_ptr<Tokenizer> tokenizer,
        LoadTokenizer(*action.files, path, c10::Device(c10::kCPU)));
    PrintIdentity(action, *tokenizer);
    RETURN_IF_ERROR(CopyWeights(*action.files, path,
                                JoinPath(action.directory, kTokenizerName)));
    return json{{"identity", tokenizer->identity()}};
  };
  return node;
}

absl::StatusOr<PlanNode> FitTokenizerNode(
    const StudyContext&, const KmeansConfig& config,
    const std::vector<std::string>& datasets) {
  PlanNode node;
  node.id = kTokenizerNodeId;
  node.label =
      absl::StrCat("tokenizer · k-means of ", absl::StrJoin(datasets, ", "));
  node.action = "fit_tokenizer";
  ASSIGN_OR_RETURN(node.config, JsonOfConfig(config));
  for (const std::string& dataset : datasets) {
    node.inputs[dataset] = SetNodeId(dataset);
  }
  node.run = [config](const ActionContext& action) -> absl::StatusOr<json> {
    std::vector<std::string> folders;
    for (const auto& [name, folder] : action.inputs) folders.push_back(folder);
    FitTokenizerOptions options;
    options.is_quiet = action.is_quiet;
    options.console = action.console;
    ASSIGN_OR_RETURN(const std::unique_ptr<KmeansTokenizer> tokenizer,
                     FitTokenizer(*action.files, folders, config, options));
    PrintIdentity(action, *tokenizer);
    RETURN_IF_ERROR(tokenizer->Save(
        *action.files, JoinPath(action.directory, kTokenizerName)));
    return json{{"identity", tokenizer->identity()}};
  };
  return node;
}

PlanNode CodesNode(const StudyContext& context, const std::string& dataset,
                   const DatasetConfig& config) {
  const bool has_tests =
      config.source == AudioSource::kFiles || config.render.test > 0;
  const bool leaves_tests_out = has_tests && !config.is_transductive;
  PlanNode node;
  node.id = CodesNodeId(dataset);
  node.label = absl::StrCat(dataset, " · codes");
  node.action = "tokenize";
  if (leaves_tests_out) node.config = {{"without", {"test"}}};
  node.inputs = {{"set", SetNodeId(dataset)}, {"tokenizer", kTokenizerNodeId}};
  node.is_resumable = true;
  node.run = [dataset, leaves_tests_out, device = context.device,
              threads = context.threads](
                 const ActionContext& action) -> absl::StatusOr<json> {
    ASSIGN_OR_RETURN(const std::string set, action.Input("set"));
    ASSIGN_OR_RETURN(const std::string weights, action.Input("tokenizer"));
    ASSIGN_OR_RETURN(const c10::Device selected, SelectDevice(device));
    ASSIGN_OR_RETURN(
        const std::unique_ptr<PcmStore> store,
        PcmStore::Open(*action.files, JoinPath(set, kPreparedStoreName)));
    ASSIGN_OR_RETURN(
        const std::unique_ptr<Tokenizer> tokenizer,
        LoadTokenizer(*action.files, JoinPath(weights, kTokenizerName),
                      selected));
    TokenizeSetOptions options;
    options.label = dataset;
    if (leaves_tests_out) {
      ASSIGN_OR_RETURN(const PreparedSet prepared,
                       ReadPreparedSet(*action.files, set));
      options.only = ClipsWithoutTests(prepared);
    }
    options.threads = threads;
    options.should_stop = [&action] { return action.ShouldStop(); };
    options.is_quiet = action.is_quiet;
    options.console = action.console;
    RETURN_IF_ERROR(TokenizeSet(*action.files, *store, *tokenizer,
                                JoinPath(action.directory, kCodesFolderName),
                                options));
    return json{
        {"tokenizer", tokenizer->identity()},
        {"recordings", options.only.has_value() ? options.only->size()
                                                : store->recordings().size()}};
  };
  return node;
}

}  // namespace culturemert
