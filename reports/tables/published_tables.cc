#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "reports/published/published_results.h"
#include "reports/tables/table_makers.h"
#include "reports/tables/table_parts.h"

namespace culturemert {
namespace reports_internal {
namespace {

constexpr std::array<absl::string_view, 3> kPublishedLabels = {
    "base", "multicultural_cpt", "task_arithmetic"};

// What published figures call a metric of ours.
absl::string_view PublishedMetricName(Metric metric) {
  switch (metric) {
    case Metric::kRocAuc:
      return "ROC-AUC";
    case Metric::kAveragePrecision:
      return "AP";
    case Metric::kMicroF1:
      return "micro-F1";
    case Metric::kMacroF1:
      return "macro-F1";
  }
  return "";
}

std::vector<std::size_t> PublishedModels(const Study& study) {
  std::vector<std::size_t> models;
  for (const absl::string_view label : kPublishedLabels) {
    for (std::size_t i = 0; i < study.models.size(); ++i) {
      if (study.models[i].label == label) models.push_back(i);
    }
  }
  return models;
}

Cell FigureCell(const PublishedFigure* figure) {
  return figure == nullptr ? Cell::Without(CellState::kNotFound)
                           : Cell::Value(figure->value);
}

// Ours, published, their difference, and whether the published number lies in
// our interval. Rendered music is not what was published on.
void AppendComparison(const Cell& ours, const PublishedFigure* figure,
                      Origin origin, TableRow* row) {
  row->cells.push_back(ours);
  row->cells.push_back(FigureCell(figure));
  if (origin != Origin::kReal) {
    row->cells.push_back(Cell::Text("other data"));
    row->cells.push_back(Cell::Text("other data"));
    return;
  }
  if (figure == nullptr || ours.state != CellState::kValue) {
    row->cells.resize(row->cells.size() + 2);
    return;
  }
  row->cells.push_back(Cell::Value(ours.value - figure->value));
  row->cells.push_back(
      !ours.low.has_value() || !ours.high.has_value()
          ? Cell::Text("no interval")
          : Cell::Text(*ours.low <= figure->value && figure->value <= *ours.high
                           ? "yes"
                           : "no"));
}

void AddComparisonColumns(const std::string& group, Column ours, Table* table) {
  Column published = ours;
  ours.header = "ours";
  published.header = "published";
  // The origin of "ours" is in a column of its own.
  AddColumn(table, group, std::nullopt, std::move(ours));
  AddColumn(table, group, std::nullopt, std::move(published));
  AddColumn(table, group, std::nullopt, DifferenceColumn("diff."));
  AddColumn(table, group, std::nullopt, TextColumn("in interval"));
}

// Where the figures of a table come from.
void AddSources(const PublishedResults& published,
                absl::Span<const absl::string_view> names, Table* table) {
  std::set<std::string> sources;
  for (const PublishedFigure& figure : published.figures()) {
    if (std::find(names.begin(), names.end(), figure.table) == names.end()) {
      continue;
    }
    sources.insert(absl::StrCat(
        figure.source,
        figure.confidence == Confidence::kRead ? "" : ", second-hand"));
  }
  table->notes.push_back(
      absl::StrCat("Published figures: ", absl::StrJoin(sources, "; "), "."));
}

std::optional<Table> PerDataset(const ReportData& data, const Study& study,
                                absl::string_view name,
                                absl::Span<const Metric> metrics, Table table) {
  table.profile = study.Name();
  table.key_columns = 3;
  for (const char* header : {"Model", "Data set", "our data"}) {
    AddColumn(&table, "", std::nullopt, TextColumn(header));
  }
  for (const Metric metric : metrics) {
    AddComparisonColumns(std::string(MetricTitle(metric)), LevelColumn(""),
                         &table);
  }
  for (const std::size_t model : PublishedModels(study)) {
    const StudyModel& row_model = study.models[model];
    bool is_first = true;
    for (std::size_t i = 0; i < study.datasets.size(); ++i) {
      const StudyDataset& dataset = study.datasets[i];
      const absl::string_view their_set = PublishedDatasetName(dataset.name);
      if (their_set.empty()) continue;
      TableRow row;
      row.starts_section = std::exchange(is_first, false);
      row.cells = {Cell::Text(row_model.name), Cell::Text(dataset.title),
                   Cell::Text(std::string(OriginName(dataset.origin)))};
      for (const Metric metric : metrics) {
        Cell ours = LevelCell(study, model, i, metric);
        ours.p.reset();
        ours.is_significant = false;
        AppendComparison(
            ours,
            data.published->Find(name, PublishedModelName(row_model.label),
                                 their_set, PublishedMetricName(metric)),
            dataset.origin, &row);
      }
      table.rows.push_back(std::move(row));
    }
  }
  if (table.rows.empty()) return std::nullopt;
  AddSources(*data.published, {name}, &table);
  return table;
}

// Whether the study's datasets of that origin and part are those of the
// published averages, neither more nor fewer.
bool HasPublishedSets(const Study& study, Origin origin, Part part) {
  std::set<absl::string_view> names;
  for (const StudyDataset& dataset : study.datasets) {
    if (!BelongsTo(dataset, origin, part)) continue;
    const absl::string_view name = PublishedDatasetName(dataset.name);
    if (name.empty()) return false;
    names.insert(name);
  }
  return names.size() == (part == Part::kAll ? 6 : 4);
}

// A published number that is a mean over datasets, and ours.
struct MeanFigure {
  const char* title;
  absl::string_view table;
  absl::string_view model;
  absl::string_view dataset;
  absl::string_view metric;
  absl::string_view label;  // Of our model.
  bool is_gain;             // Over the non-Western sets; else a mean over all.
  std::vector<Metric> metrics;
};

std::vector<MeanFigure> MeanFigures() {
  constexpr absl::string_view kAll = "average of the 12 numbers";
  constexpr absl::string_view kGain = "CultureMERT-95M minus MERT-v1-95M";
  constexpr absl::string_view kSets = "mean of the four non-Western sets";
  const std::vector<Metric> both = {Metric::kRocAuc, Metric::kAveragePrecision};
  const std::vector<Metric> f1 = {Metric::kMicroF1, Metric::kMacroF1};
  std::vector<MeanFigure> figures;
  for (const absl::string_view label : kPublishedLabels) {
    const absl::string_view theirs = PublishedModelName(label);
    figures.push_back({"mean of ROC-AUC and AP", "culturemert_roc_ap", theirs,
                       kAll, "ROC-AUC and AP", label, false, both});
    figures.push_back({"mean of micro and macro F1", "culturemert_f1", theirs,
                       kAll, "micro-F1 and macro-F1", label, false, f1});
  }
  figures.push_back({"gain, non-Western, ROC-AUC and AP",
                     "culturemert_headline", kGain, kSets,
                     "ROC-AUC and AP, absolute points", "multicultural_cpt",
                     true, both});
  figures.push_back({"gain, non-Western, ROC-AUC",
                     "culturemert_headline",
                     kGain,
                     kSets,
                     "ROC-AUC, absolute points",
                     "multicultural_cpt",
                     true,
                     {Metric::kRocAuc}});
  return figures;
}

}  // namespace

std::optional<Table> PublishedResultsTable(const ReportData& data,
                                           const Study& study) {
  Table table;
  table.id = "published";
  table.title = "Beside the published results";
  table.caption =
      "Ours and the published figures, ROC-AUC and AP. Differences and "
      "intervals are given for real recordings only.";
  return PerDataset(data, study, "culturemert_roc_ap",
                    {Metric::kRocAuc, Metric::kAveragePrecision},
                    std::move(table));
}

std::optional<Table> PublishedF1(const ReportData& data, const Study& study) {
  Table table;
  table.id = "published_f1";
  table.title = "Beside the published F1";
  table.caption =
      "Ours and the published figures, micro and macro F1. Differences and "
      "intervals are given for real recordings only.";
  return PerDataset(data, study, "culturemert_f1",
                    {Metric::kMicroF1, Metric::kMacroF1}, std::move(table));
}

std::optional<Table> PublishedAverages(const ReportData& data,
                                       const Study& study) {
  Table table;
  table.id = "published_averages";
  table.profile = study.Name();
  table.title = "Beside the published averages";
  table.caption =
      "Plain means over the six data sets, and the gain on the four "
      "non-Western ones, where all of them were tested. Differences and "
      "intervals are given for real recordings only.";
  table.key_columns = 3;
  for (const char* header : {"Model", "Number", "our data"}) {
    AddColumn(&table, "", std::nullopt, TextColumn(header));
  }
  Column points = LevelColumn("");
  points.unit = "points";
  points.decimals = 2;
  AddComparisonColumns("", points, &table);
  for (const MeanFigure& figure : MeanFigures()) {
    const Part part = figure.is_gain ? Part::kNonWestern : Part::kAll;
    for (std::size_t model = 0; model < study.models.size(); ++model) {
      const StudyModel& row_model = study.models[model];
      if (row_model.label != figure.label) continue;
      if (figure.is_gain && !row_model.base.has_value()) continue;
      for (const Origin origin : OriginsOf(study, part)) {
        if (!HasPublishedSets(study, origin, part)) continue;
        const Cell ours =
            figure.is_gain
                ? AverageDifferenceCell(study, model, *row_model.base, origin,
                                        part, figure.metrics)
                : AverageLevelCell(study, model, origin, part, figure.metrics);
        if (ours.state != CellState::kValue) continue;
        TableRow row;
        row.cells = {Cell::Text(row_model.name), Cell::Text(figure.title),
                     Cell::Text(std::string(OriginName(origin)))};
        AppendComparison(ours,
                         data.published->Find(figure.table, figure.model,
                                              figure.dataset, figure.metric),
                         origin, &row);
        table.rows.push_back(std::move(row));
      }
    }
  }
  if (table.rows.empty()) return std::nullopt;
  AddSources(*data.published,
             {"culturemert_roc_ap", "culturemert_f1", "culturemert_headline"},
             &table);
  return table;
}

}  // namespace reports_internal
}  // namespace culturemert
