#include "experiments/study/record_assembly.h"

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "datasets/audio/decoder_versions.h"
#include "datasets/store/pcm_store.h"
#include "experiments/actions/prepared_set.h"
#include "experiments/metrics/statistics.h"
#include "experiments/records/build_information.h"
#include "experiments/records/predictions.h"
#include "experiments/records/record_json.h"
#include "experiments/study/data_nodes.h"
#include "experiments/study/evaluation_nodes.h"
#include "experiments/study/model_nodes.h"
#include "experiments/study/set_scores.h"
#include "experiments/study/token_similarity.h"
#include "models/device/cuda_backend.h"
#include "models/device/device.h"
#include "models/device/runtime.h"
#include "tools/base/config/config.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/json_lines.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using nlohmann::json;

constexpr char kRecordsLockName[] = "writing.lock";
// Training curves are thinned to so many points.
constexpr std::size_t kCurvePoints = 400;

// What a --device is on this machine: "cpu", "cuda:0 NVIDIA H100 80GB HBM3".
absl::StatusOr<std::string> DeviceText(const std::string& name) {
  ASSIGN_OR_RETURN(const c10::Device device, SelectDevice(name));
  if (device.is_cpu()) return device.str();
  const absl::StatusOr<CudaBackend>& backend = ProcessCudaBackend();
  RETURN_IF_ERROR(backend.status());
  const auto gpu = static_cast<std::size_t>(device.index());
  return absl::StrCat(device.str(), " ", backend->driver.gpus.at(gpu).name);
}

std::string UtcText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

class Assembler {
 public:
  Assembler(const StudyContext& context, const ExperimentConfig& config,
            const Plan& plan, ArtifactStore& store, const StudyRun& run)
      : context_(context),
        config_(config),
        plan_(plan),
        store_(store),
        run_(run) {}

  absl::Status Assemble() {
    RETURN_IF_ERROR(Head());
    RETURN_IF_ERROR(Actions());
    RETURN_IF_ERROR(Choices());
    RETURN_IF_ERROR(Datasets());
    RETURN_IF_ERROR(Corpora());
    for (const std::string& row : config_.rows) {
      RETURN_IF_ERROR(Row(*config_.FindModel(row)));
    }
    RETURN_IF_ERROR(Comparisons());
    RETURN_IF_ERROR(Curves());
    return TokenSimilarities();
  }

  const Record& record() const { return record_; }
  const std::vector<DatasetPredictions>& predictions() const {
    return predictions_;
  }

 private:
  absl::StatusOr<const Plan::Node*> Node(const std::string& id) const {
    ASSIGN_OR_RETURN(const int index, plan_.FindNode(id));
    return &plan_.nodes()[static_cast<std::size_t>(index)];
  }

  absl::StatusOr<std::string> Folder(const std::string& node_id) {
    ASSIGN_OR_RETURN(const Plan::Node* node, Node(node_id));
    return store_.DataDirectoryOf(node->artifact());
  }

  absl::StatusOr<Record> Partial(const std::string& node_id) {
    ASSIGN_OR_RETURN(const std::string folder, Folder(node_id));
    const std::string path = JoinPath(folder, kPartialRecordName);
    ASSIGN_OR_RETURN(const std::string text, context_.files->Read(path));
    return ParseRecord(text, path);
  }

  absl::StatusOr<const PreparedSet*> Set(const std::string& dataset) {
    auto found = sets_.find(dataset);
    if (found == sets_.end()) {
      ASSIGN_OR_RETURN(const std::string folder, Folder(SetNodeId(dataset)));
      ASSIGN_OR_RETURN(PreparedSet set,
                       ReadPreparedSet(*context_.files, folder));
      found = sets_.emplace(dataset, std::move(set)).first;
    }
    return &found->second;
  }

  absl::Status Head() {
    record_.experiment = run_.experiment;
    record_.title = config_.title;
    record_.profile = run_.profile;
    ASSIGN_OR_RETURN(record_.configuration, CanonicalConfig(config_));
    record_.configuration_hash = HashBytes(record_.configuration);
    record_.code = BuiltFrom();
    record_.environment = ThisEnvironment(*context_.files);
    record_.environment.libtorch = QueryTorchRuntime().loaded;
    ASSIGN_OR_RETURN(record_.environment.device, DeviceText(context_.device));
    record_.environment.threads = context_.threads;
    record_.environment.processes =
        context_.processes == nullptr ? 1 : context_.processes->size();
    const DecoderVersions decoders = LoadedDecoderVersions();
    record_.environment.decoders = {decoders.sndfile, decoders.mpg123};
    record_.environment.resampler = decoders.soxr;
    record_.seeds = config_.evaluation.seeds;
    return absl::OkStatus();
  }

