#include "reports/site/tag_tables.h"

#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "experiments/metrics/statistics.h"
#include "reports/site/study_choices.h"
#include "reports/tables/shown_models.h"

namespace culturemert {
namespace {

Cell TagCell(const MetricResult& result, std::size_t tag) {
  std::vector<double> values;
  values.reserve(result.by_tag.size());
  for (const std::vector<double>& seed : result.by_tag) {
    if (tag < seed.size() && !std::isnan(seed[tag])) {
      values.push_back(100 * seed[tag]);
    }
  }
  const std::optional<Summary> summary = Summarize(values);
  if (!summary.has_value()) return Cell::Without(CellState::kUndefined);
  Cell cell = Cell::Value(summary->mean);
  cell.deviation = summary->deviation;
  return cell;
}

Column TextColumn(std::string header) {
  Column column;
  column.header = std::move(header);
  column.is_text = true;
  return column;
}

std::optional<Table> TagTable(const Study& study, std::size_t dataset,
                              Metric metric) {
  std::vector<std::size_t> with_tags;
  for (std::size_t i = 0; i < study.models.size(); ++i) {
    const MetricResult* const result = study.FindMetric(i, dataset, metric);
    if (result != nullptr && !result->by_tag.empty()) with_tags.push_back(i);
  }
  const auto [models, note] = ChooseShownModels(study, with_tags, IsMainModel);
  if (models.empty()) return std::nullopt;
  const StudyDataset& column = study.datasets[dataset];
  const DatasetRecord& record = *column.record;
  Table table;
  table.id = absl::StrCat("tags-", dataset + 1, "-", MetricName(metric));
  table.profile = study.Name();
  table.title = absl::StrCat(column.title, ": ", MetricTitle(metric));
  table.caption = absl::StrCat(
      MetricTitle(metric), " of each tag in per cent, mean over seeds; ",
      record.test_recordings, " test recordings. A tag that all or none of ",
      "them have is undefined.");
  table.groups = {
      {"", std::nullopt, 3},
      {std::string(MetricTitle(metric)), column.origin, models.size()}};
  Column positives;
  positives.header = "recordings";
  positives.decimals = 0;
  table.columns = {TextColumn("tag"), TextColumn("group"), positives};
  if (!note.empty()) table.notes.push_back(note);
  std::vector<const MetricResult*> results;
  for (const std::size_t model : models) {
    results.push_back(study.FindMetric(model, dataset, metric));
    Column& scores = table.columns.emplace_back();
    scores.header = study.models[model].name;
    scores.unit = "%";
  }
  for (std::size_t tag = 0; tag < record.tags.size(); ++tag) {
    TableRow& row = table.rows.emplace_back();
    row.cells.push_back(Cell::Text(record.tags[tag]));
    row.cells.push_back(Cell::Text(TagGroup(record, tag)));
    row.cells.push_back(
        Cell::Value(static_cast<double>(record.tag_positives[tag])));
    for (const MetricResult* const result : results) {
      row.cells.push_back(TagCell(*result, tag));
    }
  }
  return table;
}

}  // namespace

std::vector<Table> MakeTagTables(const Study& study, std::size_t dataset) {
  std::vector<Table> tables;
  for (const Metric metric : {Metric::kRocAuc, Metric::kAveragePrecision}) {
    std::optional<Table> table = TagTable(study, dataset, metric);
    if (table.has_value()) tables.push_back(*std::move(table));
  }
  return tables;
}

}  // namespace culturemert
