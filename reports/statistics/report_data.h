// The records that a report shows, chosen and joined.
//
// Chosen: of records that agree in experiment, profile and configuration only
// the one that started last; the others are named in `superseded`. Joined: the
// records of one profile and one pooling of features over time form a study, a
// grid of models and datasets, so that no table, curve or average holds numbers
// of two poolings. Two models of a study are one row if they agree in label,
// weights, and settings of evaluation; two datasets are one column if they
// agree in name, recordings and tags. Where two records still hold a cell, that
// of the later one stands.
//
// Nothing here depends on the order in which records were given.

#ifndef CULTUREMERT_REPORTS_STATISTICS_REPORT_DATA_H_
#define CULTUREMERT_REPORTS_STATISTICS_REPORT_DATA_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/metrics/metric.h"
#include "experiments/records/record.h"
#include "experiments/records/record_store.h"
#include "reports/published/published_results.h"
#include "reports/statistics/model_setup.h"

namespace culturemert {

// Where numbers come from; every column group of a table names one.
enum class Origin { kSynthetic, kReal, kPublished };

// "synthetic", "real", "published".
absl::string_view OriginName(Origin origin);

// Which tables a model belongs to.
enum class ModelRole {
  kFloor,          // Chance, random weights, log-mel statistics.
  kBase,           // What the others are adapted from.
  kControl,        // Trained as long on Western music only.
  kAdapted,        // The main result, and any row that is nothing else here.
  kSingleCulture,  // Adapted to one culture.
  kMerged,         // Task arithmetic at the paper's λ.
  kMergeScale,     // The same at another λ.
  kMergeMethod,    // Merged otherwise.
  kVariant,        // Another recipe on the main result's corpora.
  kFraction,       // Adapted on a part of the recordings.
  kLayer,          // Probed on one hidden state.
};

struct StudyModel {
  std::string label;
  std::string title;        // As in the record; not unique.
  std::string name;         // For readers: unique in the study.
  std::string weights_key;  // Empty: none.
  std::string provenance;
  ModelSetup setup;
  ModelRole role = ModelRole::kAdapted;
  // The row labelled "base" that stands in the same record; none of itself.
  std::optional<std::size_t> base;
  std::vector<std::size_t> records;  // Indices into ReportData::records.
};

struct StudyDataset {
  std::string name;                    // Of the record: "makam". Not unique.
  std::string title;                   // For readers: unique in the study.
  Origin origin = Origin::kSynthetic;  // Never kPublished.
  bool is_western = false;             // Where forgetting is measured.
  const DatasetRecord* record = nullptr;
};

struct StudyComparison {
  std::size_t model = 0;  // Indices into the study's models …
  std::size_t against = 0;
  std::size_t dataset = 0;  // … and its datasets.
  const ComparisonRecord* record = nullptr;
};

// Equal series of several records stand once.
struct StudySeries {
  std::size_t record = 0;  // Index into ReportData::records.
  const SeriesRecord* series = nullptr;
};

// The records of one profile and pooling. The pointers lead into
// ReportData::records.
struct Study {
  std::string profile;
  std::string pooling;               // As in StudySetup; empty: not said.
  bool shares_profile = false;       // Another study is of the same profile.
  std::vector<std::size_t> records;  // Indices, in order.
  // In the order of the paper's table: makam, hindustani, carnatic, lyra, fma,
  // mtat; then non-Western ones and Western ones by title.
  std::vector<StudyDataset> datasets;
  // By role, then as the experiments stand in the study's plan, then as in the
  // record.
  std::vector<StudyModel> models;
  std::vector<std::vector<const ResultRecord*>> results;  // [models, datasets]
  // By model, against, dataset and metric.
  std::vector<StudyComparison> comparisons;
  std::vector<StudySeries> series;

  // Unique in a report: the profile, with "-<pooling>" behind it where the
  // profile is shared and the records name one.
  std::string Name() const;
  // "mini", or "mini, pooled by mean and deviation": for readers.
  std::string Title() const;
  // Null where no record holds it.
  const MetricResult* FindMetric(std::size_t model, std::size_t dataset,
                                 Metric metric) const;
  // The test of `model` against `against`, a permutation test before a
  // bootstrap; of several the one with the largest adjusted p. Null where no
  // record holds it.
  const ComparisonRecord* FindComparison(std::size_t model, std::size_t against,
                                         std::size_t dataset,
                                         Metric metric) const;
};

// "pooled by mean", "pooled by mean and deviation", "pooled by <name>", or, of
// none, "pooling not said".
std::string PoolingText(absl::string_view pooling);

// Something a reader should know of a record, or of how records were joined.
struct ReportNote {
  std::string path;  // Of the record.
  std::string text;
};

struct ReportSelection {
  std::vector<std::string> experiments;  // Empty: all.
  std::string profile;                   // Empty: all.
};

// Can be moved, not copied: studies point into records.
struct ReportData {
  ReportData() = default;
  ReportData(ReportData&&) = default;
  ReportData& operator=(ReportData&&) = default;
  ReportData(const ReportData&) = delete;
  ReportData& operator=(const ReportData&) = delete;

  // By profile, pooling, experiment, start, and name of the file.
  std::vector<StoredRecord> records;
  std::vector<StudySetup> setups;       // One a record.
  std::vector<ReportNote> superseded;   // Older runs, each naming the newer.
  std::vector<ReportNote> conflicts;    // Cells that two records hold.
  std::vector<RecordProblem> problems;  // Files that were passed over, by path.
  // smoke, mini, paper, then by name; of one profile by pooling.
  std::vector<Study> studies;
  const PublishedResults* published = nullptr;  // Never destroyed; not null.
};

// kInvalidArgument, naming those there are, if the selection names an
// experiment or profile that no readable record has; an error of ThreadPool if
// the system gives no threads.
absl::StatusOr<ReportData> MakeReportData(RecordList list,
                                          const ReportSelection& selection);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_STATISTICS_REPORT_DATA_H_
