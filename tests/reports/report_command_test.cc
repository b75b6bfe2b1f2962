#include "reports/report_command.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "experiments/records/record_json.h"
#include "experiments/records/record_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/records/sample_record.h"
#include "tests/reports/statistics/sample_study.h"
#include "tools/base/files/faulty_files.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSubsetOf;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kRecords[] = "/results/records";

ReportRequest RequestFor(std::vector<std::string> formats = {}) {
  ReportRequest request;
  request.results = "/results";
  request.output_dir = "/results/tables";
  request.formats = ParseReportFormats(formats).value();
  return request;
}

// Writes a file where a page would be.
absl::Status WriteNothingButAPage(const ReportData& data,
                                  const std::vector<Table>& tables,
                                  OutputFolder& folder) {
  EXPECT_FALSE(tables.empty());
  folder.BeginPart("site");
  return folder.Write("site", "index.html", absl::StrCat(data.records.size()));
}

void WriteStudy(Files& files) {
  for (const Record& record : SampleStudy()) {
    ASSERT_THAT(WriteRecord(files, kRecords, record, {}), IsOk());
  }
}

std::vector<std::string> Names(Files& files, const std::string& folder) {
  std::vector<std::string> names;
  const auto entries = files.List(folder);
  if (!entries.ok()) return names;
  for (const DirectoryEntry& entry : *entries) names.push_back(entry.name);
  return names;
}

absl::StatusOr<ReportOutput> Report(Files& files,
                                    const ReportRequest& request) {
  return MakeReport(files, request, WriteNothingButAPage);
}

TEST(ReportCommandTest, WritesEveryFormOfTheTablesAndThePage) {
  MemoryFiles files;
  WriteStudy(files);
  const auto output = Report(files, RequestFor());
  ASSERT_THAT(output, IsOk());
  EXPECT_THAT(output->warnings, IsEmpty());
  EXPECT_THAT(output->text, HasSubstr("Main results · mini"));
  EXPECT_THAT(Names(files, "/results/tables"),
              ElementsAre("csv", "index.html", "latex", "tables.json",
                          "tables.md", "tables.tex", "written_files.json"));
  EXPECT_THAT(files.Read("/results/tables/tables.tex"),
              IsOkAndHolds(HasSubstr("\\input{latex/mini-main_results.tex}")));
  EXPECT_THAT(files.Read("/results/tables/tables.md"),
              IsOkAndHolds(AllOf(HasSubstr("## Main results · mini"),
                                 HasSubstr("## Records"),
                                 HasSubstr("commit 0123456789abcdef"))));
  EXPECT_THAT(files.Read("/results/tables/csv/mini-gain.csv"), IsOk());
  EXPECT_THAT(files.Read("/results/tables/index.html"), IsOkAndHolds("10"));
}

TEST(ReportCommandTest, WritesOnlyTheFormsThatAreAskedFor) {
  MemoryFiles files;
  WriteStudy(files);
  const auto output = Report(files, RequestFor({"markdown", "json"}));
  ASSERT_THAT(output, IsOk());
  EXPECT_EQ(output->text, "");
  EXPECT_THAT(Names(files, "/results/tables"),
              ElementsAre("tables.json", "tables.md", "written_files.json"));
  const auto printed = Report(files, RequestFor({"terminal"}));
  ASSERT_THAT(printed, IsOk());
  EXPECT_THAT(printed->written, IsEmpty());
}

TEST(ReportCommandTest, NamesTheFormsThereAre) {
  EXPECT_THAT(ParseReportFormats({"csv", "pdf"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("\"pdf\""), HasSubstr("markdown"))));
  EXPECT_THAT(*ParseReportFormats({}), SizeIs(6));
}

TEST(ReportCommandTest, TakesAFolderOfRecordsAsWell) {
  MemoryFiles files;
  WriteStudy(files);
  ReportRequest request = RequestFor({"terminal"});
  request.results = kRecords;
  EXPECT_THAT(Report(files, request), IsOk());
}

