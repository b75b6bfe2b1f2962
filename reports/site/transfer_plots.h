// Heat maps between cultures: what single-culture models gain on every set, one
// for each origin of the sets, and how alike the sets' codes are.

#ifndef CULTUREMERT_REPORTS_SITE_TRANSFER_PLOTS_H_
#define CULTUREMERT_REPORTS_SITE_TRANSFER_PLOTS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "reports/site/site_plot.h"
#include "reports/statistics/report_data.h"

namespace culturemert {

// `data` stands in the plots' titles (TitleEnd in site_plot.h).
std::vector<SitePlot> MakeTransferPlots(const Study& study,
                                        absl::string_view data);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_SITE_TRANSFER_PLOTS_H_
