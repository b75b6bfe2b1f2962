#include "reports/tables/report_tables.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "reports/tables/csv_table.h"
#include "reports/tables/json_tables.h"
#include "reports/tables/latex_table.h"
#include "reports/tables/markdown_table.h"
#include "reports/tables/terminal_table.h"
#include "tests/reports/statistics/sample_study.h"
#include "tests/reports/tables/latex_check.h"
#include "tests/support/golden_file.h"
#include "tests/support/places.h"
#include "tools/base/console/human.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kGoldenFolder[] = "tests/reports/tables/golden/";

ReportData DataOf(RecordList list) {
  return MakeReportData(std::move(list), {}).value();
}

// Every form of all tables, by the name of its golden file.
std::vector<std::pair<std::string, std::string>> AllForms(
    const ReportData& data) {
  const std::vector<Table> tables = MakeTables(data);
  std::string terminal;
  std::string markdown;
  std::string latex;
  std::string csv;
  for (const Table& table : tables) {
    absl::StrAppend(&terminal, TerminalTable(table, {}), "\n");
    absl::StrAppend(&markdown, MarkdownTable(table), "\n");
    absl::StrAppend(&latex, LatexTable(table), "\n");
    absl::StrAppend(&csv, CsvTableText(table).value(), "\n");
  }
  return {{"tables.txt", terminal},
          {"tables.md", markdown},
          {"tables.tex", latex},
          {"tables.csv", csv},
          {"tables.json", JsonTables(data, tables).value()}};
}

// Two records with real recordings of all six sets.
RecordList PaperList() {
  RecordList list = SampleRecordList();
  list.records.resize(2);
  for (StoredRecord& stored : list.records) {
    Record& record = stored.record;
    for (const char* name : {"hindustani", "carnatic"}) {
      DatasetRecord dataset = record.datasets[0];
      dataset.name = name;
      dataset.title = name;
      dataset.ids_hash = HashOfIds({name});
      record.datasets.push_back(dataset);
    }
    for (DatasetRecord& dataset : record.datasets) dataset.synthetic = false;
    const std::vector<ResultRecord> results = record.results;
    for (const ResultRecord& result : results) {
      if (result.dataset != "makam") continue;
      for (const char* name : {"hindustani", "carnatic"}) {
        record.results.push_back(result);
        record.results.back().dataset = name;
      }
    }
  }
  return list;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file),
                     std::istreambuf_iterator<char>());
}

const Table& FindTable(const std::vector<Table>& tables,
                       const std::string& id) {
  for (const Table& table : tables) {
    if (table.id == id) return table;
  }
  ADD_FAILURE() << "no table " << id;
  return tables.front();
}

const Cell& CellAt(const Table& table, const std::string& row,
                   std::size_t column) {
  for (const TableRow& candidate : table.rows) {
    if (candidate.cells[0].text == row) return candidate.cells[column];
  }
  ADD_FAILURE() << "no row " << row;
  return table.rows.front().cells.front();
}

TEST(ReportTablesTest, AreTheGoldenOnes) {
  std::vector<std::pair<std::string, std::string>> forms =
      AllForms(DataOf(SampleRecordList()));
  // The JSON of one record shows all that it may hold.
  RecordList baseline = SampleRecordList();
  baseline.records.resize(1);
  forms.back() = AllForms(DataOf(std::move(baseline))).back();
  for (const auto& [name, text] : forms) {
    EXPECT_TRUE(IsGolden(text, absl::StrCat(kGoldenFolder, name)));
  }
}

TEST(ReportTablesTest, HaveATableForEverythingInTheRecords) {
  std::vector<std::string> ids;
  for (const Table& table : MakeTables(DataOf(SampleRecordList()))) {
    ids.push_back(table.id);
  }
  EXPECT_THAT(
      ids,
      ElementsAre("main_results", "f1", "published", "published_f1", "gain",
                  "comparisons", "pretraining_seeds", "ablation", "transfer",
                  "task_arithmetic", "merging_methods", "forgetting",
                  "token_similarity", "tag_groups", "tag_groups_ap", "layers",
                  "data_scaling", "cost", "cost_actions"));
}

TEST(ReportTablesTest, LeaveOutTablesThatRecordsHaveNothingFor) {
  RecordList list = SampleRecordList();
  list.records.resize(1);
  std::vector<std::string> ids;
  for (const Table& table : MakeTables(DataOf(std::move(list)))) {
    ids.push_back(table.id);
  }
  EXPECT_THAT(ids,
              ElementsAre("main_results", "f1", "published", "published_f1",
                          "comparisons", "tag_groups", "tag_groups_ap"));
  EXPECT_THAT(MakeTables(DataOf(RecordList())), IsEmpty());
}

