// What //reports:tables does, apart from flags and the process: read records,
// make tables, print and write them.

#ifndef CULTUREMERT_REPORTS_REPORT_COMMAND_H_
#define CULTUREMERT_REPORTS_REPORT_COMMAND_H_

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "reports/output_folder.h"
#include "reports/statistics/report_data.h"
#include "reports/tables/table.h"
#include "reports/tables/terminal_table.h"
#include "tools/base/files/files.h"

namespace culturemert {

enum class ReportFormat { kTerminal, kMarkdown, kLatex, kCsv, kJson, kSite };

// "terminal", "markdown", "latex", "csv", "json", "site"; an empty list stands
// for all. kInvalidArgument, naming these, for others.
absl::StatusOr<std::set<ReportFormat>> ParseReportFormats(
    const std::vector<std::string>& names);

struct ReportRequest {
  std::string results;     // Holds records/, or is such a folder itself.
  std::string output_dir;  // Made if it is missing.
  std::set<ReportFormat> formats;
  ReportSelection selection;
  // Two runs as in ReadComparedRun: their comparison instead of the tables.
  // Empty: none.
  std::vector<std::string> compare;
  std::int64_t replicates = 10000;  // Of the comparison's intervals and tests.
  TerminalOptions terminal;
};

// Writes plots and the page (reports/site/site.h).
using SiteWriter = std::function<absl::Status(const ReportData& data,
                                              const std::vector<Table>& tables,
                                              OutputFolder& folder)>;

struct ReportOutput {
  std::string text;                  // For the terminal; may be empty.
  std::vector<std::string> written;  // Paths.
  // Records passed over or superseded, and files that could not be removed.
  std::vector<std::string> warnings;
};

// Writes into output_dir, each file as a whole:
//
//   tables.md  tables.json  tables.tex  latex/<study>-<id>.tex
//   csv/<study>-<id>.csv, and what `write_site` writes
//
// or, of a comparison, comparison.md and so on, without a page. Of the formats
// asked for, files that an earlier report wrote and this one does not have are
// removed (output_folder.h); a comparison does not touch tables, nor these it.
//
// kNotFound, saying which command makes records, if there are none;
// kFailedPrecondition, naming each, if all are damaged or of other versions;
// kInvalidArgument for selections and comparisons that the records do not
// allow; and the errors of Files.
absl::StatusOr<ReportOutput> MakeReport(Files& files,
                                        const ReportRequest& request,
                                        const SiteWriter& write_site);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_REPORT_COMMAND_H_
