// Tables, plots and a page of the records that experiments left:
//
//   tools/bazel run //reports:tables
//   tools/bazel run //reports:tables -- --compare=RECORD_A,RECORD_B

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "reports/report_command.h"
#include "reports/site/site.h"
#include "tools/base/console/console.h"
#include "tools/base/console/logging.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

ABSL_FLAG(std::string, results, "",
          "folder of results or of records; default: results in the workspace");
ABSL_FLAG(std::string, output_dir, "",
          "where files are written; default: tables in the results");
ABSL_FLAG(std::vector<std::string>, format, {},
          "of terminal, markdown, latex, csv, json, site; default: all");
ABSL_FLAG(std::vector<std::string>, experiments, {},
          "only records of these; default: all");
ABSL_FLAG(std::string, profile, "", "only records of this one; default: all");
ABSL_FLAG(std::vector<std::string>, compare, {},
          "two records, each RECORD or RECORD:MODEL, compared recording by "
          "recording instead of the tables");
ABSL_FLAG(std::int64_t, replicates, 10000,
          "of the intervals and tests of --compare");

namespace culturemert {
namespace {

// No line is wider where text goes to a file.
constexpr int kFileColumns = 100;

std::string ResultsDirectory() {
  const std::string given = absl::GetFlag(FLAGS_results);
  if (!given.empty()) return ResolveUserPath(given);
  const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  return workspace == nullptr ? "results" : JoinPath(workspace, "results");
}

absl::Status Run() {
  ReportRequest request;
  request.results = ResultsDirectory();
  request.output_dir = absl::GetFlag(FLAGS_output_dir).empty()
                           ? JoinPath(request.results, "tables")
                           : ResolveUserPath(absl::GetFlag(FLAGS_output_dir));
  ASSIGN_OR_RETURN(request.formats,
                   ParseReportFormats(absl::GetFlag(FLAGS_format)));
  request.selection.experiments = absl::GetFlag(FLAGS_experiments);
  request.selection.profile = absl::GetFlag(FLAGS_profile);
  request.compare = absl::GetFlag(FLAGS_compare);
  request.replicates = absl::GetFlag(FLAGS_replicates);
  const Console::Options console = Console::ForDescriptor(
      STDOUT_FILENO, [](const char* name) { return std::getenv(name); });
  request.terminal.has_colour = console.has_colour;
  request.terminal.charset =
      console.is_terminal ? console.charset : Charset::kUtf8;
  request.terminal.width_columns =
      console.is_terminal ? console.width_columns() : kFileColumns;
  ASSIGN_OR_RETURN(const ReportOutput output,
                   MakeReport(Files::Real(), request, WriteSite));
  for (const std::string& warning : output.warnings) LogWarning(warning);
  std::cout << output.text << std::flush;
  if (!output.written.empty()) LogInfo("written to ", request.output_dir);
  return std::cout.good() ? absl::OkStatus()
                          : absl::DataLossError("cannot write to the output");
}

}  // namespace
}  // namespace culturemert

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "turns the records of experiments into tables, plots and a page");
  absl::ParseCommandLine(argc, argv);
  const absl::Status status = culturemert::Run();
  if (status.ok()) return 0;
  culturemert::LogError(status.message());
  return absl::IsInvalidArgument(status) ? 2 : 1;
}
