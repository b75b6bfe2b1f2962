#include "reports/tables/cell_text.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "reports/tables/number_text.h"

namespace culturemert {
namespace {

std::string ValueText(const Column& column, const Cell& cell,
                      const CellStyle& style) {
  std::string value = column.is_signed
                          ? SignedFixedText(cell.value, column.decimals)
                          : FixedText(cell.value, column.decimals);
  if (absl::StartsWith(value, "-")) value.replace(0, 1, style.minus);
  std::string text = cell.is_best
                         ? absl::StrCat(style.best_begin, value, style.best_end)
                         : value;
  if (cell.deviation.has_value()) {
    absl::StrAppend(&text, " ", style.plus_minus,
                    FixedText(*cell.deviation, column.decimals));
  }
  if (cell.low.has_value() && cell.high.has_value()) {
    absl::StrAppend(&text, " [",
                    FixedText((*cell.high - *cell.low) / 2, column.decimals),
                    "]");
  }
  if (cell.is_significant) absl::StrAppend(&text, style.significant);
  return text;
}

// Which kinds of numbers and marks a table holds.
struct Marks {
  bool has_deviation = false;
  bool has_interval = false;
  bool is_tested = false;
};

Marks MarksOf(const Table& table) {
  Marks marks;
  for (const TableRow& row : table.rows) {
    for (const Cell& cell : row.cells) {
      marks.has_deviation |= cell.deviation.has_value();
      marks.has_interval |= cell.low.has_value();
      marks.is_tested |= cell.p.has_value();
    }
  }
  return marks;
}

}  // namespace

std::string CellText(const Column& column, const Cell& cell,
                     const CellStyle& style) {
  switch (cell.state) {
    case CellState::kValue:
      return ValueText(column, cell, style);
    case CellState::kText:
      return style.escape(cell.text);
    case CellState::kEmpty:
      return "";
    case CellState::kNotRun:
      return "not run";
    case CellState::kUndefined:
      return "undefined";
    case CellState::kNotFound:
      return "not found";
  }
  return "";
}

std::string ColumnHeading(const Column& column) {
  if (column.unit.empty()) return column.header;
  return absl::StrCat(column.header, column.header.empty() ? "" : " ", "(",
                      column.unit, ")");
}

std::string GroupHeading(const ColumnGroup& group) {
  if (!group.origin.has_value()) return group.title;
  if (group.title.empty()) return std::string(OriginName(*group.origin));
  return absl::StrCat(group.title, " (", OriginName(*group.origin), ")");
}

std::vector<std::string> Legend(const Table& table, const CellStyle& style) {
  const Marks marks = MarksOf(table);
  std::vector<std::string> lines;
  if (marks.has_deviation) {
    lines.push_back(absl::StrCat(
        style.plus_minus,
        style.escape(absl::StrCat(": standard deviation over ",
                                  table.deviation_over, ", by n ")),
        style.minus, " 1."));
  }
  if (marks.has_interval) {
    lines.push_back(style.escape(
        "[ ]: half the length of the 95 % interval over test recordings."));
  }
  if (marks.is_tested && !table.significance.empty()) {
    lines.push_back(absl::StrCat(
        style.significant,
        style.escape(absl::StrCat(": ", table.significance,
                                  ", p < 0.05 by a paired test after Holm's "
                                  "correction."))));
  }
  if (table.marks_best) {
    lines.push_back(absl::StrCat(
        style.best_name,
        style.escape(
            ": the best of its column, where the records hold a paired test "
            "against the second best with p < 0.05 after Holm's correction; "
            "elsewhere the best is not marked.")));
  }
  return lines;
}

std::vector<std::size_t> GroupOfColumns(const Table& table) {
  std::vector<std::size_t> groups;
  for (std::size_t group = 0; group < table.groups.size(); ++group) {
    groups.insert(groups.end(), table.groups[group].columns, group);
  }
  return groups;
}

}  // namespace culturemert