TEST(ReportTablesTest, AreWellFormed) {
  for (const Table& table : MakeTables(DataOf(SampleRecordList()))) {
    std::size_t columns = 0;
    for (const ColumnGroup& group : table.groups) columns += group.columns;
    EXPECT_EQ(columns, table.columns.size()) << table.id;
    EXPECT_LT(table.key_columns, table.columns.size()) << table.id;
    for (const TableRow& row : table.rows) {
      EXPECT_EQ(row.cells.size(), table.columns.size()) << table.id;
    }
    EXPECT_FALSE(table.caption.empty()) << table.id;
  }
}

TEST(ReportTablesTest, FitAHundredColumnsOfATerminal) {
  for (const Table& table : MakeTables(DataOf(SampleRecordList()))) {
    const std::string text = TerminalTable(table, {});
    std::size_t begin = 0;
    while (begin < text.size()) {
      const std::size_t end = text.find('\n', begin);
      EXPECT_LE(CountColumns(text.substr(begin, end - begin)), 100)
          << text.substr(begin, end - begin);
      begin = end + 1;
    }
  }
}

TEST(ReportTablesTest, NeverMixOriginsInAColumnWithoutALabel) {
  for (const Table& table : MakeTables(DataOf(SampleRecordList()))) {
    bool has_data_column = false;
    for (const Column& column : table.columns) {
      has_data_column |= column.header == "data" || column.header == "our data";
    }
    std::size_t column = 0;
    for (const ColumnGroup& group : table.groups) {
      for (std::size_t i = 0; i < group.columns; ++i, ++column) {
        // Columns of scores and their differences.
        const std::string& unit = table.columns[column].unit;
        if (unit != "%" && unit != "points") continue;
        if (column < table.key_columns) continue;
        EXPECT_TRUE(group.origin.has_value() || has_data_column ||
                    table.id == "token_similarity")
            << table.id << " column " << column;
      }
    }
  }
}

TEST(ReportTablesTest, MarkTheBestOnlyWhereATestSaysSo) {
  const std::vector<Table> tables = MakeTables(DataOf(SampleRecordList()));
  const Table& main = FindTable(tables, "main_results");
  // On non-Western sets the second best is task arithmetic, less than two
  // points behind, so not significantly; on Western sets chance leads and was
  // never tested.
  for (const TableRow& row : main.rows) {
    for (const Cell& cell : row.cells) EXPECT_FALSE(cell.is_best);
  }
  RecordList list = SampleRecordList();
  for (StoredRecord& stored : list.records) {
    for (ComparisonRecord& comparison : stored.record.comparisons) {
      if (comparison.against == "multicultural_cpt") comparison.p_holm = 0.01;
    }
  }
  const std::vector<Table> marked = MakeTables(DataOf(std::move(list)));
  EXPECT_TRUE(CellAt(FindTable(marked, "main_results"), "Multi-cultural CPT", 1)
                  .is_best);
  EXPECT_FALSE(
      CellAt(FindTable(marked, "main_results"), "Task arithmetic, λ = 0.2", 1)
          .is_best);
}

TEST(ReportTablesTest, AverageWhatIsThereForARowAndNothingLess) {
  RecordList list = SampleRecordList();
  Record& record = list.records[0].record;
  record.results.erase(record.results.begin());  // Chance on makam.
  const std::vector<Table> tables = MakeTables(DataOf(std::move(list)));
  const Table& main = FindTable(tables, "main_results");
  EXPECT_EQ(CellAt(main, "Chance", 1).state, CellState::kNotRun);
  EXPECT_EQ(CellAt(main, "Chance", 9).state, CellState::kNotRun);
  EXPECT_EQ(CellAt(main, "Base model", 9).state, CellState::kValue);
}

TEST(ReportTablesTest, GiveTheMeanAndSpreadOverSeedsOfPretraining) {
  const std::vector<Table> tables = MakeTables(DataOf(SampleRecordList()));
  const Table& seeds = FindTable(tables, "pretraining_seeds");
  ASSERT_THAT(seeds.rows, SizeIs(3));
  for (std::size_t column = 1; column < seeds.columns.size(); ++column) {
    const double first = CellAt(seeds, "Multi-cultural CPT", column).value;
    const double second = CellAt(seeds, "pre-training seed 1", column).value;
    const Cell& mean = CellAt(seeds, "mean of 2 seeds", column);
    EXPECT_DOUBLE_EQ(mean.value, (first + second) / 2);
    ASSERT_TRUE(mean.deviation.has_value());
    EXPECT_NEAR(*mean.deviation, std::abs(first - second) / std::sqrt(2.0),
                1e-12);
  }
  // On the makam set, in points.
  EXPECT_DOUBLE_EQ(CellAt(seeds, "mean of 2 seeds", 1).value,
                   100 * (0.0625 + 0.05859375) / 2);
  EXPECT_THAT(TerminalTable(seeds, {}),
              HasSubstr("over the seeds of pre-training"));
}

