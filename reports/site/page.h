// The report as one page: HTML that holds its style, its script and its plots,
// and asks for nothing from any network.

#ifndef CULTUREMERT_REPORTS_SITE_PAGE_H_
#define CULTUREMERT_REPORTS_SITE_PAGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "reports/site/site_plot.h"
#include "reports/statistics/report_data.h"
#include "reports/tables/table.h"

namespace culturemert {

// `plots` has the plots of each study of `data`. The page says what each number
// is with no script at all; its script adds sorting and filtering. A policy in
// its head lets the browser run that script and no other.
// An error only if the system gives no threads.
absl::StatusOr<std::string> MakePage(
    const ReportData& data, const std::vector<Table>& tables,
    const std::vector<std::vector<SitePlot>>& plots);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_SITE_PAGE_H_
