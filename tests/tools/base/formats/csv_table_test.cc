// CsvTable and CsvWriter: tables in files.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

CsvTableOptions HeaderRows(std::size_t header_rows) {
  CsvTableOptions options;
  options.header_rows = header_rows;
  return options;
}

// The first columns of FMA's tracks.csv.
constexpr absl::string_view kFma =
    ",album,album,set,track,track\n"
    ",comments,title,split,comments,genre_top\n"
    "track_id,,,,,\n"
    "2,0,AWOL - A Way Of Life,training,0,Hip-Hop\n"
    "3,0,\"The \"\"other\"\" one\",validation,1,\n";

TEST(CsvTableTest, ReadsAFileByColumnName) {
  MemoryFiles files;
  ASSERT_THAT(files.WriteAtomically(
                  "/labels.csv",
                  "path,tag\na.wav,\"ney, oud\"\nb.wav,\"the \"\"saz\"\"\"\n"),
              IsOk());
  const auto table = CsvTable::Read(files, "/labels.csv");
  ASSERT_THAT(table, IsOk());
  EXPECT_EQ((*table)->source(), "/labels.csv");
  EXPECT_EQ((*table)->num_columns(), 2u);
  ASSERT_EQ((*table)->num_rows(), 2u);
  EXPECT_THAT((*table)->HeaderRow(0), ElementsAre("path", "tag"));
  EXPECT_THAT((*table)->ColumnIndex("path"), IsOkAndHolds(0u));
  EXPECT_THAT((*table)->ColumnIndex("tag"), IsOkAndHolds(1u));
  EXPECT_THAT((*table)->Row(0), ElementsAre("a.wav", "ney, oud"));
  EXPECT_THAT((*table)->Row(1), ElementsAre("b.wav", "the \"saz\""));
}

TEST(CsvTableTest, KeepsItsFileMapped) {
  MemoryFiles files;
  ASSERT_THAT(files.WriteAtomically("/a.csv", "path\na.wav\n"), IsOk());
  const auto table = CsvTable::Read(files, "/a.csv");
  ASSERT_THAT(files.WriteAtomically("/a.csv", "other\n"), IsOk());
  ASSERT_THAT(table, IsOk());
  EXPECT_THAT((*table)->Row(0), ElementsAre("a.wav"));
}

TEST(CsvTableTest, NamesAMissingFile) {
  MemoryFiles files;
  EXPECT_THAT(CsvTable::Read(files, "/missing.csv").status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/missing.csv")));
}

TEST(CsvTableTest, TellsTheLineWhereEachRowBegins) {
  const auto table = CsvTable::Parse("name\n\"a\nb\"\nc\n", "a.csv");
  ASSERT_THAT(table, IsOk());
  EXPECT_EQ((*table)->LineOfRow(0), 2u);
  EXPECT_EQ((*table)->LineOfRow(1), 4u);
}

TEST(CsvTableTest, PassesOnErrorsOfTheReader) {
  EXPECT_THAT(CsvTable::Parse("a,b\n1,2\n3\n", "labels.csv").status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "labels.csv:3:1: found 1 field, expected 2 as in line "
                       "1"));
  CsvTableOptions options;
  options.delimiter = '\n';
  EXPECT_THAT(CsvTable::Parse("a\n", "labels.csv", options).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StartsWith("labels.csv: the delimiter \"\\n\" is not")));
}

TEST(CsvTableTest, WantsAsManyRowsAsHeaderRows) {
  EXPECT_THAT(CsvTable::Parse("", "a.csv").status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "a.csv: found 0 rows, expected at least 1 header row"));
  EXPECT_THAT(CsvTable::Parse("a\n", "a.csv", HeaderRows(2)).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "a.csv: found 1 row, expected at least 2 header rows"));
  const auto header_only = CsvTable::Parse("a,b\n", "a.csv");
  ASSERT_THAT(header_only, IsOk());
  EXPECT_EQ((*header_only)->num_rows(), 0u);
  EXPECT_EQ((*header_only)->num_columns(), 2u);
}

TEST(CsvTableTest, ReadsTablesWithoutAHeader) {
  const auto table = CsvTable::Parse("a,b\nc,d\n", "a.csv", HeaderRows(0));
  ASSERT_THAT(table, IsOk());
  EXPECT_EQ((*table)->num_rows(), 2u);
  EXPECT_THAT((*table)->Row(0), ElementsAre("a", "b"));
  EXPECT_THAT((*table)->ColumnIndex("a"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "a.csv: the column \"a\" was asked for in a table read "
                       "without header rows"));
  const auto empty = CsvTable::Parse("", "a.csv", HeaderRows(0));
  ASSERT_THAT(empty, IsOk());
  EXPECT_EQ((*empty)->num_rows(), 0u);
  EXPECT_EQ((*empty)->num_columns(), 0u);
}

