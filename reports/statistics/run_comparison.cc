#include "reports/statistics/run_comparison.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "experiments/metrics/score_tables.h"
#include "experiments/metrics/statistics.h"
#include "tools/base/files/paths.h"
#include "tools/base/hash/hash.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

bool HasModel(const Record& record, const std::string& label) {
  return std::any_of(
      record.models.begin(), record.models.end(),
      [&](const ModelRecord& model) { return model.label == label; });
}

absl::Status CheckModel(const StoredRecord& stored, const std::string& label) {
  if (HasModel(stored.record, label)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      stored.path, ": no model is called ", QuoteForMessage(label),
      "; there are ",
      absl::StrJoin(stored.record.models, ", ",
                    [](std::string* out, const ModelRecord& model) {
                      absl::StrAppend(out, model.label);
                    })));
}

// Pairs of labels to compare.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> PairsOf(
    const ComparedRun& first, const ComparedRun& second) {
  std::vector<std::pair<std::string, std::string>> pairs;
  if (!first.model.empty() || !second.model.empty()) {
    pairs.push_back({first.model.empty() ? second.model : first.model,
                     second.model.empty() ? first.model : second.model});
    RETURN_IF_ERROR(CheckModel(first.stored, pairs.front().first));
    RETURN_IF_ERROR(CheckModel(second.stored, pairs.front().second));
  } else {
    for (const ModelRecord& model : first.stored.record.models) {
      if (HasModel(second.stored.record, model.label)) {
        pairs.push_back({model.label, model.label});
      }
    }
  }
  if (pairs.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "no model is in both ", first.stored.path, " and ", second.stored.path,
        "; name one of each: --compare=A:MODEL,B:MODEL"));
  }
  const bool is_same_file = first.stored.path == second.stored.path;
  if (is_same_file && pairs.front().first == pairs.front().second) {
    return absl::InvalidArgumentError(
        absl::StrCat(first.stored.path,
                     " is compared with itself; name a model of each: "
                     "--compare=A:MODEL,A:OTHER_MODEL"));
  }
  return pairs;
}

// The predictions of one model on one dataset; null if there are none.
const PredictionFile* FindPredictions(const Record& record,
                                      const std::string& dataset,
                                      const std::string& model,
                                      std::optional<std::uint64_t> seed) {
  for (const PredictionFile& file : record.predictions) {
    if (file.dataset == dataset && file.model == model && file.seed == seed) {
      return &file;
    }
  }
  return nullptr;
}

std::vector<std::uint64_t> SeedsOf(const Record& record,
                                   const std::string& dataset,
                                   const std::string& model) {
  std::vector<std::uint64_t> seeds;
  for (const PredictionFile& file : record.predictions) {
    if (file.dataset == dataset && file.model == model && file.seed) {
      seeds.push_back(*file.seed);
    }
  }
  std::sort(seeds.begin(), seeds.end());
  return seeds;
}

absl::StatusOr<std::string> CheckedPath(Files& files,
                                        const StoredRecord& stored,
                                        const PredictionFile& file) {
  ASSIGN_OR_RETURN(const std::string path,
                   JoinInside(stored.predictions_directory, file.path));
  ASSIGN_OR_RETURN(const Hash128 checksum, HashFile(files, path));
  if (checksum == file.checksum) return path;
  return absl::DataLossError(
      absl::StrCat(path, ": its checksum is not the one in ", stored.path,
                   ", so it was changed or cut off; run the experiment again"));
}

absl::StatusOr<LabelledScores> ReadScores(
    Files& files, const StoredRecord& stored, const std::string& dataset,
    const std::string& model, const std::vector<std::uint64_t>& seeds) {
  const PredictionFile* const truth =
      FindPredictions(stored.record, dataset, "", std::nullopt);
  if (truth == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(stored.path, ": there is no truth of dataset ", dataset));
  }
  ASSIGN_OR_RETURN(const std::string truth_path,
                   CheckedPath(files, stored, *truth));
  std::vector<std::string> paths;
  for (const std::uint64_t seed : seeds) {
    ASSIGN_OR_RETURN(
        std::string path,
        CheckedPath(files, stored,
                    *FindPredictions(stored.record, dataset, model, seed)));
    paths.push_back(std::move(path));
  }
  return ReadScoreTables(files, truth_path, paths);
}

const DatasetRecord* FindDataset(const Record& record,
                                 const std::string& name) {
  for (const DatasetRecord& dataset : record.datasets) {
    if (dataset.name == name) return &dataset;
  }
  return nullptr;
}

