#include "experiments/records/record_check.h"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "experiments/records/record_ranges.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

absl::Status Refuse(absl::string_view place, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(place, ": ", problem));
}

template <typename T, typename Key>
absl::Status CheckUnique(const std::vector<T>& list, absl::string_view place,
                         Key key) {
  absl::flat_hash_set<std::decay_t<decltype(key(list.front()))>> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!seen.insert(key(list[i])).second) {
      return Refuse(absl::StrCat(place, ".", i), "stands twice");
    }
  }
  return absl::OkStatus();
}

template <typename T>
absl::Status CheckUnique(const std::vector<T>& list, absl::string_view place) {
  return CheckUnique(list, place, [](const T& value) { return value; });
}

absl::Status CheckSize(std::size_t found, std::size_t expected,
                       const std::string& place, absl::string_view of) {
  if (found == expected) return absl::OkStatus();
  return Refuse(place, absl::StrCat("has ", found, " elements, expected ",
                                    expected, ", one for each ", of));
}

template <typename T>
absl::Status CheckInterval(const T& holder, const std::string& place) {
  const bool both = holder.low.has_value() && holder.high.has_value();
  const bool none = !holder.low.has_value() && !holder.high.has_value();
  if (none || (both && *holder.low <= *holder.high)) return absl::OkStatus();
  return Refuse(place,
                both ? "low is above high" : "has only one of low and high");
}

// The names that other parts of the record refer to.
class References {
 public:
  explicit References(const Record& record) {
    for (const DatasetRecord& dataset : record.datasets) {
      datasets_.emplace(dataset.name, &dataset);
    }
    for (const ModelRecord& model : record.models) models_.insert(model.label);
  }

  absl::Status Check(absl::string_view model, absl::string_view dataset,
                     const std::string& place) const {
    if (models_.count(model) == 0) {
      return Refuse(place, absl::StrCat("the model ", QuoteForMessage(model),
                                        " is not in models"));
    }
    return CheckDataset(dataset, place);
  }

  absl::Status CheckDataset(absl::string_view dataset,
                            const std::string& place) const {
    if (datasets_.count(dataset) != 0) return absl::OkStatus();
    return Refuse(place, absl::StrCat("the dataset ", QuoteForMessage(dataset),
                                      " is not in datasets"));
  }

  const DatasetRecord& Dataset(absl::string_view name) const {
    return *datasets_.at(name);
  }

 private:
  absl::flat_hash_map<absl::string_view, const DatasetRecord*> datasets_;
  absl::flat_hash_set<absl::string_view> models_;
};

