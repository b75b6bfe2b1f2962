#include "reports/site/site.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "reports/site/page.h"
#include "reports/site/report_plots.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

absl::Status WriteSite(const ReportData& data, const std::vector<Table>& tables,
                       OutputFolder& folder) {
  constexpr char kPart[] = "site";
  folder.BeginPart(kPart);
  std::vector<std::vector<SitePlot>> plots;
  for (const Study& study : data.studies) {
    plots.push_back(MakeStudyPlots(data, study));
    for (const SitePlot& plot : plots.back()) {
      RETURN_IF_ERROR(folder.Write(
          kPart, absl::StrCat("plots/", plot.id, ".svg"), plot.svg));
    }
  }
  ASSIGN_OR_RETURN(const std::string page, MakePage(data, tables, plots));
  return folder.Write(kPart, "index.html", page);
}

}  // namespace culturemert