  absl::Status Actions() {
    RecordTiming timing;
    timing.started = UtcText(run_.started);
    for (const Plan::Node& node : plan_.nodes()) {
      const absl::StatusOr<ArtifactManifest> manifest =
          store_.Find(node.artifact(), Verification::kSizes);
      // Not needed for what is there, and pruned.
      if (absl::IsNotFound(manifest.status())) continue;
      RETURN_IF_ERROR(manifest.status());
      record_.actions.push_back({node.recipe.action, node.key.ToHex()});
      timing.actions.push_back({manifest->wall_seconds, manifest->peak_bytes,
                                manifest->finished < run_.started});
    }
    timing.finished = UtcText(absl::Now());
    record_.timing = std::move(timing);
    return absl::OkStatus();
  }

  // What an action reported of itself. kNotFound where the plan has none of
  // this id, and where its artifact is not needed any more and was pruned.
  absl::StatusOr<json> Facts(const std::string& node_id) {
    ASSIGN_OR_RETURN(const Plan::Node* node, Node(node_id));
    ASSIGN_OR_RETURN(const ArtifactManifest manifest,
                     store_.Find(node->artifact(), Verification::kSizes));
    return manifest.facts;
  }

  // What the weights that were given decided.
  absl::Status Choices() {
    const absl::StatusOr<json> tokenizer = Facts(kTokenizerNodeId);
    if (tokenizer.ok()) {
      record_.notes.push_back({"tokenizer", tokenizer->value("identity", "")});
    } else if (!absl::IsNotFound(tokenizer.status())) {
      return tokenizer.status();
    }
    for (const ModelConfig* model : config_.NeededModels()) {
      if (model->kind != ModelKind::kPretrain) continue;
      const absl::StatusOr<json> facts = Facts(WeightsNodeId(model->label));
      if (absl::IsNotFound(facts.status())) continue;
      RETURN_IF_ERROR(facts.status());
      record_.notes.push_back(
          {"heads",
           absl::StrCat(model->label, ": ",
                        facts->value("fresh_heads", false)
                            ? "fresh ones, as it starts from none"
                            : "those of the weights that it starts from")});
    }
    return absl::OkStatus();
  }

  absl::Status Datasets() {
    if (config_.rows.empty()) return absl::OkStatus();
    for (const std::string& name : config_.evaluation.datasets) {
      ASSIGN_OR_RETURN(const PreparedSet* set, Set(name));
      const DatasetConfig& dataset = config_.datasets.at(name);
      DatasetRecord described = DescribeSet(*set);
      described.name = name;
      described.title = dataset.title.empty() ? name : dataset.title;
      described.culture = dataset.culture;
      described.transductive = dataset.is_transductive;
      record_.datasets.push_back(std::move(described));
      for (const std::string& note : set->notes) {
        record_.notes.push_back({absl::StrCat("dataset ", name), note});
      }
    }
    return absl::OkStatus();
  }

  absl::Status Corpora() {
    std::set<std::string> names;
    for (const ModelConfig* model : config_.NeededModels()) {
      names.insert(model->cultures.begin(), model->cultures.end());
      names.insert(model->replay.begin(), model->replay.end());
    }
    for (const std::string& name : names) {
      ASSIGN_OR_RETURN(const CorpusRecord corpus, DescribeCorpusOf(name));
      record_.corpora.push_back(corpus);
    }
    bool any_synthetic = false;
    bool any_real = false;
    for (const CorpusRecord& corpus : record_.corpora) {
      (corpus.synthetic ? any_synthetic : any_real) = true;
    }
    for (const DatasetRecord& dataset : record_.datasets) {
      (dataset.synthetic ? any_synthetic : any_real) = true;
    }
    record_.data = any_synthetic && any_real ? DataKind::kMixed
                   : any_real                ? DataKind::kReal
                                             : DataKind::kSynthetic;
    return absl::OkStatus();
  }

