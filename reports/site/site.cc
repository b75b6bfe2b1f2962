#include "reports/site/site.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "reports/site/page.h"
#include "reports/site/report_plots.h"
#include "reports/tables/report_tables.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

absl::Status WriteSite(Files& files, const ReportData& data,
                       absl::string_view output_dir) {
  std::vector<std::vector<SitePlot>> plots;
  for (const Study& study : data.studies) {
    plots.push_back(MakeStudyPlots(data, study));
  }
  const std::string folder = JoinPath(output_dir, "plots");
  RETURN_IF_ERROR(files.CreateDirectories(folder));
  for (const std::vector<SitePlot>& of_study : plots) {
    for (const SitePlot& plot : of_study) {
      RETURN_IF_ERROR(files.WriteAtomically(
          JoinPath(folder, absl::StrCat(plot.id, ".svg")), plot.svg));
    }
  }
  return files.WriteAtomically(JoinPath(output_dir, "index.html"),
                               MakePage(data, MakeTables(data), plots));
}

}  // namespace culturemert
