#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "reports/tables/csv_table.h"
#include "reports/tables/latex_table.h"
#include "reports/tables/markdown_table.h"
#include "reports/tables/terminal_table.h"
#include "tests/reports/tables/latex_check.h"
#include "tests/reports/tables/sample_table.h"
#include "tools/base/console/human.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::_;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<std::string> LinesOf(const std::string& text) {
  return absl::StrSplit(text, '\n');
}

// A table of many columns.
Table WideTable() {
  Table table = SampleTable();
  for (int group = 0; group < 6; ++group) {
    table.groups.push_back(
        {absl::StrCat("A set with a long title ", group), Origin::kReal, 2});
    for (int i = 0; i < 2; ++i) {
      table.columns.push_back(table.columns[1]);
      for (TableRow& row : table.rows) row.cells.push_back(row.cells[1]);
    }
  }
  return table;
}

TEST(TerminalTableTest, ShowsEveryKindOfCell) {
  const std::string text = TerminalTable(SampleTable(), {});
  EXPECT_THAT(text,
              AllOf(HasSubstr("61.2! ±0.5 [1.0]"), HasSubstr("−1.50 [1.00]*"),
                    HasSubstr("not found"), HasSubstr("not run"),
                    HasSubstr("undefined"), HasSubstr("Lyra_#1 (synthetic)"),
                    HasSubstr("published")));
}

TEST(TerminalTableTest, ExplainsTheMarksThatItShowsAndNoOthers) {
  const std::string text = TerminalTable(SampleTable(), {});
  EXPECT_THAT(text, AllOf(HasSubstr("±: standard deviation"),
                          HasSubstr("[ ]: half the length"),
                          HasSubstr("*: differs from the base model"),
                          HasSubstr("!: the best of its column"),
                          HasSubstr("MTAT: test recordings were heard.")));
  Table plain = SampleTable();
  plain.rows.resize(1);
  plain.marks_best = false;
  EXPECT_THAT(TerminalTable(plain, {}), Not(HasSubstr("±:")));
}

TEST(TerminalTableTest, FitsItsWidthByBeingCutIntoBlocks) {
  for (const int width : {60, 80, 100, 300}) {
    TerminalOptions options;
    options.width_columns = width;
    const std::string text = TerminalTable(WideTable(), options);
    for (const std::string& line : LinesOf(text)) {
      EXPECT_LE(CountColumns(line), width) << line;
    }
    for (int group = 0; group < 6; ++group) {
      EXPECT_THAT(text,
                  HasSubstr(absl::StrCat("A set with a long title ", group)));
    }
  }
}

TEST(TerminalTableTest, HasNoControlCharactersOfRecordsAndColourOnlyIfAsked) {
  TerminalOptions options;
  EXPECT_THAT(TerminalTable(SampleTable(), options),
              AllOf(Not(HasSubstr("\x1b")), HasSubstr("b* \\x1b[31m")));
  options.has_colour = true;
  EXPECT_THAT(TerminalTable(SampleTable(), options),
              AllOf(HasSubstr("\x1b[1m61.2!"), Not(HasSubstr("\x1b[31m"))));
}

TEST(TerminalTableTest, KeepsItsOwnSignsToAsciiWhereAsked) {
  Table table = SampleTable();
  table.rows.resize(2);
  TerminalOptions options;
  options.charset = Charset::kAscii;
  const std::string text = TerminalTable(table, options);
  for (const char c : text) EXPECT_GE(c, 0) << text;
  EXPECT_THAT(text, AllOf(HasSubstr("61.2! +-0.5 [1.0]"),
                          HasSubstr("-1.50 [1.00]*"), HasSubstr("lambda_1")));
}

TEST(MarkdownTableTest, ShowsEveryKindOfCellAndEscapesText) {
  const std::string text = MarkdownTable(SampleTable());
  EXPECT_THAT(text, AllOf(HasSubstr("## Results \\| λ\\_1 \\& 100 % · mini"),
                          HasSubstr("Lyra\\_\\#1 (synthetic)<br>AP (%)"),
                          HasSubstr("**61.2** ±0.5 [1.0]"),
                          HasSubstr("−1.50 [1.00]\\*"),
                          HasSubstr("CPT \\{a\\}\\\\b\\*  \\[31m"),
                          HasSubstr("| not found |")));
}

TEST(MarkdownTableTest, HasAsManyCellsInEveryRow) {
  std::vector<std::ptrdiff_t> bars;
  for (const std::string& line : LinesOf(MarkdownTable(SampleTable()))) {
    if (line.empty() || line[0] != '|') continue;
    std::ptrdiff_t count = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '|' && (i == 0 || line[i - 1] != '\\')) ++count;
    }
    bars.push_back(count);
  }
  EXPECT_EQ(bars.size(), 5u);
  EXPECT_THAT(bars, Each(5));
}