TEST(ReportCommandTest, SaysWhichCommandMakesRecordsWhereThereAreNone) {
  MemoryFiles files;
  const auto says =
      StatusIs(absl::StatusCode::kNotFound,
               HasSubstr("tools/bazel run //experiments:multicultural_cpt"));
  EXPECT_THAT(Report(files, RequestFor()), says) << "no folder";
  ASSERT_THAT(files.CreateDirectories(kRecords), IsOk());
  EXPECT_THAT(Report(files, RequestFor()), says) << "an empty folder";
  EXPECT_THAT(Names(files, "/results"), ElementsAre("records"));
}

// The first record of the folder with one replacement, under another name.
void AddChanged(Files& files, const std::string& name, absl::string_view from,
                absl::string_view to, bool is_sealed) {
  std::string text = FormatRecord(SampleStudy()[0]).value();
  ASSERT_TRUE(absl::StrContains(text, from)) << from;
  text = absl::StrReplaceAll(text, {{from, to}});
  if (is_sealed) {
    text = record_internal::Seal(text.substr(0, text.rfind("\"xxh3\"")));
  }
  ASSERT_THAT(files.WriteAtomically(JoinPath(kRecords, name), text), IsOk());
}

TEST(ReportCommandTest, PassesOverWhatItCannotReadByName) {
  MemoryFiles files;
  WriteStudy(files);
  AddChanged(files, "damaged.json", "Chance", "Chanse", false);
  AddChanged(files, "older.json", "\"schema_version\":1",
             "\"schema_version\":0", true);
  AddChanged(files, "other.json", "\"conformance\":1", "\"conformance\":999",
             true);
  ASSERT_THAT(files.WriteAtomically(JoinPath(kRecords, "cut.json"), "{"),
              IsOk());
  const auto output = Report(files, RequestFor());
  ASSERT_THAT(output, IsOk());
  EXPECT_THAT(output->warnings,
              ElementsAre(HasSubstr("cut.json"), HasSubstr("damaged.json"),
                          HasSubstr("older.json"), HasSubstr("other.json")));
  EXPECT_THAT(files.Read("/results/tables/tables.md"),
              IsOkAndHolds(AllOf(HasSubstr("damaged.json: passed over"),
                                 HasSubstr("older.json: passed over"))));
  EXPECT_THAT(files.Read("/results/tables/tables.json"),
              IsOkAndHolds(AllOf(HasSubstr("other conformance"),
                                 HasSubstr("other schema"))));
}

TEST(ReportCommandTest, NamesEachRecordWhereNoneCanBeRead) {
  MemoryFiles files;
  ASSERT_THAT(files.CreateDirectories(kRecords), IsOk());
  ASSERT_THAT(files.WriteAtomically(JoinPath(kRecords, "a.json"), "{"), IsOk());
  EXPECT_THAT(Report(files, RequestFor()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("no record in /results/records"),
                             HasSubstr("a.json"))));
}

TEST(ReportCommandTest, ShowsWhatAPartOfAStudyHas) {
  MemoryFiles files;
  Record partial = SampleStudy()[1];
  partial.results.resize(3);
  partial.comparisons.clear();
  ASSERT_THAT(WriteRecord(files, kRecords, partial, {}), IsOk());
  const auto output = Report(files, RequestFor());
  ASSERT_THAT(output, IsOk());
  EXPECT_THAT(output->text, HasSubstr("not run"));
}

TEST(ReportCommandTest, SelectsRecords) {
  MemoryFiles files;
  WriteStudy(files);
  ReportRequest request = RequestFor({"terminal"});
  request.selection.experiments = {"baseline"};
  const auto output = Report(files, request);
  ASSERT_THAT(output, IsOk());
  EXPECT_THAT(output->text, AllOf(HasSubstr("Chance"), Not(HasSubstr("TIES"))));
  request.selection.profile = "nano";
  EXPECT_THAT(
      Report(files, request),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"nano\"")));
}

