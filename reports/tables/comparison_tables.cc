#include "reports/tables/comparison_tables.h"

#include <array>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "reports/tables/table_parts.h"

namespace culturemert {
namespace {

using reports_internal::AddColumn;
using reports_internal::DifferenceColumn;
using reports_internal::LevelColumn;
using reports_internal::TextColumn;

constexpr double kPoints = 100;
constexpr double kSignificance = 0.05;
constexpr std::array<Metric, 2> kTagMetrics = {Metric::kRocAuc,
                                               Metric::kAveragePrecision};

Column ProbabilityColumn() {
  Column column;
  column.header = "p (Holm)";
  column.decimals = 4;
  return column;
}

void AddMetricColumns(Metric metric, Table* table) {
  const std::string title(MetricTitle(metric));
  AddColumn(table, title, std::nullopt, LevelColumn("A"));
  AddColumn(table, title, std::nullopt, LevelColumn("B"));
  AddColumn(table, title, std::nullopt, DifferenceColumn("A − B"));
  AddColumn(table, title, std::nullopt, ProbabilityColumn());
}

void AddCells(const std::optional<Difference>& difference, TableRow* row) {
  if (!difference.has_value()) {
    row->cells.insert(row->cells.end(), 4,
                      Cell::Without(CellState::kUndefined));
    return;
  }
  row->cells.push_back(Cell::Value(kPoints * difference->model));
  row->cells.push_back(Cell::Value(kPoints * difference->reference));
  Cell cell = Cell::Value(kPoints * difference->difference);
  if (difference->interval.has_value()) {
    cell.low = kPoints * difference->interval->low;
    cell.high = kPoints * difference->interval->high;
  }
  cell.p = difference->holm_p_value;
  cell.is_significant = difference->holm_p_value < kSignificance;
  row->cells.push_back(cell);
  row->cells.push_back(Cell::Value(difference->holm_p_value));
}

std::string DataText(const DatasetRecord& dataset) {
  return std::string(
      OriginName(dataset.synthetic ? Origin::kSynthetic : Origin::kReal));
}

Table PerTag(const DatasetComparison& comparison, std::size_t number) {
  Table table;
  table.id = absl::StrCat("compare_tags-", number);
  table.title =
      absl::StrCat(comparison.dataset.title, ": ", comparison.first_model,
                   " (A) and ", comparison.second_model, " (B), tag by tag");
  table.caption = absl::StrCat("On ", DataText(comparison.dataset),
                               " recordings, in the order of their tags.");
  table.significance = "A and B differ";
  AddColumn(&table, "", std::nullopt, TextColumn("Tag"));
  for (const Metric metric : kTagMetrics) AddMetricColumns(metric, &table);
  for (const SetComparison& tag : comparison.results.tags) {
    TableRow row{{Cell::Text(tag.name)}, false};
    for (const Metric metric : kTagMetrics) {
      AddCells(tag.metrics[metric], &row);
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

std::vector<Table> ComparisonTables(const RunComparison& comparison,
                                    const std::string& first_name,
                                    const std::string& second_name) {
  Table table;
  table.id = "compare";
  table.title = "Two runs compared";
  table.caption = absl::StrCat("A: ", first_name, ". B: ", second_name,
                               ". Means over the seeds that both have.");
  table.significance = "A and B differ";
  table.key_columns = 3;
  for (const char* header : {"Models", "Data set", "data"}) {
    AddColumn(&table, "", std::nullopt, TextColumn(header));
  }
  for (const char* header : {"recordings", "seeds"}) {
    Column column;
    column.header = header;
    column.decimals = 0;
    AddColumn(&table, "", std::nullopt, column);
  }
  for (const Metric metric : kMetrics) AddMetricColumns(metric, &table);
  std::vector<Table> tables;
  for (const DatasetComparison& dataset : comparison.datasets) {
    TableRow row;
    row.cells = {Cell::Text(dataset.first_model == dataset.second_model
                                ? dataset.first_model
                                : absl::StrCat(dataset.first_model, " − ",
                                               dataset.second_model)),
                 Cell::Text(dataset.dataset.title),
                 Cell::Text(DataText(dataset.dataset)),
                 Cell::Value(static_cast<double>(dataset.recordings)),
                 Cell::Value(static_cast<double>(dataset.seeds))};
    for (const Metric metric : kMetrics) {
      AddCells(dataset.results.all.metrics[metric], &row);
    }
    table.rows.push_back(std::move(row));
    tables.push_back(PerTag(dataset, tables.size() + 1));
  }
  table.notes = comparison.notes;
  tables.insert(tables.begin(), std::move(table));
  return tables;
}

}  // namespace culturemert
