#include "experiments/study/record_inputs.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "datasets/store/pcm_store.h"
#include "experiments/actions/prepared_set.h"
#include "experiments/study/data_nodes.h"
#include "experiments/study/model_nodes.h"
#include "experiments/study/set_scores.h"
#include "experiments/study/training_sources.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using nlohmann::json;

absl::Status AddTokenizer(StudyArtifacts& artifacts, Record& record) {
  const absl::StatusOr<json> facts = artifacts.Facts(kTokenizerNodeId);
  if (absl::IsNotFound(facts.status())) return absl::OkStatus();
  RETURN_IF_ERROR(facts.status());
  record.notes.push_back({"tokenizer", facts->value("identity", "")});
  return absl::OkStatus();
}

absl::Status AddHeads(const ExperimentConfig& config, StudyArtifacts& artifacts,
                      Record& record) {
  for (const ModelConfig* model : config.NeededModels()) {
    if (model->kind != ModelKind::kPretrain) continue;
    const absl::StatusOr<json> facts =
        artifacts.Facts(WeightsNodeId(model->label));
    if (absl::IsNotFound(facts.status())) continue;
    RETURN_IF_ERROR(facts.status());
    record.notes.push_back(
        {"heads",
         absl::StrCat(model->label, ": ",
                      facts->value("fresh_heads", false)
                          ? "fresh ones, as it starts from none"
                          : "those of the weights that it starts from")});
  }
  return absl::OkStatus();
}

void AddNotes(const std::string& about, const PreparedSet& set,
              Record& record) {
  for (const std::string& note : set.notes) {
    record.notes.push_back({about, note});
  }
}

absl::Status AddDatasets(const ExperimentConfig& config,
                         StudyArtifacts& artifacts, Record& record) {
  if (config.rows.empty()) return absl::OkStatus();
  for (const std::string& name : config.evaluation.datasets) {
    ASSIGN_OR_RETURN(const PreparedSet* set, artifacts.Set(name));
    const DatasetConfig& dataset = config.datasets.at(name);
    DatasetRecord described = DescribeSet(*set);
    described.name = name;
    described.title = dataset.title.empty() ? name : dataset.title;
    described.culture = dataset.culture;
    described.transductive = dataset.is_transductive;
    record.datasets.push_back(std::move(described));
    AddNotes(absl::StrCat("dataset ", name), *set, record);
  }
  return absl::OkStatus();
}

// Of what models are pre-trained on.
absl::StatusOr<CorpusRecord> DescribeCorpus(const std::string& name,
                                            const DatasetConfig& dataset,
                                            StudyArtifacts& artifacts) {
  ASSIGN_OR_RETURN(const std::string folder, artifacts.Folder(SetNodeId(name)));
  ASSIGN_OR_RETURN(const PreparedSet* set, artifacts.Set(name));
  ASSIGN_OR_RETURN(
      const std::unique_ptr<PcmStore> audio,
      PcmStore::Open(artifacts.files(), JoinPath(folder, kPreparedStoreName)));
  CorpusRecord corpus;
  corpus.name = name;
  corpus.culture = dataset.culture;
  corpus.synthetic = set->is_synthetic;
  const std::vector<Split> splits = TrainingSplits(dataset);
  std::vector<std::string> ids;
  for (const PreparedRecording& recording : set->recordings) {
    if (std::count(splits.begin(), splits.end(), recording.split) == 0) {
      continue;
    }
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

absl::Status AddCorpora(const ExperimentConfig& config,
                        StudyArtifacts& artifacts, Record& record) {
  std::set<std::string> names;
  for (const ModelConfig* model : config.NeededModels()) {
    names.insert(model->cultures.begin(), model->cultures.end());
    names.insert(model->replay.begin(), model->replay.end());
  }
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(CorpusRecord corpus,
                     DescribeCorpus(name, config.datasets.at(name), artifacts));
    record.corpora.push_back(std::move(corpus));
    const bool is_noted = std::any_of(
        record.datasets.begin(), record.datasets.end(),
        [&name](const DatasetRecord& probed) { return probed.name == name; });
    if (is_noted) continue;
    ASSIGN_OR_RETURN(const PreparedSet* set, artifacts.Set(name));
    AddNotes(absl::StrCat("corpus ", name), *set, record);
  }
  return absl::OkStatus();
}

DataKind KindOf(const Record& record) {
  bool any_synthetic = false;
  bool any_real = false;
  for (const CorpusRecord& corpus : record.corpora) {
    (corpus.synthetic ? any_synthetic : any_real) = true;
  }
  for (const DatasetRecord& dataset : record.datasets) {
    (dataset.synthetic ? any_synthetic : any_real) = true;
  }
  return any_synthetic && any_real ? DataKind::kMixed
         : any_real                ? DataKind::kReal
                                   : DataKind::kSynthetic;
}

}  // namespace

absl::Status AddInputs(const ExperimentConfig& config,
                       StudyArtifacts& artifacts, Record& record) {
  RETURN_IF_ERROR(AddTokenizer(artifacts, record));
  RETURN_IF_ERROR(AddHeads(config, artifacts, record));
  RETURN_IF_ERROR(AddDatasets(config, artifacts, record));
  RETURN_IF_ERROR(AddCorpora(config, artifacts, record));
  record.data = KindOf(record);
  return absl::OkStatus();
}

}  // namespace culturemert
