#include "reports/report_command.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "experiments/records/record_store.h"
#include "reports/statistics/model_setup.h"
#include "reports/statistics/run_comparison.h"
#include "reports/tables/comparison_tables.h"
#include "reports/tables/csv_table.h"
#include "reports/tables/json_tables.h"
#include "reports/tables/latex_table.h"
#include "reports/tables/markdown_table.h"
#include "reports/tables/report_tables.h"
#include "tools/base/files/paths.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr std::array<std::pair<absl::string_view, ReportFormat>, 6> kFormats = {
    {{"terminal", ReportFormat::kTerminal},
     {"markdown", ReportFormat::kMarkdown},
     {"latex", ReportFormat::kLatex},
     {"csv", ReportFormat::kCsv},
     {"json", ReportFormat::kJson},
     {"site", ReportFormat::kSite}}};

constexpr char kHowToMakeRecords[] =
    "run an experiment first: tools/bazel run //experiments:multicultural_cpt";

// <results>/records where that is a folder, else `results` itself.
absl::StatusOr<std::string> RecordsFolder(Files& files,
                                          const std::string& results) {
  const std::string below = JoinPath(results, "records");
  const absl::StatusOr<FileInfo> info = files.Info(below);
  if (absl::IsNotFound(info.status())) return results;
  RETURN_IF_ERROR(info.status());
  return below;
}

absl::StatusOr<RecordList> ReadAll(Files& files, const std::string& folder) {
  absl::StatusOr<RecordList> list = ReadRecords(files, folder);
  const bool is_missing = absl::IsNotFound(list.status());
  if (!is_missing) RETURN_IF_ERROR(list.status());
  if (is_missing || (list->records.empty() && list->problems.empty())) {
    return absl::NotFoundError(
        absl::StrCat("no records in ", folder, "; ", kHowToMakeRecords));
  }
  if (!list->records.empty()) return list;
  return absl::FailedPreconditionError(absl::StrCat(
      "no record in ", folder, " can be read; ", kHowToMakeRecords, "\n",
      absl::StrJoin(list->problems, "\n",
                    [](std::string* out, const RecordProblem& problem) {
                      absl::StrAppend(out, problem.message);
                    })));
}

// Where the numbers come from, and what was left out.
std::string MarkdownRecords(const ReportData& data) {
  std::string text = "## Records\n\n";
  for (const StoredRecord& stored : data.records) {
    const Record& record = stored.record;
    absl::StrAppend(&text, "- ", EscapeMarkdown(Basename(stored.path)), ": ",
                    EscapeMarkdown(record.experiment), ", profile ",
                    EscapeMarkdown(record.profile), ", configuration ",
                    record.configuration_hash.ToHex().substr(0, 8), ", commit ",
                    EscapeMarkdown(record.code.commit),
                    record.code.dirty ? " with changes" : "", ", on ",
                    EscapeMarkdown(record.environment.device), "\n");
  }
  for (const std::vector<ReportNote>* notes :
       {&data.superseded, &data.conflicts}) {
    for (const ReportNote& note : *notes) {
      absl::StrAppend(&text, "- ", EscapeMarkdown(Basename(note.path)), ": ",
                      EscapeMarkdown(note.text), "\n");
    }
  }
  for (const RecordProblem& problem : data.problems) {
    absl::StrAppend(&text, "- ", EscapeMarkdown(Basename(problem.path)),
                    ": passed over\n");
  }
  return text;
}

// Writes tables in every format that is asked for.
class TableWriter {
 public:
  TableWriter(OutputFolder& folder, const ReportRequest& request,
              ReportOutput* output)
      : folder_(folder), request_(request), output_(output) {}

  absl::Status Write(const std::string& name, const ReportData& data,
                     const std::vector<Table>& tables) {
    if (Wants(ReportFormat::kTerminal)) Print(tables);
    if (Wants(ReportFormat::kMarkdown)) {
      const std::string part = BeginPart(name, "markdown");
      std::string text = "# Results\n\n";
      for (const Table& table : tables) {
        absl::StrAppend(&text, MarkdownTable(table), "\n");
      }
      if (!data.records.empty()) absl::StrAppend(&text, MarkdownRecords(data));
      RETURN_IF_ERROR(folder_.Write(part, absl::StrCat(name, ".md"), text));
    }
    if (Wants(ReportFormat::kJson)) {
      const std::string part = BeginPart(name, "json");
      ASSIGN_OR_RETURN(const std::string text, JsonTables(data, tables));
      RETURN_IF_ERROR(folder_.Write(part, absl::StrCat(name, ".json"), text));
    }
    if (Wants(ReportFormat::kCsv)) {
      const std::string part = BeginPart(name, "csv");
      for (const Table& table : tables) {
        ASSIGN_OR_RETURN(const std::string text, CsvTableText(table));
        RETURN_IF_ERROR(
            folder_.Write(part, PathOf("csv", table, ".csv"), text));
      }
    }
    if (Wants(ReportFormat::kLatex)) {
      const std::string part = BeginPart(name, "latex");
      std::vector<std::string> inputs;
      for (const Table& table : tables) {
        inputs.push_back(PathOf("latex", table, ".tex"));
        RETURN_IF_ERROR(folder_.Write(part, inputs.back(), LatexTable(table)));
      }
      RETURN_IF_ERROR(folder_.Write(part, absl::StrCat(name, ".tex"),
                                    LatexDocument(inputs)));
    }
    return absl::OkStatus();
  }

