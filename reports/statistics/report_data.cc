#include "reports/statistics/report_data.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "reports/statistics/study_builder.h"
#include "tools/base/files/paths.h"
#include "tools/base/hash/hash.h"
#include "tools/base/parallel/thread_pool.h"
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

struct SelectedRecord {
  StoredRecord stored;
  StudySetup setup;
};

// Each record with what its configuration says.
absl::StatusOr<std::vector<SelectedRecord>> WithSetups(
    std::vector<StoredRecord> records) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ThreadPool> pool,
                   ThreadPool::Create(ThreadPool::DefaultSize()));
  return ParallelMap(
      *pool, static_cast<std::int64_t>(records.size()),
      [&](std::int64_t i) -> absl::StatusOr<SelectedRecord> {
        StudySetup setup = ReadStudySetup(records[i].record);
        return SelectedRecord{std::move(records[i]), std::move(setup)};
      });
}

auto RecordOrder(const SelectedRecord& selected) {
  const Record& record = selected.stored.record;
  return std::make_tuple(ProfileOrder(record.profile), selected.setup.pooling,
                         record.experiment, Started(record),
                         std::string(Basename(selected.stored.path)));
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
void SetAsideSuperseded(std::vector<SelectedRecord>& records,
                        ReportData* data) {
  std::map<std::tuple<std::string, std::string, Hash128>, std::size_t> newest;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i].stored.record;
    newest[{record.experiment, record.profile, record.configuration_hash}] = i;
  }
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i].stored.record;
    const std::size_t last =
        newest[{record.experiment, record.profile, record.configuration_hash}];
    if (last == i) {
      data->records.push_back(std::move(records[i].stored));
      data->setups.push_back(std::move(records[i].setup));
    } else {
      const absl::string_view newer = Basename(records[last].stored.path);
      data->superseded.push_back(
          {records[i].stored.path, absl::StrCat("superseded by ", newer)});
    }
  }
}

bool IsOneStudy(const ReportData& data, std::size_t a, std::size_t b) {
  return data.records[a].record.profile == data.records[b].record.profile &&
         data.setups[a].pooling == data.setups[b].pooling;
}

void BuildStudies(ReportData* data) {
  std::map<std::string, int> studies_of;
  for (std::size_t begin = 0; begin < data->records.size();) {
    std::size_t end = begin;
    while (end < data->records.size() && IsOneStudy(*data, begin, end)) ++end;
    data->studies.push_back(
        reports_internal::BuildStudy(*data, begin, end, &data->conflicts));
    ++studies_of[data->studies.back().profile];
    begin = end;
  }
  for (Study& study : data->studies) {
    study.shares_profile = studies_of[study.profile] > 1;
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

std::string PoolingText(absl::string_view pooling) {
  if (pooling.empty()) return "pooling not said";
  return absl::StrCat("pooled by ", pooling == "mean_and_deviation"
                                        ? "mean and deviation"
                                        : pooling);
}

std::string Study::Name() const {
  return shares_profile && !pooling.empty()
             ? absl::StrCat(profile, "-", pooling)
             : profile;
}

std::string Study::Title() const {
  return shares_profile ? absl::StrCat(profile, ", ", PoolingText(pooling))
                        : profile;
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
  std::vector<StoredRecord> chosen;
  for (StoredRecord& stored : list.records) {
    if (IsSelected(stored.record, selection)) {
      chosen.push_back(std::move(stored));
    }
  }
  ASSIGN_OR_RETURN(std::vector<SelectedRecord> selected,
                   WithSetups(std::move(chosen)));
  std::sort(selected.begin(), selected.end(),
            [](const SelectedRecord& a, const SelectedRecord& b) {
              return RecordOrder(a) < RecordOrder(b);
            });
  SetAsideSuperseded(selected, &data);
  BuildStudies(&data);
  return data;
}

}  // namespace culturemert
