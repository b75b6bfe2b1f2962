// The tables that report_tables.h lists, of one study each; none where its
// records have nothing for it.

#ifndef CULTUREMERT_REPORTS_TABLES_TABLE_MAKERS_H_
#define CULTUREMERT_REPORTS_TABLES_TABLE_MAKERS_H_

#include <optional>

#include "reports/statistics/report_data.h"
#include "reports/tables/table.h"

namespace culturemert {
namespace reports_internal {

// score_tables.cc: levels per dataset.
std::optional<Table> MainResults(const ReportData& data, const Study& study);
std::optional<Table> F1Results(const ReportData& data, const Study& study);
std::optional<Table> Transfer(const ReportData& data, const Study& study);
std::optional<Table> TagGroupRocAuc(const ReportData& data, const Study& study);
std::optional<Table> TagGroupPrecision(const ReportData& data,
                                       const Study& study);

// difference_tables.cc: differences per dataset, with tests.
std::optional<Table> Gain(const ReportData& data, const Study& study);
std::optional<Table> PretrainingSeeds(const ReportData& data,
                                      const Study& study);
std::optional<Table> OtherTests(const ReportData& data, const Study& study);
std::optional<Table> Forgetting(const ReportData& data, const Study& study);

// curve_tables.cc: averages of models along something.
std::optional<Table> Ablation(const ReportData& data, const Study& study);
std::optional<Table> TaskArithmetic(const ReportData& data, const Study& study);
std::optional<Table> MergingMethods(const ReportData& data, const Study& study);
std::optional<Table> Layers(const ReportData& data, const Study& study);
std::optional<Table> DataScaling(const ReportData& data, const Study& study);
std::optional<Table> TokenSimilarity(const ReportData& data,
                                     const Study& study);

// published_tables.cc: ours beside published figures.
std::optional<Table> PublishedResultsTable(const ReportData& data,
                                           const Study& study);
std::optional<Table> PublishedF1(const ReportData& data, const Study& study);
std::optional<Table> PublishedAverages(const ReportData& data,
                                       const Study& study);

// cost_tables.cc.
std::optional<Table> Cost(const ReportData& data, const Study& study);
std::optional<Table> CostOfActions(const ReportData& data, const Study& study);

}  // namespace reports_internal
}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_TABLES_TABLE_MAKERS_H_
