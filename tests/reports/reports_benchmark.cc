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

// As long as that of a whole study: 40 models of 12 settings each.
std::string LongConfiguration(int number) {
  std::string text =
      absl::StrCat(R"({"evaluation":{"number":)", number,
                   R"(,"protocol":{"pooling":"mean"}},)", R"("models":{)");
  for (int model = 10; model < 50; ++model) {
    absl::StrAppend(&text, model == 10 ? "" : ",", "\"model_", model, "\":{");
    for (int setting = 10; setting < 22; ++setting) {
      absl::StrAppend(&text, setting == 10 ? "" : ",", "\"setting_", setting,
                      "\":[\"", model - 10 == number % 40 ? number : 0, "\",",
                      setting, "]");
    }
    absl::StrAppend(&text, "}");
  }
  return absl::StrCat(text, "}}");
}

// Groups of tags, and what was done at which cost.
void AddStudyParts(Record* record) {
  for (ResultRecord& result : record->results) {
    for (MetricResult& metric : result.metrics) {
      metric.by_group = {{"instrument", 20, metric.values},
                         {"mode", 20, metric.values}};
    }
  }
  record->actions.clear();
  record->timing->actions.clear();
  for (int i = 0; i < 140; ++i) {
    record->actions.push_back({"embed", HashOfIds({absl::StrCat(i)}).ToHex()});
    record->timing->actions.push_back({12.5, 3200000000, i % 2 == 0});
  }
}

// Records of six datasets x four models x five seeds x fifty tags. `state` says
// how many, how many configurations they are of (only the newest of each is
// shown), whether there is a page, and whether configurations and actions are
// as long as a whole study's.
void BM_Report(benchmark::State& state) {
  Files& files = Files::Real();
  const std::string folder = (std::filesystem::temp_directory_path() /
                              absl::StrCat("culturemert_reports_", getpid()))
                                 .string();
  Require(files.CreateDirectories(JoinPath(folder, "records")));
  Record record = LargeRecord();
  if (state.range(3) != 0) AddStudyParts(&record);
  for (int i = 0; i < state.range(0); ++i) {
    const int number = static_cast<int>(i % state.range(1));
    record.configuration =
        state.range(3) != 0
            ? LongConfiguration(number)
            : absl::StrCat(R"({"evaluation":{"number":)", number, "}}");
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
    ->Args({1000, 10, 1, 0})
    ->Args({1000, 1000, 0, 0})
    ->Args({1000, 1000, 1, 0})
    ->Args({1000, 1000, 1, 1})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();

}  // namespace
}  // namespace culturemert