TEST(LatexTableTest, EscapesWhatLatexTakesForItsOwn) {
  EXPECT_EQ(EscapeLatex("a_b & 5 % {x} #1 $2 ^ ~ \\"),
            "a\\_b \\& 5 \\% \\{x\\} \\#1 \\$2 \\textasciicircum{} "
            "\\textasciitilde{} \\textbackslash{}");
  EXPECT_EQ(EscapeLatex("λ ± − Λύ"),
            "$\\lambda$ $\\pm$ $-$ $\\Lambda$"
            "[U+03CD]");
  EXPECT_EQ(EscapeLatex("uşşak ğıİ é"), "uşşak ğıİ é");
  EXPECT_EQ(EscapeLatex("中\n\x01\xff"), "[U+4E2D]  [?]");
}

TEST(LatexTableTest, GivesEveryRowAsManyCellsAndARuleASection) {
  const std::string text = LatexTable(SampleTable());
  EXPECT_THAT(text,
              AllOf(HasSubstr("\\label{tab:mini-sample}"),
                    HasSubstr("\\multicolumn{2}{c}{Lyra\\_\\#1 (synthetic)}"),
                    HasSubstr("\\cmidrule(lr){2-3}\\cmidrule(lr){4-4}"),
                    HasSubstr("\\textbf{61.2} $\\pm$0.5 [1.0]"),
                    HasSubstr("$-$1.50 [1.00]$^{*}$"),
                    HasSubstr("{}[uşşak, \\textquotedbl{}x\\textquotedbl{}]")));
  EXPECT_THAT(text, HasSubstr("\\midrule\n{}CPT"));
}

TEST(LatexTableTest, CutsATableThatIsTooWideBetweenGroups) {
  const std::string text = LatexTable(WideTable());
  const std::vector<std::string> parts =
      absl::StrSplit(text, "\\begin{tabular}");
  ASSERT_GT(parts.size(), 2);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    EXPECT_THAT(parts[i], HasSubstr("{}chance & "));
  }
  for (int group = 0; group < 6; ++group) {
    EXPECT_THAT(text,
                HasSubstr(absl::StrCat(
                    "\\multicolumn{2}{c}{A set with a long title ", group)));
  }
  EXPECT_EQ(LatexComplaint(text), "");
}

TEST(LatexTableTest, CutsATableThatIsTooLongIntoPages) {
  Table table = SampleTable();
  const TableRow row = table.rows[0];
  table.rows.clear();
  for (int i = 0; i < 100; ++i) {
    table.rows.push_back(row);
    table.rows.back().cells[0] = Cell::Text(absl::StrCat("row ", i));
  }
  const std::string text = LatexTable(table);
  EXPECT_EQ(LatexComplaint(text), "");
  const std::vector<std::string> pages =
      absl::StrSplit(text, "\\begin{table}", absl::SkipEmpty());
  ASSERT_THAT(pages, SizeIs(4));
  int next = 0;
  for (const std::string& page : pages) {
    EXPECT_THAT(page, HasSubstr("(synthetic)"));
    const int first = next;
    while (absl::StrContains(page, absl::StrCat("{}row ", next, " & "))) ++next;
    EXPECT_EQ(next - first, 25);
    EXPECT_EQ(absl::StrContains(page, "\\label{tab:mini-sample}"), first == 0);
    EXPECT_EQ(absl::StrContains(page, " (continued).}"), first > 0);
  }
  EXPECT_EQ(next, 100);
}

TEST(CsvTableTest, HoldsWholeNumbersAndWhatBelongsToThem) {
  const absl::StatusOr<std::string> text = CsvTableText(SampleTable());
  ASSERT_THAT(text, IsOk());
  const auto table = CsvTable::Parse(*text, "sample.csv");
  ASSERT_THAT(table, IsOk());
  EXPECT_THAT((*table)->HeaderRow(0),
              ElementsAre("Model", "Lyra_#1 (synthetic), AP (%)",
                          "Lyra_#1 (synthetic), AP (%), deviation",
                          "Lyra_#1 (synthetic), AP (%), low",
                          "Lyra_#1 (synthetic), AP (%), high",
                          "Lyra_#1 (synthetic), AP (%), best",
                          "Lyra_#1 (synthetic), gain (points)",
                          "Lyra_#1 (synthetic), gain (points), low",
                          "Lyra_#1 (synthetic), gain (points), high",
                          "Lyra_#1 (synthetic), gain (points), p",
                          "published, AP (%)"));
  EXPECT_THAT(
      (*table)->Row(1),
      ElementsAre("CPT {a}\\b*\n\x1b[31m", "61.25", "0.5", "60.0", "62.0",
                  "yes", "-1.5", "-2.5", "-0.5", "0.01", "not found"));
  EXPECT_THAT((*table)->Row(2),
              ElementsAre("[uşşak, \"x\"]", "not run", "", "", "", "",
                          "undefined", "", "", "", "48.1"));
}

TEST(CsvTableTest, RefusesTextThatIsNotUtf8) {
  Table table = SampleTable();
  table.rows[0].cells[0].text = "\xff";
  EXPECT_THAT(CsvTableText(table),
              StatusIs(absl::StatusCode::kInvalidArgument, _));
}

}  // namespace
}  // namespace culturemert
