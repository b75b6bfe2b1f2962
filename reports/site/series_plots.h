// The curves that records hold: losses of pre-trainings and whatever else a
// series with two points or more shows.

#ifndef CULTUREMERT_REPORTS_SITE_SERIES_PLOTS_H_
#define CULTUREMERT_REPORTS_SITE_SERIES_PLOTS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "reports/site/site_plot.h"
#include "reports/statistics/report_data.h"

namespace culturemert {

// A plot for each name and pair of axis labels. `data` stands in the plots'
// titles (TitleEnd in site_plot.h).
std::vector<SitePlot> MakeSeriesPlots(const Study& study,
                                      absl::string_view data);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_SITE_SERIES_PLOTS_H_
