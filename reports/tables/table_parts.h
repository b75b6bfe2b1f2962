// What several tables are put together from.

#ifndef CULTUREMERT_REPORTS_TABLES_TABLE_PARTS_H_
#define CULTUREMERT_REPORTS_TABLES_TABLE_PARTS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "experiments/metrics/metric.h"
#include "reports/statistics/average.h"
#include "reports/statistics/report_data.h"
#include "reports/tables/table.h"

namespace culturemert {
namespace reports_internal {

// Which datasets of one origin.
enum class Part { kAll, kNonWestern, kWestern };

// Those of the study's models that have one of the roles, in its order.
std::vector<std::size_t> ModelsOf(const Study& study,
                                  absl::Span<const ModelRole> roles);

bool BelongsTo(const StudyDataset& dataset, Origin origin, Part part);

// The origins of the study's datasets of that part.
std::vector<Origin> OriginsOf(const Study& study, Part part);

// The datasets of that origin and part where all of `models` have results. None
// unless they are of each name once that such datasets of the study have: an
// average over fewer sets is not compared with one over all.
std::optional<std::vector<std::size_t>> CompleteSets(
    const Study& study, absl::Span<const std::size_t> models, Origin origin,
    Part part);

// In per cent, with the test against the model's base if there is one.
Cell LevelCell(const Study& study, std::size_t model, std::size_t dataset,
               Metric metric);
// In points.
Cell DifferenceCell(const Study& study, std::size_t model, std::size_t against,
                    std::size_t dataset, Metric metric);
// Times 100. "not run" for none.
Cell AverageCell(const std::optional<Average>& average);

// Averages over CompleteSets.
Cell AverageLevelCell(const Study& study, std::size_t model, Origin origin,
                      Part part, absl::Span<const Metric> metrics);
Cell AverageDifferenceCell(const Study& study, std::size_t model,
                           std::size_t against, Origin origin, Part part,
                           absl::Span<const Metric> metrics);

// "mean of 12": how many numbers an average over CompleteSets has.
std::string MeanTitle(const Study& study, Origin origin, Part part,
                      absl::Span<const Metric> metrics);

// A column of levels in per cent, and one of differences in points.
Column LevelColumn(std::string header);
Column DifferenceColumn(std::string header);
Column TextColumn(std::string header);

// Joins the last group if that has the same title and origin.
void AddColumn(Table* table, const std::string& group,
               std::optional<Origin> origin, Column column);

// Marks the best of rows [0, models.size()) in a column that shows `metric` of
// `dataset`, if the study's comparison with the second best says so.
void MarkBest(const Study& study, absl::Span<const std::size_t> models,
              std::size_t dataset, Metric metric, std::size_t column,
              Table* table);

// "non-Western average": heads columns.
std::string PartTitle(Part part);

}  // namespace reports_internal
}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_TABLES_TABLE_PARTS_H_