TEST(ReportCommandTest, RemovesTheTablesThatItNoLongerHas) {
  MemoryFiles files;
  WriteStudy(files);
  ASSERT_THAT(Report(files, RequestFor({"csv", "latex"})), IsOk());
  ASSERT_THAT(files.Info("/results/tables/csv/mini-gain.csv"), IsOk());
  ReportRequest request = RequestFor({"csv"});
  request.selection.experiments = {"token_similarity"};
  ASSERT_THAT(Report(files, request), IsOk());
  EXPECT_THAT(Names(files, "/results/tables/csv"),
              ElementsAre("mini-token_similarity.csv"));
  EXPECT_THAT(files.Info("/results/tables/latex/mini-gain.tex"), IsOk())
      << "of a format that was not asked for";
}

TEST(ReportCommandTest, TablesOfTwoPoolingsAreTwoFilesAndSayWhichTheyAre) {
  MemoryFiles files;
  WriteStudy(files);
  for (Record record : SampleStudy()) {
    record.configuration = absl::StrReplaceAll(
        record.configuration, {{"mean_and_deviation", "mean"}});
    record.configuration_hash = HashBytes(record.configuration);
    ASSERT_THAT(WriteRecord(files, kRecords, record, {}), IsOk());
  }
  ASSERT_THAT(Report(files, RequestFor()), IsOk());
  EXPECT_THAT(files.Info("/results/tables/csv/mini-mean-gain.csv"), IsOk());
  EXPECT_THAT(
      files.Info("/results/tables/csv/mini-mean_and_deviation-gain.csv"),
      IsOk());
  EXPECT_THAT(
      files.Read("/results/tables/tables.md"),
      IsOkAndHolds(AllOf(
          HasSubstr("Hidden states over time: pooled by mean.\n"),
          HasSubstr(
              "Hidden states over time: pooled by mean and deviation."))));
}

TEST(ReportCommandTest, LeavesOldFilesOrNewOnesWhateverFails) {
  ReportRequest request = RequestFor({"markdown", "csv"});
  request.selection.experiments = {"token_similarity"};
  const std::string path = "/results/tables/tables.md";
  int failures = 0;
  int successes = 0;
  for (const SystemCall call :
       {SystemCall::kWrite, SystemCall::kSyncFile, SystemCall::kRename,
        SystemCall::kMakeDirectory}) {
    for (std::size_t i = 0; i < 4; ++i) {
      MemoryFiles disk;
      WriteStudy(disk);
      ASSERT_THAT(Report(disk, request), IsOk());
      const std::string whole = disk.Read(path).value();
      ASSERT_THAT(disk.WriteAtomically(path, "old"), IsOk());
      ASSERT_THAT(disk.RemoveTree("/results/tables/csv"), IsOk());
      FaultyFiles files(disk);
      files.FailCall(call, i, Fault::kInputOutputError);
      const bool is_ok = Report(files, request).ok();
      ++(is_ok ? successes : failures);
      EXPECT_THAT(disk.Read(path), IsOkAndHolds(AnyOf("old", whole)));
      if (is_ok) {
        EXPECT_THAT(disk.Read(path), IsOkAndHolds(whole));
      }
      EXPECT_THAT(Names(disk, "/results/tables"),
                  IsSubsetOf({"csv", "tables.md", "written_files.json"}))
          << "no temporary";
    }
  }
  EXPECT_GT(failures, 4);
  EXPECT_GT(successes, 0);
}

class CompareTest : public ::testing::Test {
 protected:
  CompareTest() {
    const auto written =
        WriteRecord(files_, kRecords, SampleRecord(), {SamplePredictions()});
    EXPECT_THAT(written, IsOk());
    stored_ = *written;
    name_ = std::string(Basename(stored_.path));
  }

  absl::StatusOr<ReportOutput> Compare(std::vector<std::string> runs) {
    ReportRequest request = RequestFor();
    request.compare = std::move(runs);
    request.replicates = 50;
    return Report(files_, request);
  }

  MemoryFiles files_;
  StoredRecord stored_;
  std::string name_;
};

