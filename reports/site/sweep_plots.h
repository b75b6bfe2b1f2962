// Scores along a setting: the scale λ of task arithmetic, the layer that is
// probed, the share of the recordings.

#ifndef CULTUREMERT_REPORTS_SITE_SWEEP_PLOTS_H_
#define CULTUREMERT_REPORTS_SITE_SWEEP_PLOTS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "reports/site/site_plot.h"
#include "reports/statistics/report_data.h"

namespace culturemert {

// `data` stands in the plots' titles (TitleEnd in site_plot.h). Averages are of
// datasets of one origin.
std::vector<SitePlot> MakeSweepPlots(const Study& study,
                                     absl::string_view data);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_SITE_SWEEP_PLOTS_H_