  // Of what models are pre-trained on.
  absl::StatusOr<CorpusRecord> DescribeCorpusOf(const std::string& name) {
    ASSIGN_OR_RETURN(const std::string folder, Folder(SetNodeId(name)));
    ASSIGN_OR_RETURN(const PreparedSet* set, Set(name));
    ASSIGN_OR_RETURN(
        const std::unique_ptr<PcmStore> audio,
        PcmStore::Open(*context_.files, JoinPath(folder, kPreparedStoreName)));
    const DatasetConfig& dataset = config_.datasets.at(name);
    CorpusRecord corpus;
    corpus.name = name;
    corpus.culture = dataset.culture;
    corpus.synthetic = set->is_synthetic;
    std::vector<std::string> ids;
    for (const PreparedRecording& recording : set->recordings) {
      const bool is_used =
          recording.split == Split::kTrain ||
          (recording.split == Split::kValid && dataset.trains_on_validation) ||
          (recording.split == Split::kTest && dataset.is_transductive);
      if (!is_used) continue;
      ids.push_back(recording.id);
      for (const std::string& clip : recording.clips) {
        const std::optional<std::size_t> place = audio->Find(clip);
        if (place.has_value()) {
          corpus.hours += audio->recordings()[*place].seconds() / 3600;
        }
      }
    }
    corpus.recordings = ids.size();
    corpus.ids_hash = HashOfIds(std::move(ids));
    return corpus;
  }

  absl::Status Row(const ModelConfig& model) {
    ModelRecord row;
    row.label = model.label;
    row.title = model.title.empty() ? model.label : model.title;
    const absl::StatusOr<const Plan::Node*> weights =
        Node(WeightsNodeId(model.label));
    if (weights.ok()) {
      row.weights_key = (*weights)->key.ToHex();
      row.provenance = (*weights)->label();
    }
    record_.models.push_back(std::move(row));
    for (const std::string& dataset : config_.evaluation.datasets) {
      ASSIGN_OR_RETURN(Record score,
                       Partial(ScoreNodeId(model.label, dataset)));
      ResultRecord& result = score.results.front();
      result.model = model.label;
      result.dataset = dataset;
      record_.results.push_back(std::move(result));
      RETURN_IF_ERROR(Predictions(model, dataset));
    }
    return absl::OkStatus();
  }

  absl::Status Predictions(const ModelConfig& model,
                           const std::string& dataset) {
    ASSIGN_OR_RETURN(const PreparedSet* set, Set(dataset));
    ASSIGN_OR_RETURN(const std::string folder,
                     Folder(ProbeNodeId(model.label, dataset)));
    ASSIGN_OR_RETURN(const LabelledScores scores,
                     ReadTestScores(*context_.files, folder, *set));
    DatasetPredictions& predictions = PredictionsOf(dataset, scores);
    for (std::size_t i = 0; i < scores.seeds.size(); ++i) {
      DatasetPredictions::Scores of_seed;
      of_seed.model = model.label;
      of_seed.seed = config_.evaluation.seeds[i];
      of_seed.values.assign(scores.seeds[i].begin(), scores.seeds[i].end());
      predictions.scores.push_back(std::move(of_seed));
    }
    return absl::OkStatus();
  }

  DatasetPredictions& PredictionsOf(const std::string& dataset,
                                    const LabelledScores& scores) {
    for (DatasetPredictions& predictions : predictions_) {
      if (predictions.dataset == dataset) return predictions;
    }
    DatasetPredictions predictions;
    predictions.dataset = dataset;
    predictions.truth = {scores.ids, scores.tags, scores.truth};
    predictions_.push_back(std::move(predictions));
    return predictions_.back();
  }

  // Of one pair of models, each metric's p-values over the datasets are a
  // family.
  absl::Status Comparisons() {
    for (const ModelPair& pair : config_.comparisons) {
      std::map<Metric, std::vector<std::size_t>> families;
      for (const std::string& dataset : config_.evaluation.datasets) {
        ASSIGN_OR_RETURN(
            Record partial,
            Partial(CompareNodeId(pair.model, pair.against, dataset)));
        for (ComparisonRecord& comparison : partial.comparisons) {
          comparison.model = pair.model;
          comparison.against = pair.against;
          comparison.dataset = dataset;
          families[comparison.metric].push_back(record_.comparisons.size());
          record_.comparisons.push_back(std::move(comparison));
        }
      }
      for (const auto& [metric, members] : families) AdjustFamily(members);
    }
    return absl::OkStatus();
  }

  void AdjustFamily(const std::vector<std::size_t>& members) {
    std::vector<double> p_values;
    for (const std::size_t i : members) {
      p_values.push_back(record_.comparisons[i].p);
    }
    const std::vector<double> adjusted = HolmAdjust(p_values);
    for (std::size_t i = 0; i < members.size(); ++i) {
      record_.comparisons[members[i]].p_holm = adjusted[i];
    }
  }

  // The loss of every pre-training.
  absl::Status Curves() {
    for (const ModelConfig* model : config_.NeededModels()) {
      if (model->kind != ModelKind::kPretrain) continue;
      ASSIGN_OR_RETURN(const std::string folder,
                       Folder(WeightsNodeId(model->label)));
      const absl::StatusOr<JsonLines> lines = ReadJsonLines(
          *context_.files, JoinPath(folder, kTrainingMetricsName));
      // Pruned: the weights were not needed any more.
      if (absl::IsNotFound(lines.status())) continue;
      RETURN_IF_ERROR(lines.status());
      AddCurve(model->label, lines->records);
    }
    return absl::OkStatus();
  }

