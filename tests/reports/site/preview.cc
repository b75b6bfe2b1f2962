// Writes the sample report, or that of a folder of records, as a site to look
// at: tools/bazel run //tests/reports/site:preview -- OUTPUT [RECORDS]

#include <cstdio>

#include "absl/status/status.h"
#include "experiments/records/record_store.h"
#include "reports/output_folder.h"
#include "reports/site/site.h"
#include "reports/statistics/report_data.h"
#include "reports/tables/report_tables.h"
#include "tests/reports/site/sample_report.h"
#include "tools/base/files/files.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

absl::Status Write(Files& files, const ReportData& data, const char* output) {
  ASSIGN_OR_RETURN(OutputFolder folder, OutputFolder::Open(files, output));
  RETURN_IF_ERROR(WriteSite(data, MakeTables(data), folder));
  return folder.Finish();
}

absl::Status Preview(int argc, char** argv) {
  Files& files = Files::Real();
  if (argc == 2) return Write(files, SampleReport(), argv[1]);
  if (argc != 3) return absl::InvalidArgumentError("OUTPUT [RECORDS]");
  ASSIGN_OR_RETURN(RecordList records, ReadRecords(files, argv[2]));
  ASSIGN_OR_RETURN(const ReportData data,
                   MakeReportData(std::move(records), ReportSelection()));
  return Write(files, data, argv[1]);
}

}  // namespace
}  // namespace culturemert

int main(int argc, char** argv) {
  const absl::Status status = culturemert::Preview(argc, argv);
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
