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

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "reports/statistics/report_data.h"
#include "tools/base/files/files.h"

namespace culturemert {

// Writes the folder, which is made if it is missing. Each file is replaced as a
// whole, the page last; other files stay, such as plots of records that are
// gone. The errors of Files.
absl::Status WriteSite(Files& files, const ReportData& data,
                       absl::string_view output_dir);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_SITE_SITE_H_