absl::Status CheckDataset(const DatasetRecord& dataset,
                          const std::string& place) {
  const std::size_t tags = dataset.tags.size();
  RETURN_IF_ERROR(CheckUnique(dataset.tags, absl::StrCat(place, ".tags")));
  RETURN_IF_ERROR(CheckSize(dataset.tag_groups.size(), tags,
                            absl::StrCat(place, ".tag_groups"), "tag"));
  RETURN_IF_ERROR(CheckSize(dataset.tag_positives.size(), tags,
                            absl::StrCat(place, ".tag_positives"), "tag"));
  for (std::size_t i = 0; i < tags; ++i) {
    if (dataset.tag_positives[i] > dataset.test_recordings) {
      return Refuse(absl::StrCat(place, ".tag_positives.", i),
                    absl::StrCat("found ", dataset.tag_positives[i],
                                 ", expected at most the ",
                                 dataset.test_recordings, " test recordings"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckByTag(const MetricResult& metric, std::size_t tags,
                        const std::string& place) {
  if (metric.by_tag.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(
      CheckSize(metric.by_tag.size(), metric.values.size(), place, "seed"));
  for (std::size_t i = 0; i < metric.by_tag.size(); ++i) {
    const std::vector<double>& row = metric.by_tag[i];
    const std::string row_place = absl::StrCat(place, ".", i);
    RETURN_IF_ERROR(CheckSize(row.size(), tags, row_place, "tag"));
    const auto undefined = static_cast<std::uint64_t>(
        std::count_if(row.begin(), row.end(),
                      [](double value) { return std::isnan(value); }));
    if (undefined != metric.undefined_tags) {
      return Refuse(row_place, absl::StrCat("has ", undefined,
                                            " undefined tags, expected ",
                                            metric.undefined_tags));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckMetric(const MetricResult& metric, std::size_t seeds,
                         const DatasetRecord& dataset,
                         const std::string& place) {
  RETURN_IF_ERROR(CheckSize(metric.values.size(), seeds,
                            absl::StrCat(place, ".values"), "seed"));
  const auto [lowest, highest] =
      std::minmax_element(metric.values.begin(), metric.values.end());
  constexpr double kRounding = 1e-12;
  if (metric.mean < *lowest - kRounding || metric.mean > *highest + kRounding) {
    return Refuse(absl::StrCat(place, ".mean"), "lies outside the values");
  }
  if (metric.deviation.has_value() != (seeds > 1)) {
    return Refuse(absl::StrCat(place, ".deviation"),
                  seeds > 1 ? "is missing" : "is given for one seed");
  }
  RETURN_IF_ERROR(CheckInterval(metric, place));
  if (metric.scored_tags + metric.undefined_tags != dataset.tags.size()) {
    return Refuse(
        place, absl::StrCat("scored and undefined tags are ",
                            metric.scored_tags, " + ", metric.undefined_tags,
                            ", expected ", dataset.tags.size(), " together"));
  }
  RETURN_IF_ERROR(
      CheckByTag(metric, dataset.tags.size(), absl::StrCat(place, ".by_tag")));
  const std::string groups = absl::StrCat(place, ".by_group");
  RETURN_IF_ERROR(
      CheckUnique(metric.by_group, groups, [](const GroupValues& values) {
        return absl::string_view(values.group);
      }));
  for (std::size_t i = 0; i < metric.by_group.size(); ++i) {
    RETURN_IF_ERROR(CheckSize(metric.by_group[i].values.size(), seeds,
                              absl::StrCat(groups, ".", i, ".values"), "seed"));
  }
  return absl::OkStatus();
}

absl::Status CheckResult(const ResultRecord& result,
                         const References& references,
                         const std::string& place) {
  RETURN_IF_ERROR(references.Check(result.model, result.dataset, place));
  if (result.seeds.empty()) return Refuse(place, "has no seeds");
  RETURN_IF_ERROR(CheckUnique(result.seeds, absl::StrCat(place, ".seeds")));
  const std::string metrics = absl::StrCat(place, ".metrics");
  RETURN_IF_ERROR(
      CheckUnique(result.metrics, metrics,
                  [](const MetricResult& metric) { return metric.metric; }));
  const DatasetRecord& dataset = references.Dataset(result.dataset);
  if (result.recordings > dataset.test_recordings) {
    return Refuse(
        absl::StrCat(place, ".recordings"),
        absl::StrCat("found ", result.recordings, ", expected at most the ",
                     dataset.test_recordings, " test recordings"));
  }
  for (std::size_t i = 0; i < result.metrics.size(); ++i) {
    RETURN_IF_ERROR(CheckMetric(result.metrics[i], result.seeds.size(), dataset,
                                absl::StrCat(metrics, ".", i)));
  }
  return absl::OkStatus();
}

absl::Status CheckResults(const Record& record, const References& references) {
  RETURN_IF_ERROR(
      CheckUnique(record.results, "results", [](const ResultRecord& result) {
        return std::pair<absl::string_view, absl::string_view>(result.model,
                                                               result.dataset);
      }));
  for (std::size_t i = 0; i < record.results.size(); ++i) {
    RETURN_IF_ERROR(CheckResult(record.results[i], references,
                                absl::StrCat("results.", i)));
  }
  for (std::size_t i = 0; i < record.comparisons.size(); ++i) {
    const ComparisonRecord& comparison = record.comparisons[i];
    const std::string place = absl::StrCat("comparisons.", i);
    RETURN_IF_ERROR(
        references.Check(comparison.model, comparison.dataset, place));
    RETURN_IF_ERROR(
        references.Check(comparison.against, comparison.dataset, place));
    if (comparison.model == comparison.against) {
      return Refuse(place, "compares a model with itself");
    }
    RETURN_IF_ERROR(CheckInterval(comparison, place));
  }
  return absl::OkStatus();
}

absl::Status CheckSeries(const SeriesRecord& series, const std::string& place) {
  const std::size_t points = series.x.size();
  RETURN_IF_ERROR(
      CheckSize(series.y.size(), points, absl::StrCat(place, ".y"), "x"));
  RETURN_IF_ERROR(CheckSize(series.high.size(), series.low.size(),
                            absl::StrCat(place, ".high"), "low"));
  if (series.low.empty()) return absl::OkStatus();
  return CheckSize(series.low.size(), points, absl::StrCat(place, ".low"), "x");
}

absl::Status CheckPrediction(const PredictionFile& file,
                             const References& references,
                             const std::string& place) {
  if (file.model.empty()) {
    RETURN_IF_ERROR(references.CheckDataset(file.dataset, place));
  } else {
    RETURN_IF_ERROR(references.Check(file.model, file.dataset, place));
  }
  if (file.model.empty() == file.seed.has_value()) {
    return Refuse(absl::StrCat(place, ".seed"),
                  file.model.empty() ? "is given for the truth" : "is missing");
  }
  const std::string path = PredictionPath(file.dataset, file.model, file.seed);
  if (file.path == path) return absl::OkStatus();
  return Refuse(
      absl::StrCat(place, ".path"),
      absl::StrCat("found ", QuoteForMessage(file.path), ", expected ", path));
}

absl::Status CheckTiming(const Record& record) {
  if (!record.timing.has_value()) return absl::OkStatus();
  if (record.timing->finished < record.timing->started) {
    return Refuse("timing.finished", "lies before started");
  }
  return CheckSize(record.timing->actions.size(), record.actions.size(),
                   "timing.actions", "action");
}

absl::Status CheckNames(const Record& record) {
  RETURN_IF_ERROR(CheckUnique(record.seeds, "seeds"));
  RETURN_IF_ERROR(
      CheckUnique(record.corpora, "corpora", [](const CorpusRecord& corpus) {
        return absl::string_view(corpus.name);
      }));
  RETURN_IF_ERROR(CheckUnique(record.datasets, "datasets",
                              [](const DatasetRecord& dataset) {
                                return absl::string_view(dataset.name);
                              }));
  RETURN_IF_ERROR(CheckUnique(
      record.models, "models",
      [](const ModelRecord& model) { return absl::string_view(model.label); }));
  return CheckUnique(
      record.predictions, "predictions",
      [](const PredictionFile& file) { return absl::string_view(file.path); });
}

// So that no table can take rendered audio for recordings.
absl::Status CheckData(const Record& record) {
  bool synthetic = false;
  bool real = false;
  for (const CorpusRecord& corpus : record.corpora) {
    (corpus.synthetic ? synthetic : real) = true;
  }
  for (const DatasetRecord& dataset : record.datasets) {
    (dataset.synthetic ? synthetic : real) = true;
  }
  if (!synthetic && !real) return absl::OkStatus();
  const DataKind expected = synthetic && real ? DataKind::kMixed
                            : synthetic       ? DataKind::kSynthetic
                                              : DataKind::kReal;
  if (record.data == expected) return absl::OkStatus();
  return Refuse("data", "does not agree with what corpora and datasets say");
}

absl::Status CheckVersionAndHash(const Record& record) {
  if (record.schema_version != kRecordSchemaVersion) {
    return Refuse("schema_version",
                  absl::StrCat("found ", record.schema_version, ", expected ",
                               kRecordSchemaVersion));
  }
  if (HashBytes(record.configuration) != record.configuration_hash) {
    return Refuse("configuration_hash", "is not that of the configuration");
  }
  return absl::OkStatus();
}

}  // namespace

bool IsRecordLabel(absl::string_view text) {
  return !text.empty() && text.size() <= 64 && absl::ascii_isalnum(text[0]) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(c) || absl::StrContains("_-.+", c);
         });
}

std::string PredictionPath(absl::string_view dataset, absl::string_view model,
                           std::optional<std::uint64_t> seed) {
  if (model.empty()) return absl::StrCat(dataset, "/truth.csv");
  return absl::StrCat(dataset, "/", model, "/scores-seed-", seed.value_or(0),
                      ".csv");
}

absl::Status CheckRecord(const Record& record) {
  RETURN_IF_ERROR(record_internal::CheckRanges(record));
  RETURN_IF_ERROR(CheckVersionAndHash(record));
  RETURN_IF_ERROR(CheckNames(record));
  RETURN_IF_ERROR(CheckData(record));
  for (std::size_t i = 0; i < record.datasets.size(); ++i) {
    RETURN_IF_ERROR(
        CheckDataset(record.datasets[i], absl::StrCat("datasets.", i)));
  }
  const References references(record);
  RETURN_IF_ERROR(CheckResults(record, references));
  for (std::size_t i = 0; i < record.series.size(); ++i) {
    RETURN_IF_ERROR(CheckSeries(record.series[i], absl::StrCat("series.", i)));
  }
  for (std::size_t i = 0; i < record.predictions.size(); ++i) {
    RETURN_IF_ERROR(CheckPrediction(record.predictions[i], references,
                                    absl::StrCat("predictions.", i)));
  }
  return CheckTiming(record);
}

}  // namespace culturemert