TEST(CsvTableTest, FindsColumnsUnderSeveralHeaderRows) {
  const auto table =
      CsvTable::Parse(std::string(kFma), "tracks.csv", HeaderRows(3));
  ASSERT_THAT(table, IsOk());
  EXPECT_EQ((*table)->num_rows(), 2u);
  EXPECT_THAT(
      (*table)->HeaderRow(1),
      ElementsAre("", "comments", "title", "split", "comments", "genre_top"));
  EXPECT_THAT((*table)->ColumnIndexUnder({"", "", "track_id"}),
              IsOkAndHolds(0u));
  EXPECT_THAT((*table)->ColumnIndexUnder({"album", "comments"}),
              IsOkAndHolds(1u));
  EXPECT_THAT((*table)->ColumnIndexUnder({"track", "comments"}),
              IsOkAndHolds(4u));
  EXPECT_THAT((*table)->ColumnIndex("set"), IsOkAndHolds(3u));
  EXPECT_EQ((*table)->Row(0)[5], "Hip-Hop");
  EXPECT_EQ((*table)->Row(1)[2], "The \"other\" one");
}

TEST(CsvTableTest, NamesTheColumnsThereAreTheNearestFirst) {
  const auto table =
      CsvTable::Parse(std::string(kFma), "tracks.csv", HeaderRows(3));
  ASSERT_THAT(table, IsOk());
  EXPECT_THAT(
      (*table)->ColumnIndexUnder({"track", "genre"}),
      StatusIs(absl::StatusCode::kNotFound,
               "tracks.csv: no column \"track\"/\"genre\"; the columns, the "
               "nearest first, are \"track\"/\"genre_top\", "
               "\"track\"/\"comments\", \"album\"/\"title\", \"\"/\"\", "
               "\"set\"/\"split\", \"album\"/\"comments\""));
  const auto labels = CsvTable::Parse("file,split,tag\n", "labels.csv");
  ASSERT_THAT(labels, IsOk());
  EXPECT_THAT((*labels)->ColumnIndex("tags"),
              StatusIs(absl::StatusCode::kNotFound,
                       "labels.csv: no column \"tags\"; the columns, the "
                       "nearest first, are \"tag\", \"file\", \"split\""));
}

TEST(CsvTableTest, ListsNoMoreThanTwentyColumns) {
  std::string header = "column_0";
  for (int i = 1; i < 190; ++i) absl::StrAppend(&header, ",column_", i);
  const auto table = CsvTable::Parse(header + "\n", "a.csv");
  ASSERT_THAT(table, IsOk());
  EXPECT_THAT((*table)->ColumnIndex("column_777"),
              StatusIs(absl::StatusCode::kNotFound,
                       testing::AllOf(HasSubstr("are \"column_77\", "),
                                      testing::EndsWith(" and 170 more"))));
}

TEST(CsvTableTest, RefusesToChooseBetweenColumnsOfOneName) {
  const auto table =
      CsvTable::Parse(std::string(kFma), "tracks.csv", HeaderRows(3));
  ASSERT_THAT(table, IsOk());
  EXPECT_THAT((*table)->ColumnIndex("track"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "tracks.csv: 2 columns are named \"track\", counted "
                       "from 0: 4, 5; rename all but one, or give the names in "
                       "further header rows"));
  EXPECT_THAT((*table)->ColumnIndexUnder({}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "tracks.csv: 0 names of one column, expected 1 to 3, "
                       "one for each header row"));
  EXPECT_THAT((*table)->ColumnIndexUnder({"", "", "", ""}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "tracks.csv: 4 names of one column, expected 1 to 3, "
                       "one for each header row"));
}

TEST(CsvTableTest, AllowsHeaderRowsOfUnlikeLengthWhereToldTo) {
  CsvTableOptions options = HeaderRows(2);
  options.same_number_of_fields = false;
  const auto table = CsvTable::Parse("a,b\nc\nd,e,f\n", "a.csv", options);
  ASSERT_THAT(table, IsOk());
  EXPECT_THAT((*table)->ColumnIndexUnder({"a", "c"}), IsOkAndHolds(0u));
  EXPECT_THAT((*table)->ColumnIndexUnder({"b", ""}), IsOkAndHolds(1u));
  EXPECT_THAT((*table)->Row(0), ElementsAre("d", "e", "f"));
}