TEST(ReportTablesTest, SayUndefinedWhereARecordHasNoSuchMetric) {
  RecordList list = SampleRecordList();
  for (StoredRecord& stored : list.records) {
    for (ResultRecord& result : stored.record.results) {
      if (result.dataset != "fma") continue;
      result.metrics.erase(result.metrics.begin());
    }
  }
  const std::vector<Table> tables = MakeTables(DataOf(std::move(list)));
  EXPECT_EQ(CellAt(FindTable(tables, "main_results"), "Base model", 5).state,
            CellState::kUndefined);
}

TEST(ReportTablesTest, CompareWithPublishedFiguresOnRealRecordingsOnly) {
  const std::vector<Table> tables = MakeTables(DataOf(SampleRecordList()));
  const Table& published = FindTable(tables, "published");
  for (const TableRow& row : published.rows) {
    const bool is_real = row.cells[2].text == "real";
    EXPECT_EQ(row.cells[4].state, CellState::kValue);
    EXPECT_EQ(row.cells[5].state,
              is_real ? CellState::kValue : CellState::kText);
    if (!is_real) continue;
    EXPECT_DOUBLE_EQ(row.cells[5].value,
                     row.cells[3].value - row.cells[4].value);
    EXPECT_EQ(row.cells[6].text == "yes",
              *row.cells[3].low <= row.cells[4].value &&
                  row.cells[4].value <= *row.cells[3].high);
  }
  const Table& f1 = FindTable(tables, "published_f1");
  EXPECT_EQ(f1.rows.back().cells[4].state, CellState::kNotFound);
}

TEST(ReportTablesTest, CompareAveragesOnlyWhereAllPublishedSetsWereTested) {
  const std::vector<Table> tables = MakeTables(DataOf(PaperList()));
  const Table& averages = FindTable(tables, "published_averages");
  ASSERT_THAT(averages.rows, SizeIs(6));
  EXPECT_EQ(averages.rows[0].cells[0].text, "Base model");
  EXPECT_EQ(averages.rows[0].cells[4].value, 66.1);
  EXPECT_EQ(averages.rows[3].cells[4].state, CellState::kNotFound);
  EXPECT_EQ(averages.rows[4].cells[1].text,
            "gain, non-Western, ROC-AUC and AP");
  EXPECT_DOUBLE_EQ(averages.rows[4].cells[3].value, 6.25);
  EXPECT_DOUBLE_EQ(averages.rows[4].cells[5].value, 6.25 - 4.9);
  const Table& main = FindTable(tables, "main_results");
  EXPECT_EQ(main.columns.back().header, "mean of 12");
}

TEST(ReportTablesTest, HaveTheSameBytesForRecordsInAnyOrder) {
  const auto expected = AllForms(DataOf(SampleRecordList()));
  RecordList list = SampleRecordList();
  for (int i = 0; i < 3; ++i) {
    std::rotate(list.records.begin(), list.records.begin() + 3,
                list.records.end());
    RecordList rotated;
    rotated.records = list.records;
    EXPECT_EQ(AllForms(DataOf(std::move(rotated))), expected);
  }
}

TEST(ReportTablesTest, HaveTheSameBytesInEveryPlace) {
  const auto expected = AllForms(DataOf(SampleRecordList()));
  ForEachPlace([&](const std::string& place) {
    EXPECT_EQ(AllForms(DataOf(SampleRecordList())), expected) << place;
  });
}

TEST(ReportTablesTest, AreLatexWithoutFault) {
  for (const Table& table : MakeTables(DataOf(SampleRecordList()))) {
    EXPECT_EQ(LatexComplaint(LatexTable(table)), "") << table.id;
  }
  EXPECT_THAT(LatexComplaint("\\begin{tabular}{ll}\na \\\\\n"),
              HasSubstr("1 cells in 2 columns"));
  EXPECT_THAT(LatexComplaint("a_b"), HasSubstr("the character _"));
  EXPECT_THAT(LatexComplaint("{a"), HasSubstr("does not end"));
  EXPECT_THAT(LatexComplaint("\\end{table}"), HasSubstr("not begun"));
}

TEST(ReportTablesTest, CompileWherePdflatexIsInstalled) {
  if (std::system("command -v pdflatex > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "pdflatex is not installed";
  }
  const std::string folder = ::testing::TempDir();
  std::vector<std::string> names;
  for (const Table& table : MakeTables(DataOf(SampleRecordList()))) {
    names.push_back(absl::StrCat(table.id, ".tex"));
    std::ofstream(absl::StrCat(folder, "/", names.back()), std::ios::binary)
        << LatexTable(table);
  }
  std::ofstream(absl::StrCat(folder, "/all.tex"), std::ios::binary)
      << LatexDocument(names);
  // A draft needs no fonts beyond their metrics.
  EXPECT_EQ(std::system(absl::StrCat("cd '", folder,
                                     "' && HOME=. pdflatex -draftmode "
                                     "-halt-on-error -interaction=nonstopmode "
                                     "all.tex > all.out 2>&1")
                            .c_str()),
            0)
      << ReadFile(absl::StrCat(folder, "/all.out"));
}

}  // namespace
}  // namespace culturemert