  void AddCurve(const std::string& label, const std::vector<json>& lines) {
    SeriesRecord training;
    training.name = "training_loss";
    training.label = label;
    training.x_label = "update";
    training.y_label = "loss a hidden frame, nats";
    SeriesRecord held_out = training;
    held_out.name = "held_out_loss";
    const std::size_t step =
        std::max<std::size_t>(1, lines.size() / kCurvePoints);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const json& line = lines[i];
      const double update = line.value("update", 0.0);
      if (line.contains("validation_loss")) {
        held_out.x.push_back(update);
        held_out.y.push_back(line["validation_loss"].get<double>());
      } else if (i % step == 0 && line.contains("loss")) {
        training.x.push_back(update);
        training.y.push_back(line["loss"].get<double>());
      }
    }
    if (!training.x.empty()) record_.series.push_back(std::move(training));
    if (!held_out.x.empty()) record_.series.push_back(std::move(held_out));
  }

  // A line a pair of datasets and measure, with one point.
  absl::Status TokenSimilarities() {
    if (!config_.token_similarity) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::string folder, Folder(kTokenSimilarityNodeId));
    const std::string path = JoinPath(folder, kTokenSimilarityName);
    ASSIGN_OR_RETURN(const std::string text, context_.files->Read(path));
    ASSIGN_OR_RETURN(const json pairs, ParseJson(text, path));
    for (const json& pair : pairs) {
      for (const char* measure :
           {"js_mean", "js_first_book", "cosine_mean", "cosine_first_book"}) {
        SeriesRecord series;
        series.name = absl::StrCat("token_similarity.", measure);
        series.label = absl::StrCat(pair["first"].get<std::string>(), " and ",
                                    pair["second"].get<std::string>());
        series.x_label = "pair of datasets";
        series.y_label = measure;
        series.x = {0};
        series.y = {pair[measure].get<double>()};
        record_.series.push_back(std::move(series));
      }
    }
    return absl::OkStatus();
  }

  const StudyContext& context_;
  const ExperimentConfig& config_;
  const Plan& plan_;
  ArtifactStore& store_;
  const StudyRun& run_;
  Record record_;
  std::map<std::string, PreparedSet> sets_;
  std::vector<DatasetPredictions> predictions_;
};

// Whether both are of the same artifacts, put together in the same way.
bool IsSameStudy(const Record& a, const Record& b) {
  const auto same_actions = [&] {
    return std::equal(a.actions.begin(), a.actions.end(), b.actions.begin(),
                      b.actions.end(),
                      [](const ActionRecord& x, const ActionRecord& y) {
                        return x.name == y.name && x.key == y.key;
                      });
  };
  return a.experiment == b.experiment && a.profile == b.profile &&
         a.configuration_hash == b.configuration_hash && same_actions();
}

// Waits for processes that write at this moment.
absl::StatusOr<std::unique_ptr<FileLock>> LockRecords(
    Files& files, absl::string_view directory) {
  RETURN_IF_ERROR(files.CreateDirectories(directory));
  const std::string path = JoinPath(directory, kRecordsLockName);
  while (true) {
    absl::StatusOr<std::unique_ptr<FileLock>> lock = files.Lock(path);
    if (!absl::IsUnavailable(lock.status())) return lock;
    absl::SleepFor(absl::Milliseconds(200));
  }
}

}  // namespace

absl::StatusOr<WrittenRecord> WriteStudyRecord(const StudyContext& context,
                                               const ExperimentConfig& config,
                                               const Plan& plan,
                                               ArtifactStore& store,
                                               const StudyRun& run,
                                               absl::string_view directory) {
  Assembler assembler(context, config, plan, store, run);
  RETURN_IF_ERROR(assembler.Assemble());
  ASSIGN_OR_RETURN(const std::unique_ptr<FileLock> lock,
                   LockRecords(*context.files, directory));
  ASSIGN_OR_RETURN(RecordList there, ReadRecords(*context.files, directory));
  for (StoredRecord& stored : there.records) {
    if (IsSameStudy(stored.record, assembler.record())) {
      return WrittenRecord{std::move(stored), true};
    }
  }
  ASSIGN_OR_RETURN(StoredRecord written,
                   WriteRecord(*context.files, directory, assembler.record(),
                               assembler.predictions()));
  return WrittenRecord{std::move(written), false};
}

}  // namespace culturemert