// The size of MagnaTagATune's annotations_final.csv, which parses in well under
// half a second.
TEST(CsvTableTest, ReadsALargeTable) {
  constexpr std::size_t kRows = 25000;
  constexpr std::size_t kColumns = 190;
  std::string header = "\"clip_id\"";
  for (std::size_t i = 1; i < kColumns; ++i) {
    absl::StrAppend(&header, "\t\"tag_", i, "\"");
  }
  std::string row;
  for (std::size_t i = 1; i < kColumns; ++i) row += "\t\"0\"";
  std::string text = header + "\n";
  for (std::size_t i = 0; i < kRows; ++i) {
    absl::StrAppend(&text, "\"", i, "\"", row, "\n");
  }
  CsvTableOptions options;
  options.delimiter = '\t';
  const auto table = CsvTable::Parse(std::move(text), "a.csv", options);
  ASSERT_THAT(table, IsOk());
  ASSERT_EQ((*table)->num_rows(), kRows);
  EXPECT_EQ((*table)->num_columns(), kColumns);
  EXPECT_EQ((*table)->Row(kRows - 1)[0], "24999");
  EXPECT_EQ((*table)->Row(kRows - 1)[kColumns - 1], "0");
}

TEST(CsvWriterTest, WritesAFileThatReadsBack) {
  MemoryFiles files;
  auto writer = CsvWriter::Create(files, "/a.tsv", '\t');
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Append({"path", "tag"}), IsOk());
  ASSERT_THAT((*writer)->Append({"a.wav", "ney\toud"}), IsOk());
  EXPECT_FALSE(files.Exists("/a.tsv"));
  ASSERT_THAT((*writer)->Commit(), IsOk());
  EXPECT_THAT(files.Read("/a.tsv"),
              IsOkAndHolds("path\ttag\na.wav\t\"ney\toud\"\n"));
}

TEST(CsvWriterTest, WritesMoreThanItsBufferHolds) {
  MemoryFiles files;
  auto writer = CsvWriter::Create(files, "/a.csv");
  ASSERT_THAT(writer, IsOk());
  std::string expected;
  for (int i = 0; i < 20000; ++i) {
    const std::string field = absl::StrCat("row ", i);
    ASSERT_THAT((*writer)->Append({field, "x"}), IsOk());
    absl::StrAppend(&expected, field, ",x\n");
  }
  ASSERT_THAT((*writer)->Commit(), IsOk());
  EXPECT_THAT(files.Read("/a.csv"), IsOkAndHolds(expected));
}

TEST(CsvWriterTest, RefusesABadRowAndGoesOnWithGoodOnes) {
  MemoryFiles files;
  auto writer = CsvWriter::Create(files, "/a.csv");
  ASSERT_THAT(writer, IsOk());
  EXPECT_THAT((*writer)->Append({"\xFF", "b", "c"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "/a.csv: row 1: field 1 holds invalid UTF-8: "
                       "\"\\xff\""));
  ASSERT_THAT((*writer)->Append({"a", "b"}), IsOk());
  EXPECT_THAT((*writer)->Append({"c"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "/a.csv: row 2: found 1 field, expected 2 as in the "
                       "first row"));
  ASSERT_THAT((*writer)->Append({"c", "d"}), IsOk());
  ASSERT_THAT((*writer)->Commit(), IsOk());
  EXPECT_THAT(files.Read("/a.csv"), IsOkAndHolds("a,b\nc,d\n"));
}

TEST(CsvWriterTest, LeavesNoTraceWithoutCommit) {
  MemoryFiles files;
  {
    auto writer = CsvWriter::Create(files, "/a.csv");
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT((*writer)->Append({"a", "b"}), IsOk());
  }
  EXPECT_THAT(files.List("/"), IsOkAndHolds(IsEmpty()));
}

TEST(CsvWriterTest, RefusesABadDelimiterBeforeItTouchesTheFile) {
  MemoryFiles files;
  EXPECT_THAT(CsvWriter::Create(files, "/a.csv", '"').status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StartsWith("/a.csv: the delimiter \"\\\"\" is not")));
  EXPECT_THAT(files.List("/"), IsOkAndHolds(IsEmpty()));
}

TEST(CsvWriterTest, DoesNotCommitAfterTheDiskWasFull) {
  MemoryFiles files;
  files.set_capacity_bytes(1000);
  {
    auto writer = CsvWriter::Create(files, "/a.csv");
    ASSERT_THAT(writer, IsOk());
    const std::string field(1 << 21, 'x');
    EXPECT_THAT((*writer)->Append({field}),
                StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("")));
    EXPECT_THAT((*writer)->Commit(),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("an earlier part failed")));
  }
  EXPECT_THAT(files.List("/"), IsOkAndHolds(IsEmpty()));
}

}  // namespace
}  // namespace culturemert
