#include "reports/tables/report_tables.h"

#include <optional>
#include <utility>

#include "reports/tables/table_makers.h"

namespace culturemert {

std::vector<Table> MakeTables(const ReportData& data) {
  const auto makers = {reports_internal::MainResults,
                       reports_internal::F1Results,
                       reports_internal::PublishedResultsTable,
                       reports_internal::PublishedF1,
                       reports_internal::PublishedAverages,
                       reports_internal::Gain,
                       reports_internal::OtherTests,
                       reports_internal::Ablation,
                       reports_internal::Transfer,
                       reports_internal::TaskArithmetic,
                       reports_internal::MergingMethods,
                       reports_internal::Forgetting,
                       reports_internal::TokenSimilarity,
                       reports_internal::TagGroupRocAuc,
                       reports_internal::TagGroupPrecision,
                       reports_internal::Layers,
                       reports_internal::DataScaling,
                       reports_internal::Cost,
                       reports_internal::CostOfActions};
  std::vector<Table> tables;
  for (const Study& study : data.studies) {
    for (const auto make : makers) {
      std::optional<Table> table = make(data, study);
      if (table.has_value()) tables.push_back(*std::move(table));
    }
  }
  return tables;
}

}  // namespace culturemert
