#include "reports/tables/table_parts.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace culturemert {
namespace reports_internal {
namespace {

constexpr double kPoints = 100;
constexpr double kSignificance = 0.05;

std::optional<double> InPoints(const std::optional<double>& fraction) {
  if (!fraction.has_value()) return std::nullopt;
  return kPoints * *fraction;
}

void SetTest(const ComparisonRecord* comparison, Cell* cell) {
  if (comparison == nullptr || !comparison->p_holm.has_value()) return;
  cell->p = comparison->p_holm;
  cell->is_significant = *comparison->p_holm < kSignificance;
}

}  // namespace

std::vector<std::size_t> ModelsOf(const Study& study,
                                  absl::Span<const ModelRole> roles) {
  std::vector<std::size_t> models;
  for (std::size_t i = 0; i < study.models.size(); ++i) {
    if (std::find(roles.begin(), roles.end(), study.models[i].role) !=
        roles.end()) {
      models.push_back(i);
    }
  }
  return models;
}

bool BelongsTo(const StudyDataset& dataset, Origin origin, Part part) {
  return dataset.origin == origin &&
         (part == Part::kAll || dataset.is_western == (part == Part::kWestern));
}

std::vector<Origin> OriginsOf(const Study& study, Part part) {
  std::vector<Origin> origins;
  for (const Origin origin : {Origin::kSynthetic, Origin::kReal}) {
    if (std::any_of(study.datasets.begin(), study.datasets.end(),
                    [&](const StudyDataset& dataset) {
                      return BelongsTo(dataset, origin, part);
                    })) {
      origins.push_back(origin);
    }
  }
  return origins;
}

std::optional<std::vector<std::size_t>> CompleteSets(
    const Study& study, absl::Span<const std::size_t> models, Origin origin,
    Part part) {
  std::vector<std::size_t> sets;
  std::set<std::string> wanted;
  std::set<std::string> found;
  for (std::size_t i = 0; i < study.datasets.size(); ++i) {
    if (!BelongsTo(study.datasets[i], origin, part)) continue;
    wanted.insert(study.datasets[i].name);
    if (std::any_of(models.begin(), models.end(), [&](std::size_t model) {
          return study.results[model][i] == nullptr;
        })) {
      continue;
    }
    sets.push_back(i);
    if (!found.insert(study.datasets[i].name).second) return std::nullopt;
  }
  if (sets.empty() || found != wanted) return std::nullopt;
  return sets;
}

Cell LevelCell(const Study& study, std::size_t model, std::size_t dataset,
               Metric metric) {
  if (study.results[model][dataset] == nullptr) {
    return Cell::Without(CellState::kNotRun);
  }
  const MetricResult* const result = study.FindMetric(model, dataset, metric);
  if (result == nullptr) return Cell::Without(CellState::kUndefined);
  Cell cell = Cell::Value(kPoints * result->mean);
  cell.deviation = InPoints(result->deviation);
  cell.low = InPoints(result->low);
  cell.high = InPoints(result->high);
  const std::optional<std::size_t>& base = study.models[model].base;
  if (base.has_value()) {
    SetTest(study.FindComparison(model, *base, dataset, metric), &cell);
  }
  return cell;
}

Cell DifferenceCell(const Study& study, std::size_t model, std::size_t against,
                    std::size_t dataset, Metric metric) {
  if (study.results[model][dataset] == nullptr ||
      study.results[against][dataset] == nullptr) {
    return Cell::Without(CellState::kNotRun);
  }
  const std::optional<Average> difference =
      AverageDifference(study, model, against, {dataset}, {metric});
  if (!difference.has_value()) return Cell::Without(CellState::kUndefined);
  Cell cell = Cell::Value(kPoints * difference->mean);
  const ComparisonRecord* const comparison =
      study.FindComparison(model, against, dataset, metric);
  if (comparison != nullptr) {
    cell.low = InPoints(comparison->low);
    cell.high = InPoints(comparison->high);
    SetTest(comparison, &cell);
  }
  return cell;
}

Cell AverageCell(const std::optional<Average>& average) {
  if (!average.has_value()) return Cell::Without(CellState::kNotRun);
  Cell cell = Cell::Value(kPoints * average->mean);
  cell.deviation = InPoints(average->deviation);
  if (average->half_width.has_value()) {
    cell.low = kPoints * (average->mean - *average->half_width);
    cell.high = kPoints * (average->mean + *average->half_width);
  }
  return cell;
}

Cell AverageLevelCell(const Study& study, std::size_t model, Origin origin,
                      Part part, absl::Span<const Metric> metrics) {
  const auto sets = CompleteSets(study, {model}, origin, part);
  if (!sets.has_value()) return Cell::Without(CellState::kNotRun);
  return AverageCell(AverageMetric(study, model, *sets, metrics));
}

Cell AverageDifferenceCell(const Study& study, std::size_t model,
                           std::size_t against, Origin origin, Part part,
                           absl::Span<const Metric> metrics) {
  const auto sets = CompleteSets(study, {model, against}, origin, part);
  if (!sets.has_value()) return Cell::Without(CellState::kNotRun);
  return AverageCell(AverageDifference(study, model, against, *sets, metrics));
}

std::string MeanTitle(const Study& study, Origin origin, Part part,
                      absl::Span<const Metric> metrics) {
  std::set<std::string> names;
  for (const StudyDataset& dataset : study.datasets) {
    if (BelongsTo(dataset, origin, part)) names.insert(dataset.name);
  }
  return absl::StrCat("mean of ", names.size() * metrics.size());
}

Column LevelColumn(std::string header) {
  Column column;
  column.header = std::move(header);
  column.unit = "%";
  return column;
}

Column DifferenceColumn(std::string header) {
  Column column;
  column.header = std::move(header);
  column.unit = "points";
  column.decimals = 2;
  column.is_signed = true;
  return column;
}

Column TextColumn(std::string header) {
  Column column;
  column.header = std::move(header);
  column.is_text = true;
  return column;
}

void AddColumn(Table* table, const std::string& group,
               std::optional<Origin> origin, Column column) {
  table->columns.push_back(std::move(column));
  if (!table->groups.empty() && table->groups.back().title == group &&
      table->groups.back().origin == origin) {
    ++table->groups.back().columns;
  } else {
    table->groups.push_back({group, origin, 1});
  }
}

void MarkBest(const Study& study, absl::Span<const std::size_t> models,
              std::size_t dataset, Metric metric, std::size_t column,
              Table* table) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < models.size(); ++row) {
    if (table->rows[row].cells[column].state == CellState::kValue) {
      rows.push_back(row);
    }
  }
  if (rows.size() < 2) return;
  std::partial_sort(rows.begin(), rows.begin() + 2, rows.end(),
                    [&](std::size_t a, std::size_t b) {
                      return table->rows[a].cells[column].value >
                             table->rows[b].cells[column].value;
                    });
  const std::size_t best = models[rows[0]];
  const std::size_t second = models[rows[1]];
  for (const ComparisonRecord* comparison :
       {study.FindComparison(best, second, dataset, metric),
        study.FindComparison(second, best, dataset, metric)}) {
    if (comparison != nullptr && comparison->p_holm.has_value() &&
        *comparison->p_holm < kSignificance) {
      table->rows[rows[0]].cells[column].is_best = true;
    }
  }
}

std::string PartTitle(Part part) {
  switch (part) {
    case Part::kAll:
      return "Average";
    case Part::kNonWestern:
      return "Non-Western average";
    case Part::kWestern:
      return "Western average";
  }
  return "";
}

}  // namespace reports_internal
}  // namespace culturemert