 private:
  std::string BeginPart(const std::string& name, const char* format) {
    std::string part = absl::StrCat(name, ".", format);
    folder_.BeginPart(part);
    return part;
  }

  bool Wants(ReportFormat format) const {
    return request_.formats.count(format) > 0;
  }

  void Print(const std::vector<Table>& tables) {
    for (const Table& table : tables) {
      absl::StrAppend(&output_->text, output_->text.empty() ? "" : "\n\n",
                      TerminalTable(table, request_.terminal));
    }
  }

  static std::string PathOf(const char* folder, const Table& table,
                            const char* extension) {
    return JoinPath(
        folder, absl::StrCat(table.profile, table.profile.empty() ? "" : "-",
                             table.id, extension));
  }

  OutputFolder& folder_;
  const ReportRequest& request_;
  ReportOutput* const output_;
};

// Any two runs can be compared; where their features were pooled in two ways,
// that is a part of the difference.
std::string PoolingNote(const ComparedRun& a, const ComparedRun& b) {
  const std::string first = ReadStudySetup(a.stored.record).pooling;
  const std::string second = ReadStudySetup(b.stored.record).pooling;
  if (first != second) {
    return absl::StrCat("Hidden states over time: of the first run ",
                        PoolingText(first), ", of the second ",
                        PoolingText(second), ".");
  }
  return first.empty()
             ? ""
             : absl::StrCat("Hidden states over time: ", PoolingText(first),
                            ".");
}

absl::Status Compare(Files& files, const ReportRequest& request,
                     const std::string& records, OutputFolder& folder,
                     ReportOutput* output) {
  if (request.compare.size() != 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("--compare names ", request.compare.size(),
                     " runs, expected two: --compare=RECORD_A,RECORD_B"));
  }
  std::vector<ComparedRun> runs;
  for (const std::string& text : request.compare) {
    ASSIGN_OR_RETURN(ComparedRun run, ReadComparedRun(files, records, text));
    runs.push_back(std::move(run));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<ThreadPool> pool,
                   ThreadPool::Create(ThreadPool::DefaultSize()));
  ResamplingOptions options;
  options.replicates = request.replicates;
  ASSIGN_OR_RETURN(const RunComparison comparison,
                   CompareRuns(files, *pool, runs[0], runs[1], options));
  const auto name = [](const ComparedRun& run) {
    return std::string(Basename(run.stored.path));
  };
  std::vector<Table> tables =
      ComparisonTables(comparison, name(runs[0]), name(runs[1]));
  const std::string poolings = PoolingNote(runs[0], runs[1]);
  for (Table& table : tables) {
    if (!poolings.empty()) table.notes.push_back(poolings);
  }
  return TableWriter(folder, request, output)
      .Write("comparison", ReportData(), tables);
}

void AddWarnings(const ReportData& data, ReportOutput* output) {
  for (const RecordProblem& problem : data.problems) {
    output->warnings.push_back(problem.message);
  }
  for (const std::vector<ReportNote>* notes :
       {&data.superseded, &data.conflicts}) {
    for (const ReportNote& note : *notes) {
      output->warnings.push_back(absl::StrCat(note.path, ": ", note.text));
    }
  }
}

absl::Status Finish(OutputFolder& folder, ReportOutput* output) {
  RETURN_IF_ERROR(folder.Finish());
  for (const std::string& name : folder.written()) {
    output->written.push_back(JoinPath(folder.directory(), name));
  }
  output->warnings.insert(output->warnings.end(), folder.warnings().begin(),
                          folder.warnings().end());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::set<ReportFormat>> ParseReportFormats(
    const std::vector<std::string>& names) {
  std::set<ReportFormat> formats;
  for (const std::string& name : names) {
    const auto found =
        std::find_if(kFormats.begin(), kFormats.end(),
                     [&](const auto& format) { return format.first == name; });
    if (found == kFormats.end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--format is ", QuoteForMessage(name),
          ", expected of terminal, markdown, latex, csv, json, site"));
    }
    formats.insert(found->second);
  }
  if (formats.empty()) {
    for (const auto& [name, format] : kFormats) formats.insert(format);
  }
  return formats;
}

absl::StatusOr<ReportOutput> MakeReport(Files& files,
                                        const ReportRequest& request,
                                        const SiteWriter& write_site) {
  ReportOutput output;
  ASSIGN_OR_RETURN(const std::string records,
                   RecordsFolder(files, request.results));
  ASSIGN_OR_RETURN(OutputFolder folder,
                   OutputFolder::Open(files, request.output_dir));
  if (!request.compare.empty()) {
    RETURN_IF_ERROR(Compare(files, request, records, folder, &output));
    RETURN_IF_ERROR(Finish(folder, &output));
    return output;
  }
  ASSIGN_OR_RETURN(RecordList list, ReadAll(files, records));
  ASSIGN_OR_RETURN(const ReportData data,
                   MakeReportData(std::move(list), request.selection));
  AddWarnings(data, &output);
  const std::vector<Table> tables = MakeTables(data);
  RETURN_IF_ERROR(
      TableWriter(folder, request, &output).Write("tables", data, tables));
  if (request.formats.count(ReportFormat::kSite) > 0) {
    RETURN_IF_ERROR(write_site(data, tables, folder));
  }
  RETURN_IF_ERROR(Finish(folder, &output));
  return output;
}

}  // namespace culturemert
