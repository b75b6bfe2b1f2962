// tools/bazel run //tests/reports:reports_benchmark

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "experiments/records/record_json.h"
#include "reports/report_command.h"
#include "reports/site/site.h"
#include "tests/experiments/records/sample_record.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"

namespace culturemert {
namespace {

void Require(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << status << "\n";
  std::abort();
}

// Records of six datasets x four models x five seeds x fifty tags. `state` says
// how many, and how many configurations they are of: only the newest of each is
// shown.
void BM_Report(benchmark::State& state) {
  Files& files = Files::Real();
  const std::string folder = (std::filesystem::temp_directory_path() /
                              absl::StrCat("culturemert_reports_", getpid()))
                                 .string();
  Require(files.CreateDirectories(JoinPath(folder, "records")));
  Record record = LargeRecord();
  for (int i = 0; i < state.range(0); ++i) {
    record.configuration =
        absl::StrCat(R"({"evaluation":{"number":)", i % state.range(1), "}}");
    record.configuration_hash = HashBytes(record.configuration);
    Require(files.WriteAtomically(
        JoinPath(folder, "records", absl::StrCat(i, ".json")),
        FormatRecord(record).value()));
  }
  ReportRequest request;
  request.results = folder;
  request.output_dir = JoinPath(folder, "tables");
  request.formats = ParseReportFormats({}).value();
  if (state.range(2) == 0) request.formats.erase(ReportFormat::kSite);
  for (auto _ : state) {
    Require(MakeReport(files, request, WriteSite).status());
  }
  Require(files.RemoveTree(folder));
}
BENCHMARK(BM_Report)
    ->Args({1000, 10, 1})
    ->Args({1000, 1000, 0})
    ->Args({1000, 1000, 1})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();

}  // namespace
}  // namespace culturemert
