#include "reports/site/html_table.h"

#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/reports/plots/markup_check.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kHostile[] = "</td><script>alert(1)</script>\"'&";

// A text column, a score and a difference.
Table SampleTable() {
  Table table;
  table.title = "Main results";
  table.caption = "Scores of everything.";
  table.groups = {{"", {}, 1}, {"Lyra", Origin::kSynthetic, 2}};
  table.columns.resize(3);
  table.columns[0].header = "model";
  table.columns[0].is_text = true;
  table.columns[1].header = "ROC-AUC";
  table.columns[1].unit = "%";
  table.columns[2].header = "gain";
  table.columns[2].decimals = 2;
  table.columns[2].is_signed = true;
  Cell score = Cell::Value(83.25);
  score.deviation = 0.4;
  score.low = 82;
  score.high = 84.5;
  score.is_best = true;
  Cell gain = Cell::Value(-1.234);
  gain.low = -2;
  gain.high = 0.5;
  gain.p = 0.0004;
  gain.is_significant = true;
  TableRow row;
  row.cells = {Cell::Text("Base"), score, gain};
  table.rows = {row};
  return table;
}

TEST(HtmlTableTest, HeadersSayWhatTheyHead) {
  const std::string html = HtmlTable(SampleTable(), "label");
  EXPECT_THAT(html, HasSubstr("<th scope=\"col\" data-column=\"1\" "
                              "class=\"number\">ROC-AUC <span "
                              "class=\"unit\">%</span></th>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"colgroup\" class=\"group\" "
                              "colspan=\"2\">Lyra <span "
                              "class=\"origin\">(synthetic)</span></th>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"row\">Base</th>"));
  EXPECT_THAT(html, HasSubstr("Scores of everything.</span></caption>"));
}

TEST(HtmlTableTest, KeyboardsReachTheTableByItsName) {
  EXPECT_THAT(HtmlTable(SampleTable(), "label"),
              HasSubstr("role=\"region\" tabindex=\"0\" "
                        "aria-labelledby=\"label\""));
}

TEST(HtmlTableTest, ValuesHaveTheirMarksAndTheNumberToSortBy) {
  const std::string html = HtmlTable(SampleTable(), "label");
  EXPECT_THAT(html,
              HasSubstr("<td class=\"number\" data-sort=\"83.250000000\">"
                        "<strong>83.2</strong> <span class=\"deviation\">± "
                        "0.4</span> <span class=\"interval\">[82.0, "
                        "84.5]</span></td>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"number\" "
                              "data-sort=\"-1.234000000\">−1.23<abbr "
                              "title=\"significant, p &lt;0.001\">*</abbr>"));
  EXPECT_THAT(html, HasSubstr("[−2.00, +0.50]"));
}

TEST(HtmlTableTest, OnlyMarksThatStandInTheTableAreExplained) {
  Table table = SampleTable();
  EXPECT_THAT(HtmlTable(table, "label"), HasSubstr("Bold: significantly"));
  table.rows[0].cells[1].is_best = false;
  const std::string html = HtmlTable(table, "label");
  EXPECT_THAT(html, Not(HasSubstr("Bold: significantly")));
  EXPECT_THAT(html, HasSubstr("95 % interval"));
}

TEST(HtmlTableTest, CellsWithoutAValueSayWhy) {
  Table table = SampleTable();
  table.rows[0].cells[1] = Cell::Without(CellState::kNotRun);
  table.rows[0].cells[2] = Cell::Without(CellState::kUndefined);
  table.rows.push_back(
      {{Cell::Text("other"), Cell::Without(CellState::kNotFound),
        Cell::Without(CellState::kEmpty)},
       true});
  const std::string html = HtmlTable(table, "label");
  for (const char* text :
       {">not run</td>", ">undefined</td>", ">not found</td>", "state\"></td>",
        "<tr class=\"section\">"}) {
    EXPECT_THAT(html, HasSubstr(text));
  }
  EXPECT_THAT(html, Not(HasSubstr("data-sort")));
}

TEST(HtmlTableTest, WhatIsNoNumberIsNotSortedAsOne) {
  Table table = SampleTable();
  table.rows[0].cells[1] =
      Cell::Value(std::numeric_limits<double>::quiet_NaN());
  EXPECT_THAT(HtmlTable(table, "label"), Not(HasSubstr("data-sort=\"nan")));
}

TEST(HtmlTableTest, EveryTextIsEscaped) {
  Table table = SampleTable();
  table.title = table.caption = kHostile;
  table.groups[1].title = kHostile;
  table.columns[1].header = table.columns[1].unit = kHostile;
  table.rows[0].cells[0] = Cell::Text(kHostile);
  table.notes = {kHostile};
  const std::string html = HtmlTable(table, "label");
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_EQ(CheckMarkup(html).problem, "");
}

}  // namespace
}  // namespace culturemert