// Empty if the two records' predictions on a dataset can be compared.
std::string WhyNot(const DatasetRecord& first, const DatasetRecord* second,
                   const std::vector<std::uint64_t>& seeds) {
  if (second == nullptr) return "only one run was tested on it";
  if (first.ids_hash != second->ids_hash || first.tags != second->tags) {
    return "its recordings or tags differ";
  }
  if (seeds.empty()) return "the runs have no seed in common";
  return "";
}

void AdjustOverDatasets(std::vector<DatasetComparison>* datasets) {
  std::map<std::tuple<std::string, std::string, Metric>,
           std::vector<Difference*>>
      families;
  for (DatasetComparison& dataset : *datasets) {
    for (const Metric metric : kMetrics) {
      std::optional<Difference>& all = dataset.results.all.metrics[metric];
      if (!all.has_value()) continue;
      families[{dataset.first_model, dataset.second_model, metric}].push_back(
          &*all);
    }
  }
  for (auto& [key, members] : families) {
    std::vector<double> p_values;
    for (const Difference* member : members) {
      p_values.push_back(member->p_value);
    }
    const std::vector<double> adjusted = HolmAdjust(p_values);
    for (std::size_t i = 0; i < members.size(); ++i) {
      members[i]->holm_p_value = adjusted[i];
    }
  }
}

}  // namespace

absl::StatusOr<ComparedRun> ReadComparedRun(Files& files,
                                            absl::string_view directory,
                                            absl::string_view text) {
  ComparedRun run;
  absl::string_view record = text;
  const std::size_t colon = text.rfind(':');
  if (colon != absl::string_view::npos && !absl::EndsWith(text, ".json") &&
      !absl::StrContains(text.substr(colon), "/")) {
    record = text.substr(0, colon);
    run.model = std::string(text.substr(colon + 1));
  }
  const std::string name = absl::EndsWith(record, ".json")
                               ? std::string(record)
                               : absl::StrCat(record, ".json");
  const std::string path = absl::StrContains(record, "/")
                               ? ResolveUserPath(name)
                               : JoinPath(directory, name);
  ASSIGN_OR_RETURN(run.stored, ReadRecord(files, path));
  if (!run.model.empty()) RETURN_IF_ERROR(CheckModel(run.stored, run.model));
  return run;
}

absl::StatusOr<RunComparison> CompareRuns(Files& files, ThreadPool& pool,
                                          const ComparedRun& first,
                                          const ComparedRun& second,
                                          const ResamplingOptions& options) {
  RunComparison comparison;
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  ASSIGN_OR_RETURN(const Pairs pairs, PairsOf(first, second));
  for (const auto& [model, reference] : pairs) {
    for (const DatasetRecord& dataset : first.stored.record.datasets) {
      const std::vector<std::uint64_t> own =
          SeedsOf(first.stored.record, dataset.name, model);
      const std::vector<std::uint64_t> other =
          SeedsOf(second.stored.record, dataset.name, reference);
      std::vector<std::uint64_t> seeds;
      std::set_intersection(own.begin(), own.end(), other.begin(), other.end(),
                            std::back_inserter(seeds));
      const std::string why_not = WhyNot(
          dataset, FindDataset(second.stored.record, dataset.name), seeds);
      if (!why_not.empty()) {
        comparison.notes.push_back(absl::StrCat(
            model, " and ", reference, " on ", dataset.name, ": ", why_not));
        continue;
      }
      ASSIGN_OR_RETURN(
          const LabelledScores scores,
          ReadScores(files, first.stored, dataset.name, model, seeds));
      ASSIGN_OR_RETURN(
          const LabelledScores reference_scores,
          ReadScores(files, second.stored, dataset.name, reference, seeds));
      DatasetComparison of_dataset;
      of_dataset.first_model = model;
      of_dataset.second_model = reference;
      of_dataset.dataset = dataset;
      of_dataset.seeds = seeds.size();
      of_dataset.recordings = scores.num_recordings();
      ASSIGN_OR_RETURN(
          of_dataset.results,
          Annotate(CompareModels(pool, scores, reference_scores, {}, options),
                   dataset.name));
      comparison.datasets.push_back(std::move(of_dataset));
    }
  }
  if (comparison.datasets.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "nothing to compare: ", absl::StrJoin(comparison.notes, "; ")));
  }
  AdjustOverDatasets(&comparison.datasets);
  return comparison;
}

}  // namespace culturemert