TEST_F(CompareTest, ComparesTwoModelsPerSetAndPerTag) {
  const auto output = Compare({absl::StrCat(name_, ":multicultural_cpt"),
                               absl::StrCat(name_, ":base")});
  ASSERT_THAT(output, IsOk());
  EXPECT_THAT(output->text,
              AllOf(HasSubstr("Two runs compared"), HasSubstr("Lyra"),
                    HasSubstr("tag by tag"), HasSubstr("instruments--violin"),
                    HasSubstr("undefined")));
  // The sample's scores are the same for both models.
  EXPECT_THAT(output->text, HasSubstr("0.00 [0.00]"));
  EXPECT_THAT(Names(files_, "/results/tables"),
              ElementsAre("comparison.json", "comparison.md", "comparison.tex",
                          "csv", "latex", "written_files.json"));
}

TEST_F(CompareTest, ComparesEachModelThatTwoRecordsHave) {
  Record later = SampleRecord();
  later.timing->started = "2026-11-23T19:50:19Z";
  later.timing->finished = "2026-11-23T19:55:19Z";
  const auto written =
      WriteRecord(files_, kRecords, later, {SamplePredictions()});
  ASSERT_THAT(written, IsOk());
  const std::string other(Basename(written->path));
  const auto output =
      Compare({name_.substr(0, name_.size() - 5), written->path});
  ASSERT_THAT(output, IsOk());
  EXPECT_THAT(output->text,
              AllOf(HasSubstr(name_), HasSubstr(other), HasSubstr("base"),
                    HasSubstr("multicultural_cpt")));
}

TEST_F(CompareTest, SaysWhereTheTwoRunsPoolInTwoWays) {
  Record other = SampleRecord();
  other.configuration =
      R"({"evaluation":{"protocol":{"pooling":"mean_and_deviation"}}})";
  other.configuration_hash = HashBytes(other.configuration);
  const auto written =
      WriteRecord(files_, kRecords, other, {SamplePredictions()});
  ASSERT_THAT(written, IsOk());
  const auto output = Compare({name_, written->path});
  ASSERT_THAT(output, IsOk());
  EXPECT_THAT(absl::StrReplaceAll(output->text, {{"\n", " "}}),
              HasSubstr("of the first run pooling not said, of the second "
                        "pooled by mean and deviation."));
}

TEST_F(CompareTest, RefusesWhatCannotBeCompared) {
  EXPECT_THAT(Compare({name_}), StatusIs(absl::StatusCode::kInvalidArgument,
                                         HasSubstr("expected two")));
  EXPECT_THAT(Compare({name_, name_}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("compared with itself")));
  EXPECT_THAT(Compare({absl::StrCat(name_, ":best"), name_}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("\"best\""),
                             HasSubstr("there are base, multicultural_cpt"))));
  EXPECT_THAT(Compare({"nothing", name_}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("nothing.json")));
}

TEST_F(CompareTest, RefusesSetsOfOtherRecordings) {
  Record other = SampleRecord();
  other.datasets[0].ids_hash = HashOfIds({"x", "y", "z"});
  other.timing->started = "2026-11-23T19:50:19Z";
  other.timing->finished = "2026-11-23T19:55:19Z";
  const auto written =
      WriteRecord(files_, kRecords, other, {SamplePredictions()});
  ASSERT_THAT(written, IsOk());
  EXPECT_THAT(Compare({name_, written->path}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("its recordings or tags differ")));
}

TEST_F(CompareTest, RefusesPredictionsThatWereChanged) {
  const std::string path =
      JoinPath(stored_.predictions_directory, "lyra/base/scores-seed-0.csv");
  const std::string text = files_.Read(path).value();
  ASSERT_THAT(files_.WriteAtomically(
                  path, absl::StrReplaceAll(text, {{"0.25", "0.26"}})),
              IsOk());
  EXPECT_THAT(Compare({absl::StrCat(name_, ":multicultural_cpt"),
                       absl::StrCat(name_, ":base")}),
              StatusIs(absl::StatusCode::kDataLoss,
                       AllOf(HasSubstr(path), HasSubstr("checksum"))));
}

}  // namespace
}  // namespace culturemert
