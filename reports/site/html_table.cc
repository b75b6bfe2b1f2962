#include "reports/site/html_table.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "absl/strings/str_cat.h"
#include "reports/plots/characters.h"
#include "reports/plots/markup.h"
#include "reports/tables/number_text.h"

namespace culturemert {
namespace {

// Digits of `data-sort`, more than are shown.
constexpr int kSortDecimals = 9;

bool HasGroups(const Table& table) {
  return std::any_of(table.groups.begin(), table.groups.end(),
                     [](const ColumnGroup& group) {
                       return !group.title.empty() || group.origin.has_value();
                     });
}

std::string GroupHeading(const ColumnGroup& group) {
  std::string text = EscapeMarkup(group.title);
  if (group.origin.has_value()) {
    absl::StrAppend(&text, text.empty() ? "" : " ", "<span class=\"origin\">(",
                    OriginName(*group.origin), ")</span>");
  }
  return text;
}

void AppendGroups(const Table& table, std::string* html) {
  absl::StrAppend(html, "<tr>");
  for (const ColumnGroup& group : table.groups) {
    const std::string heading = GroupHeading(group);
    if (heading.empty()) {
      absl::StrAppend(html, "<td colspan=\"", group.columns, "\"></td>");
    } else {
      absl::StrAppend(html, "<th scope=\"colgroup\" class=\"group\" colspan=\"",
                      group.columns, "\">", heading, "</th>");
    }
  }
  absl::StrAppend(html, "</tr>\n");
}

void AppendHeadings(const Table& table, std::string* html) {
  absl::StrAppend(html, "<thead>\n");
  if (HasGroups(table)) AppendGroups(table, html);
  absl::StrAppend(html, "<tr>");
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const Column& column = table.columns[i];
    absl::StrAppend(html, "<th scope=\"col\" data-column=\"", i, "\"",
                    column.is_text ? "" : " class=\"number\"", ">",
                    EscapeMarkup(column.header));
    if (!column.unit.empty()) {
      absl::StrAppend(html, " <span class=\"unit\">", EscapeMarkup(column.unit),
                      "</span>");
    }
    absl::StrAppend(html, "</th>");
  }
  absl::StrAppend(html, "</tr>\n</thead>\n");
}

absl::string_view StateText(CellState state) {
  switch (state) {
    case CellState::kNotRun:
      return "not run";
    case CellState::kUndefined:
      return "undefined";
    case CellState::kNotFound:
      return "not found";
    default:
      return "";
  }
}

std::string NumberText(double value, const Column& column) {
  return WithMinusSign(column.is_signed
                           ? SignedFixedText(value, column.decimals)
                           : FixedText(value, column.decimals));
}

// Pages have many cells: what follows appends to them without texts of its own.
void AppendValue(const Cell& cell, const Column& column, std::string* html) {
  absl::StrAppend(html, cell.is_best ? "<strong>" : "",
                  NumberText(cell.value, column),
                  cell.is_best ? "</strong>" : "");
  if (cell.is_significant) {
    absl::StrAppend(
        html, "<abbr title=\"significant", cell.p.has_value() ? ", p " : "",
        cell.p.has_value() ? EscapeMarkup(ProbabilityText(*cell.p)) : "",
        "\">*</abbr>");
  }
  if (cell.deviation.has_value()) {
    absl::StrAppend(html, " <span class=\"deviation\">± ",
                    FixedText(*cell.deviation, column.decimals), "</span>");
  }
  if (cell.low.has_value() && cell.high.has_value()) {
    absl::StrAppend(html, " <span class=\"interval\">[",
                    NumberText(*cell.low, column), ", ",
                    NumberText(*cell.high, column), "]</span>");
  }
}

void AppendContent(const Cell& cell, const Column& column, std::string* html) {
  switch (cell.state) {
    case CellState::kValue:
      AppendValue(cell, column, html);
      return;
    case CellState::kText:
      html->append(EscapeMarkup(cell.text));
      return;
    default:
      absl::StrAppend(html, StateText(cell.state));
  }
}

void AppendAttributes(const Cell& cell, const Column& column,
                      std::string* html) {
  if (cell.state == CellState::kValue) {
    html->append(" class=\"number\"");
    if (!std::isfinite(cell.value)) return;
    absl::StrAppend(html, " data-sort=\"", FixedText(cell.value, kSortDecimals),
                    "\"");
  } else if (cell.state == CellState::kText) {
    html->append(column.is_text ? " class=\"text\"" : " class=\"number\"");
  } else {
    html->append(column.is_text ? " class=\"state\""
                                : " class=\"number state\"");
  }
}

void AppendRow(const Table& table, const TableRow& row, std::string* html) {
  absl::StrAppend(html, row.starts_section ? "<tr class=\"section\">" : "<tr>");
  const std::size_t columns = std::min(row.cells.size(), table.columns.size());
  for (std::size_t i = 0; i < columns; ++i) {
    const Column& column = table.columns[i];
    const Cell& cell = row.cells[i];
    const bool is_heading = i == 0 && cell.state == CellState::kText;
    if (is_heading) {
      html->append("<th scope=\"row\">");
      AppendContent(cell, column, html);
      html->append("</th>");
    } else {
      html->append("<td");
      AppendAttributes(cell, column, html);
      html->push_back('>');
      AppendContent(cell, column, html);
      html->append("</td>");
    }
  }
  absl::StrAppend(html, "</tr>\n");
}

// What the marks that stand in the table mean.
std::vector<std::string> MarksOf(const Table& table) {
  const auto any_cell = [&](const auto& has_mark) {
    for (const TableRow& row : table.rows) {
      for (const Cell& cell : row.cells) {
        if (cell.state == CellState::kValue && has_mark(cell)) return true;
      }
    }
    return false;
  };
  std::vector<std::string> marks;
  if (any_cell([](const Cell& cell) { return cell.deviation.has_value(); })) {
    marks.push_back(
        absl::StrCat("±: standard deviation over ", table.deviation_over, "."));
  }
  if (any_cell([](const Cell& cell) {
        return cell.low.has_value() && cell.high.has_value();
      })) {
    marks.push_back("[low, high]: 95 % interval over recordings.");
  }
  if (any_cell([](const Cell& cell) { return cell.is_significant; })) {
    marks.push_back("*: significant, p < 0.05.");
  }
  if (any_cell([](const Cell& cell) { return cell.is_best; })) {
    marks.push_back("Bold: significantly better than the second.");
  }
  return marks;
}

}  // namespace

std::string HtmlTable(const Table& table, absl::string_view label_id) {
  std::string html = absl::StrCat(
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
      "aria-labelledby=\"",
      label_id, "\">\n<table class=\"data\">\n<caption><span>",
      EscapeMarkup(table.caption.empty() ? table.title : table.caption),
      "</span></caption>\n");
  AppendHeadings(table, &html);
  absl::StrAppend(&html, "<tbody>\n");
  for (const TableRow& row : table.rows) AppendRow(table, row, &html);
  absl::StrAppend(&html, "</tbody>\n</table>\n</div>\n");
  std::vector<std::string> notes = MarksOf(table);
  notes.insert(notes.end(), table.notes.begin(), table.notes.end());
  if (!notes.empty()) {
    absl::StrAppend(&html, "<ul class=\"notes\">\n");
    for (const std::string& note : notes) {
      absl::StrAppend(&html, "<li>", EscapeMarkup(note), "</li>\n");
    }
    absl::StrAppend(&html, "</ul>\n");
  }
  return html;
}

}  // namespace culturemert
