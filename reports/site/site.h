// The report as a folder: a page to read in a browser, and the plots to put
// into a paper.
//
//   <output_dir>/index.html     all of it, needs nothing beside it
//   <output_dir>/plots/*.svg    each plot by itself
//
// The same records give the same bytes, whatever the locale, the time zone and
// the folder they lie in.

#ifndef CULTUREMERT_REPORTS_SITE_SITE_H_
#define CULTUREMERT_REPORTS_SITE_SITE_H_

#include <vector>

#include "absl/status/status.h"
#include "reports/output_folder.h"
#include "reports/statistics/report_data.h"
#include "reports/tables/table.h"

namespace culturemert {

// Writes the page, with `tables` of `data`, and the plots as the folder's part
// "site", each file as a whole, the page last. Plots that an earlier page had
// and this one has not are gone after OutputFolder::Finish. The errors of
// Files.
absl::Status WriteSite(const ReportData& data, const std::vector<Table>& tables,
                       OutputFolder& folder);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_SITE_SITE_H_
