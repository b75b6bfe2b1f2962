#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "experiments/metrics/statistics.h"
#include "reports/tables/shown_models.h"
#include "reports/tables/table_makers.h"
#include "reports/tables/table_parts.h"

namespace culturemert {
namespace reports_internal {
namespace {

constexpr std::array<ModelRole, 6> kMainRoles = {
    ModelRole::kFloor,   ModelRole::kBase,          ModelRole::kControl,
    ModelRole::kAdapted, ModelRole::kSingleCulture, ModelRole::kMerged};

// "300", or "298 to 300" where models differ.
std::string RangeText(const std::set<std::uint64_t>& values) {
  if (values.empty()) return "";
  if (values.size() == 1) return absl::StrCat(*values.begin());
  return absl::StrCat(*values.begin(), " to ", *values.rbegin());
}

// Below the models: how many recordings and tags a number is over.
void AddCounts(const Study& study, absl::Span<const std::size_t> models,
               absl::Span<const Metric> metrics, Table* table) {
  TableRow recordings{{Cell::Text("recordings")}, true};
  TableRow tags{{Cell::Text("scored tags")}, false};
  for (std::size_t dataset = 0; dataset < study.datasets.size(); ++dataset) {
    for (const Metric metric : metrics) {
      std::set<std::uint64_t> recording_counts;
      std::set<std::uint64_t> tag_counts;
      for (const std::size_t model : models) {
        const MetricResult* const result =
            study.FindMetric(model, dataset, metric);
        if (result == nullptr) continue;
        recording_counts.insert(study.results[model][dataset]->recordings);
        tag_counts.insert(result->scored_tags);
      }
      recordings.cells.push_back(Cell::Text(RangeText(recording_counts)));
      const std::string all =
          absl::StrCat(study.datasets[dataset].record->tags.size());
      const std::string scored = RangeText(tag_counts);
      tags.cells.push_back(Cell::Text(scored.empty() || scored == all
                                          ? scored
                                          : absl::StrCat(scored, " of ", all)));
    }
  }
  recordings.cells.resize(table->columns.size());
  tags.cells.resize(table->columns.size());
  table->rows.push_back(std::move(recordings));
  table->rows.push_back(std::move(tags));
}

void AddTransductiveNote(const Study& study, Table* table) {
  for (const StudyDataset& dataset : study.datasets) {
    if (dataset.record->transductive) {
      table->notes.push_back(absl::StrCat(
          dataset.title,
          ": test recordings were heard, without tags, in pre-training."));
    }
  }
}

// Columns of every dataset and metric, then an average an origin.
std::optional<Table> LevelTable(const Study& study,
                                absl::Span<const Metric> metrics, Table table) {
  const std::vector<std::size_t> models = ModelsOf(study, kMainRoles);
  if (models.empty() || study.datasets.empty()) return std::nullopt;
  table.profile = study.Name();
  table.significance = "differs from the base model";
  table.marks_best = true;
  AddColumn(&table, "", std::nullopt, TextColumn("Model"));
  for (const StudyDataset& dataset : study.datasets) {
    for (const Metric metric : metrics) {
      AddColumn(&table, dataset.title, dataset.origin,
                LevelColumn(std::string(MetricTitle(metric))));
    }
  }
  const std::vector<Origin> origins = OriginsOf(study, Part::kAll);
  for (const Origin origin : origins) {
    AddColumn(&table, PartTitle(Part::kAll), origin,
              LevelColumn(MeanTitle(study, origin, Part::kAll, metrics)));
  }
  for (std::size_t i = 0; i < models.size(); ++i) {
    const StudyModel& model = study.models[models[i]];
    TableRow row{{Cell::Text(model.name)}, false};
    row.starts_section =
        i > 0 && study.models[models[i - 1]].role == ModelRole::kFloor &&
        model.role != ModelRole::kFloor;
    for (std::size_t dataset = 0; dataset < study.datasets.size(); ++dataset) {
      for (const Metric metric : metrics) {
        row.cells.push_back(LevelCell(study, models[i], dataset, metric));
      }
    }
    for (const Origin origin : origins) {
      row.cells.push_back(
          AverageLevelCell(study, models[i], origin, Part::kAll, metrics));
    }
    table.rows.push_back(std::move(row));
  }
  std::size_t column = 1;
  for (std::size_t dataset = 0; dataset < study.datasets.size(); ++dataset) {
    for (const Metric metric : metrics) {
      MarkBest(study, models, dataset, metric, column++, &table);
    }
  }
  AddCounts(study, models, metrics, &table);
  AddTransductiveNote(study, &table);
  return table;
}

// Of the results of a group of tags, in per cent.
Cell GroupCell(const Study& study, std::size_t model, std::size_t dataset,
               const std::string& group, Metric metric) {
  if (study.results[model][dataset] == nullptr) {
    return Cell::Without(CellState::kNotRun);
  }
  const MetricResult* const result = study.FindMetric(model, dataset, metric);
  if (result != nullptr) {
    for (const GroupValues& values : result->by_group) {
      if (values.group != group) continue;
      const std::optional<Summary> summary = Summarize(values.values);
      if (!summary.has_value()) break;
      Cell cell = Cell::Value(100 * summary->mean);
      if (summary->deviation.has_value()) {
        cell.deviation = 100 * *summary->deviation;
      }
      return cell;
    }
  }
  return Cell::Without(CellState::kUndefined);
}

// Of each group that a model's result names, the scored tags.
std::map<std::string, std::set<std::uint64_t>> GroupsOf(
    const Study& study, absl::Span<const std::size_t> models,
    std::size_t dataset, Metric metric) {
  std::map<std::string, std::set<std::uint64_t>> groups;
  for (const std::size_t model : models) {
    const MetricResult* const result = study.FindMetric(model, dataset, metric);
    if (result == nullptr) continue;
    for (const GroupValues& group : result->by_group) {
      groups[group.group].insert(group.tags);
    }
  }
  return groups;
}

std::vector<std::size_t> ModelsWithGroups(const Study& study, Metric metric) {
  std::vector<std::size_t> models;
  for (std::size_t i = 0; i < study.models.size(); ++i) {
    for (std::size_t dataset = 0; dataset < study.datasets.size(); ++dataset) {
      const MetricResult* const result = study.FindMetric(i, dataset, metric);
      if (result == nullptr || result->by_group.empty()) continue;
      models.push_back(i);
      break;
    }
  }
  return models;
}

bool HasTagColumn(const StudyModel& model) {
  return model.role != ModelRole::kSingleCulture &&
         std::find(kMainRoles.begin(), kMainRoles.end(), model.role) !=
             kMainRoles.end();
}

std::optional<Table> TagGroups(const Study& study, Metric metric, Table table) {
  const auto [models, note] =
      ChooseShownModels(study, ModelsWithGroups(study, metric), HasTagColumn);
  table.profile = study.Name();
  if (!note.empty()) table.notes.push_back(note);
  table.key_columns = 4;
  for (const char* header : {"Data set", "data", "Tags"}) {
    AddColumn(&table, "", std::nullopt, TextColumn(header));
  }
  Column count;
  count.header = "scored";
  AddColumn(&table, "", std::nullopt, count);
  for (const std::size_t model : models) {
    AddColumn(&table, std::string(MetricTitle(metric)), std::nullopt,
              LevelColumn(study.models[model].name));
  }
  for (std::size_t dataset = 0; dataset < study.datasets.size(); ++dataset) {
    const StudyDataset& set = study.datasets[dataset];
    bool is_first = true;
    for (const auto& [group, tags] : GroupsOf(study, models, dataset, metric)) {
      TableRow row;
      row.starts_section = std::exchange(is_first, false);
      row.cells = {Cell::Text(set.title),
                   Cell::Text(std::string(OriginName(set.origin))),
                   Cell::Text(group), Cell::Text(RangeText(tags))};
      for (const std::size_t model : models) {
        row.cells.push_back(GroupCell(study, model, dataset, group, metric));
      }
      table.rows.push_back(std::move(row));
    }
  }
  if (table.rows.empty()) return std::nullopt;
  return table;
}

}  // namespace

std::optional<Table> MainResults(const ReportData&, const Study& study) {
  Table table;
  table.id = "main_results";
  table.title = "Main results";
  table.caption =
      "Macro ROC-AUC and average precision (AP) of the probes on test "
      "recordings, means over seeds. Average: the plain mean of the numbers of "
      "one origin, as published; the half-width of an average takes a data "
      "set's metrics as moving together and is an upper bound.";
  return LevelTable(study, {Metric::kRocAuc, Metric::kAveragePrecision},
                    std::move(table));
}

std::optional<Table> F1Results(const ReportData&, const Study& study) {
  Table table;
  table.id = "f1";
  table.title = "F1";
  table.caption =
      "Micro and macro F1 of the probes on test recordings, at the threshold "
      "0.5, means over seeds. Average: the plain mean of the numbers of one "
      "origin.";
  return LevelTable(study, {Metric::kMicroF1, Metric::kMacroF1},
                    std::move(table));
}

std::optional<Table> Transfer(const ReportData&, const Study& study) {
  if (ModelsOf(study, {ModelRole::kSingleCulture}).empty()) {
    return std::nullopt;
  }
  const std::vector<std::size_t> models =
      ModelsOf(study, {ModelRole::kBase, ModelRole::kControl,
                       ModelRole::kAdapted, ModelRole::kSingleCulture});
  Table table;
  table.id = "transfer";
  table.profile = study.Name();
  table.title = "Transfer between cultures";
  table.caption =
      "Row: what the model was adapted to. Column: where it was tested. Means "
      "over seeds.";
  table.significance = "differs from the base model";
  AddColumn(&table, "", std::nullopt, TextColumn("Adapted to"));
  constexpr std::array<Metric, 2> kShown = {Metric::kRocAuc,
                                            Metric::kAveragePrecision};
  for (const Metric metric : kShown) {
    for (const StudyDataset& dataset : study.datasets) {
      AddColumn(&table, std::string(MetricTitle(metric)), dataset.origin,
                LevelColumn(dataset.title));
    }
  }
  for (const std::size_t model : models) {
    TableRow row{{Cell::Text(study.models[model].name)}, false};
    row.starts_section =
        !table.rows.empty() &&
        study.models[model].role == ModelRole::kSingleCulture &&
        study.models[model - 1].role != ModelRole::kSingleCulture;
    for (const Metric metric : kShown) {
      for (std::size_t i = 0; i < study.datasets.size(); ++i) {
        row.cells.push_back(LevelCell(study, model, i, metric));
      }
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::optional<Table> TagGroupRocAuc(const ReportData&, const Study& study) {
  Table table;
  table.id = "tag_groups";
  table.title = "ROC-AUC per group of tags";
  table.caption = "Mean over the scored tags of a group, and over seeds.";
  return TagGroups(study, Metric::kRocAuc, std::move(table));
}

std::optional<Table> TagGroupPrecision(const ReportData&, const Study& study) {
  Table table;
  table.id = "tag_groups_ap";
  table.title = "Average precision per group of tags";
  table.caption = "Mean over the scored tags of a group, and over seeds.";
  return TagGroups(study, Metric::kAveragePrecision, std::move(table));
}

}  // namespace reports_internal
}  // namespace culturemert
