#include "reports/tables/markdown_table.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "reports/tables/cell_text.h"

namespace culturemert {
namespace {

void AppendRow(const std::vector<std::string>& cells, std::string* text) {
  absl::StrAppend(text, "| ", absl::StrJoin(cells, " | "), " |\n");
}

// Markdown has one line of headings.
std::vector<std::string> Headings(const Table& table) {
  const std::vector<std::size_t> groups = GroupOfColumns(table);
  std::vector<std::string> headings;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const std::string group =
        EscapeMarkdown(GroupHeading(table.groups[groups[i]]));
    const std::string heading = EscapeMarkdown(ColumnHeading(table.columns[i]));
    headings.push_back(absl::StrCat(
        group, group.empty() || heading.empty() ? "" : "<br>", heading));
  }
  return headings;
}

}  // namespace

std::string EscapeMarkdown(absl::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      escaped += ' ';
      continue;
    }
    if (absl::string_view("\\`*_{}[]<>#|~$&!").find(c) !=
        absl::string_view::npos) {
      escaped += '\\';
    }
    escaped += c;
  }
  return escaped;
}

std::string MarkdownTable(const Table& table) {
  CellStyle style;
  style.significant = "\\*";
  style.best_begin = "**";
  style.best_end = "**";
  style.best_name = "**bold**";
  style.escape = EscapeMarkdown;
  std::string text =
      absl::StrCat("## ", EscapeMarkdown(table.title),
                   table.profile.empty()
                       ? ""
                       : absl::StrCat(" · ", EscapeMarkdown(table.profile)),
                   "\n\n");
  if (!table.caption.empty()) {
    absl::StrAppend(&text, EscapeMarkdown(table.caption), "\n\n");
  }
  AppendRow(Headings(table), &text);
  std::vector<std::string> rule;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    rule.push_back(table.columns[i].is_text ? ":---" : "---:");
  }
  AppendRow(rule, &text);
  for (const TableRow& row : table.rows) {
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      cells.push_back(CellText(table.columns[i], row.cells[i], style));
    }
    AppendRow(cells, &text);
  }
  std::vector<std::string> below = Legend(table, style);
  for (const std::string& note : table.notes) {
    below.push_back(EscapeMarkdown(note));
  }
  if (!below.empty()) {
    absl::StrAppend(&text, "\n- ", absl::StrJoin(below, "\n- "), "\n");
  }
  return text;
}

}  // namespace culturemert
