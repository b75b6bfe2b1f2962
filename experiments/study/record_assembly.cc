#include "experiments/study/record_assembly.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "datasets/audio/decoder_versions.h"
#include "experiments/actions/prepared_set.h"
#include "experiments/metrics/statistics.h"
#include "experiments/records/build_information.h"
#include "experiments/records/predictions.h"
#include "experiments/records/record_json.h"
#include "experiments/study/evaluation_nodes.h"
#include "experiments/study/model_nodes.h"
#include "experiments/study/record_inputs.h"
#include "experiments/study/record_series.h"
#include "experiments/study/set_scores.h"
#include "experiments/study/study_artifacts.h"
#include "models/device/cuda_backend.h"
#include "models/device/device.h"
#include "models/device/runtime.h"
#include "tools/base/config/config.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr char kRecordsLockName[] = "writing.lock";

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
        artifacts_(plan, store),
        run_(run) {}

  absl::Status Assemble() {
    RETURN_IF_ERROR(Head());
    RETURN_IF_ERROR(Actions());
    RETURN_IF_ERROR(AddInputs(config_, artifacts_, record_));
    for (const std::string& row : config_.rows) {
      RETURN_IF_ERROR(Row(*config_.FindModel(row)));
    }
    RETURN_IF_ERROR(Comparisons());
    return AddSeries(config_, artifacts_, record_);
  }

  const Record& record() const { return record_; }
  const std::vector<DatasetPredictions>& predictions() const {
    return predictions_;
  }

 private:
  absl::StatusOr<Record> Partial(const std::string& node_id) {
    ASSIGN_OR_RETURN(const std::string folder, artifacts_.Folder(node_id));
    const std::string path = JoinPath(folder, kPartialRecordName);
    ASSIGN_OR_RETURN(const std::string text, context_.files->Read(path));
    return ParseRecord(text, path);
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
    for (const Plan::Node& node : artifacts_.plan().nodes()) {
      const absl::StatusOr<ArtifactManifest> manifest =
          artifacts_.Manifest(node);
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

  absl::Status Row(const ModelConfig& model) {
    ModelRecord row;
    row.label = model.label;
    row.title = model.title.empty() ? model.label : model.title;
    const absl::StatusOr<const Plan::Node*> weights =
        artifacts_.Node(WeightsNodeId(model.label));
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
    ASSIGN_OR_RETURN(const PreparedSet* set, artifacts_.Set(dataset));
    ASSIGN_OR_RETURN(const std::string folder,
                     artifacts_.Folder(ProbeNodeId(model.label, dataset)));
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

  const StudyContext& context_;
  const ExperimentConfig& config_;
  StudyArtifacts artifacts_;
  const StudyRun& run_;
  Record record_;
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
