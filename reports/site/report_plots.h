// Which plots the records have something for, and what stands in them.

#ifndef CULTUREMERT_REPORTS_SITE_REPORT_PLOTS_H_
#define CULTUREMERT_REPORTS_SITE_REPORT_PLOTS_H_

#include <vector>

#include "reports/site/site_plot.h"
#include "reports/statistics/report_data.h"

namespace culturemert {

// Of one study of `data`, in this order: forest plots of all comparisons of the
// main models per metric (roc_auc, average_precision) and origin, the transfer
// between cultures, token similarity, λ curve, layer profiles, scaling curve,
// every other series of the records by name (training curves), and for each
// dataset the tags' scores under the base and under the adapted model.
std::vector<SitePlot> MakeStudyPlots(const ReportData& data,
                                     const Study& study);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_SITE_REPORT_PLOTS_H_
