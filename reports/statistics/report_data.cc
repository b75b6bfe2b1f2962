#include "reports/statistics/report_data.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "reports/statistics/study_builder.h"
#include "tools/base/files/paths.h"
#include "tools/base/hash/hash.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

std::string Started(const Record& record) {
  return record.timing.has_value() ? record.timing->started : "";
}

// smoke, mini, paper, and others behind them by name.
std::pair<int, std::string> ProfileOrder(const std::string& profile) {
  int rank = 0;
  for (const char* known : {"smoke", "mini", "paper"}) {
    if (profile == known) break;
    ++rank;
  }
  return {rank, profile};
}

auto RecordOrder(const StoredRecord& stored) {
  const Record& record = stored.record;
  return std::make_tuple(ProfileOrder(record.profile), record.experiment,
                         Started(record), std::string(Basename(stored.path)));
}

// `wanted` are among `known`, or the message says which there are.
absl::Status CheckKnown(const std::vector<std::string>& wanted,
                        const std::set<std::string>& known,
                        absl::string_view what) {
  for (const std::string& name : wanted) {
    if (known.count(name) > 0) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "no record is of ", what, " ", QuoteForMessage(name), "; there are ",
        known.empty() ? "none" : absl::StrJoin(known, ", ")));
  }
  return absl::OkStatus();
}

absl::Status CheckSelection(const std::vector<StoredRecord>& records,
                            const ReportSelection& selection) {
  std::set<std::string> experiments;
  std::set<std::string> profiles;
  for (const StoredRecord& stored : records) {
    experiments.insert(stored.record.experiment);
    profiles.insert(stored.record.profile);
  }
  RETURN_IF_ERROR(CheckKnown(selection.experiments, experiments, "experiment"));
  if (selection.profile.empty()) return absl::OkStatus();
  return CheckKnown({selection.profile}, profiles, "profile");
}

bool IsSelected(const Record& record, const ReportSelection& selection) {
  if (!selection.profile.empty() && record.profile != selection.profile) {
    return false;
  }
  return selection.experiments.empty() ||
         std::find(selection.experiments.begin(), selection.experiments.end(),
                   record.experiment) != selection.experiments.end();
}

// Of records in order, those of one experiment, profile and configuration stand
// together as soon as the configuration is part of the key; the last one stays.
void SetAsideSuperseded(std::vector<StoredRecord>& records, ReportData* data) {
  std::map<std::tuple<std::string, std::string, Hash128>, std::size_t> newest;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i].record;
    newest[{record.experiment, record.profile, record.configuration_hash}] = i;
  }
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i].record;
    const std::size_t last =
        newest[{record.experiment, record.profile, record.configuration_hash}];
    if (last == i) {
      data->records.push_back(std::move(records[i]));
    } else {
      data->superseded.push_back(
          {records[i].path,
           absl::StrCat("superseded by ", Basename(records[last].path))});
    }
  }
}

}  // namespace

absl::string_view OriginName(Origin origin) {
  switch (origin) {
    case Origin::kSynthetic:
      return "synthetic";
    case Origin::kReal:
      return "real";
    case Origin::kPublished:
      return "published";
  }
  return "";
}

const MetricResult* Study::FindMetric(std::size_t model, std::size_t dataset,
                                      Metric metric) const {
  const ResultRecord* const result = results[model][dataset];
  if (result == nullptr) return nullptr;
  for (const MetricResult& candidate : result->metrics) {
    if (candidate.metric == metric) return &candidate;
  }
  return nullptr;
}

const ComparisonRecord* Study::FindComparison(std::size_t model,
                                              std::size_t against,
                                              std::size_t dataset,
                                              Metric metric) const {
  const auto key_of = [](const StudyComparison& comparison) {
    return std::make_tuple(comparison.model, comparison.against,
                           comparison.dataset, comparison.record->metric);
  };
  const auto key = std::make_tuple(model, against, dataset, metric);
  const auto rank = [](const ComparisonRecord& comparison) {
    return std::make_pair(comparison.kind == ComparisonKind::kPermutation,
                          comparison.p_holm.value_or(comparison.p));
  };
  const ComparisonRecord* found = nullptr;
  for (auto place = std::partition_point(
           comparisons.begin(), comparisons.end(),
           [&](const StudyComparison& other) { return key_of(other) < key; });
       place != comparisons.end() && key_of(*place) == key; ++place) {
    if (found == nullptr || rank(*found) < rank(*place->record)) {
      found = place->record;
    }
  }
  return found;
}

absl::StatusOr<ReportData> MakeReportData(RecordList list,
                                          const ReportSelection& selection) {
  RETURN_IF_ERROR(CheckSelection(list.records, selection));
  ReportData data;
  data.published = &PublishedResults::Get();
  data.problems = std::move(list.problems);
  std::sort(data.problems.begin(), data.problems.end(),
            [](const RecordProblem& a, const RecordProblem& b) {
              return a.path < b.path;
            });
  std::vector<StoredRecord> selected;
  for (StoredRecord& stored : list.records) {
    if (IsSelected(stored.record, selection)) {
      selected.push_back(std::move(stored));
    }
  }
  std::sort(selected.begin(), selected.end(),
            [](const StoredRecord& a, const StoredRecord& b) {
              return RecordOrder(a) < RecordOrder(b);
            });
  SetAsideSuperseded(selected, &data);
  for (const StoredRecord& stored : data.records) {
    data.setups.push_back(ReadStudySetup(stored.record));
  }
  for (std::size_t begin = 0; begin < data.records.size();) {
    std::size_t end = begin;
    while (end < data.records.size() &&
           data.records[end].record.profile ==
               data.records[begin].record.profile) {
      ++end;
    }
    data.studies.push_back(
        reports_internal::BuildStudy(data, begin, end, &data.conflicts));
    begin = end;
  }
  return data;
}

}  // namespace culturemert
