#include "reports/tables/latex_table.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "reports/tables/cell_text.h"
#include "reports/tables/column_blocks.h"
#include "tools/base/console/human.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

using CharacterName = std::pair<std::uint32_t, absl::string_view>;

constexpr std::array<CharacterName, 14> kSpecial = {
    {{'\\', "\\textbackslash{}"},
     {'{', "\\{"},
     {'}', "\\}"},
     {'$', "\\$"},
     {'&', "\\&"},
     {'#', "\\#"},
     {'^', "\\textasciicircum{}"},
     {'_', "\\_"},
     {'~', "\\textasciitilde{}"},
     {'%', "\\%"},
     {'<', "\\textless{}"},
     {'>', "\\textgreater{}"},
     {'|', "\\textbar{}"},
     {'"', "\\textquotedbl{}"}}};

constexpr std::array<CharacterName, 14> kSigns = {{{0xB1, "$\\pm$"},
                                                   {0xB7, "$\\cdot$"},
                                                   {0xD7, "$\\times$"},
                                                   {0x2009, "\\,"},
                                                   {0x2013, "--"},
                                                   {0x2014, "---"},
                                                   {0x2018, "`"},
                                                   {0x2019, "'"},
                                                   {0x2026, "\\dots{}"},
                                                   {0x2192, "$\\to$"},
                                                   {0x2212, "$-$"},
                                                   {0x2264, "$\\le$"},
                                                   {0x2265, "$\\ge$"},
                                                   {0x221E, "$\\infty$"}}};

// Greek capitals and small letters from U+0391 and U+03B1 on; those that look
// like Latin ones are printed as such, as LaTeX has no commands for them.
constexpr std::array<absl::string_view, 25> kGreekCapitals = {
    "A",           "B",       "$\\Gamma$", "$\\Delta$", "E",
    "Z",           "H",       "$\\Theta$", "I",         "K",
    "$\\Lambda$",  "M",       "N",         "$\\Xi$",    "O",
    "$\\Pi$",      "P",       "",          "$\\Sigma$", "T",
    "$\\Upsilon$", "$\\Phi$", "X",         "$\\Psi$",   "$\\Omega$"};
constexpr std::array<absl::string_view, 25> kGreekSmall = {
    "$\\alpha$",   "$\\beta$", "$\\gamma$",    "$\\delta$", "$\\epsilon$",
    "$\\zeta$",    "$\\eta$",  "$\\theta$",    "$\\iota$",  "$\\kappa$",
    "$\\lambda$",  "$\\mu$",   "$\\nu$",       "$\\xi$",    "o",
    "$\\pi$",      "$\\rho$",  "$\\varsigma$", "$\\sigma$", "$\\tau$",
    "$\\upsilon$", "$\\phi$",  "$\\chi$",      "$\\psi$",   "$\\omega$"};

// The code point at the front of well-formed UTF-8, which is taken off.
std::uint32_t TakeCodePoint(absl::string_view* text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>((*text)[i]));
  };
  const std::uint32_t first = byte(0);
  const std::size_t size = first < 0x80   ? 1
                           : first < 0xE0 ? 2
                           : first < 0xF0 ? 3
                                          : 4;
  std::uint32_t point = size == 1 ? first : first & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) point = point << 6 | (byte(i) & 0x3F);
  text->remove_prefix(size);
  return point;
}

absl::string_view NameOf(std::uint32_t point) {
  for (const CharacterName& name : kSpecial) {
    if (name.first == point) return name.second;
  }
  for (const CharacterName& name : kSigns) {
    if (name.first == point) return name.second;
  }
  if (point >= 0x391 && point < 0x391 + kGreekCapitals.size()) {
    return kGreekCapitals[point - 0x391];
  }
  if (point >= 0x3B1 && point < 0x3B1 + kGreekSmall.size()) {
    return kGreekSmall[point - 0x3B1];
  }
  return "";
}

// Letters of Latin-1 and Latin Extended-A, but for those that T1 lacks.
bool IsInT1Fonts(std::uint32_t point) {
  if (point >= 0xC0 && point <= 0xFF) return true;
  return point >= 0x100 && point <= 0x17E && point != 0x126 && point != 0x127 &&
         point != 0x138 && point != 0x149 && point != 0x166 && point != 0x167;
}

CellStyle LatexStyle() {
  CellStyle style;
  style.plus_minus = "$\\pm$";
  style.minus = "$-$";
  style.significant = "$^{*}$";
  style.best_begin = "\\textbf{";
  style.best_end = "}";
  style.best_name = "\\textbf{bold}";
  style.escape = EscapeLatex;
  return style;
}

// Characters in a line of a page across, a little smaller than the text around.
constexpr std::size_t kLineCharacters = 200;
// Rows of a part of a table, and of all parts on a page: two parts as wide as
// the page are made smaller, one that is narrow is not.
constexpr std::size_t kPartRows = 32;
constexpr std::size_t kPageRows = 48;
constexpr std::size_t kGapCharacters = 2;

// How many characters wide each column is when it is not LaTeX.
std::vector<std::size_t> WidthsOf(const Table& table) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    int width = CountColumns(ColumnHeading(table.columns[i]));
    for (const TableRow& row : table.rows) {
      width = std::max(
          width,
          CountColumns(CellText(table.columns[i], row.cells[i], CellStyle())));
    }
    widths.push_back(static_cast<std::size_t>(width));
  }
  return widths;
}

// The key columns and those of the block.
std::vector<std::size_t> ColumnsOf(const Table& table,
                                   const ColumnBlock& block) {
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < table.key_columns; ++i) columns.push_back(i);
  for (std::size_t i = block.begin; i < block.end; ++i) columns.push_back(i);
  return columns;
}

// "& \multicolumn{2}{c}{Lyra (real)} \\" and the rules below the groups.
void AppendGroups(const Table& table, const std::vector<std::size_t>& columns,
                  std::string* text) {
  const std::vector<std::size_t> groups = GroupOfColumns(table);
  std::vector<std::string> cells;
  std::string rules;
  bool has_title = false;
  for (std::size_t i = 0; i < columns.size();) {
    const std::size_t first = i;
    const std::size_t group = groups[columns[first]];
    while (i < columns.size() && groups[columns[i]] == group) ++i;
    const std::string heading = EscapeLatex(GroupHeading(table.groups[group]));
    cells.push_back(
        absl::StrCat("\\multicolumn{", i - first, "}{c}{", heading, "}"));
    if (heading.empty()) continue;
    has_title = true;
    absl::StrAppend(&rules, "\\cmidrule(lr){", first + 1, "-", i, "}");
  }
  if (!has_title) return;
  absl::StrAppend(text, absl::StrJoin(cells, " & "), " \\\\\n", rules, "\n");
}

// An opening "[" at the start of a row would be an argument of the "\\" before
// it.
void AppendRow(const std::vector<std::string>& cells, std::string* text) {
  absl::StrAppend(text, "{}", absl::StrJoin(cells, " & "), " \\\\\n");
}

// What stands in one tabular.
struct TablePart {
  std::vector<std::size_t> columns;
  std::size_t first_row = 0;
  std::size_t last_row = 0;  // Behind the last one.

  std::size_t rows() const { return last_row - first_row; }
};

// All rows of some columns before those of the next ones.
std::vector<TablePart> PartsOf(const Table& table) {
  const std::size_t rows = table.rows.size();
  const std::size_t count =
      std::max<std::size_t>(1, (rows + kPartRows - 1) / kPartRows);
  std::vector<TablePart> parts;
  for (const ColumnBlock& block : CutIntoColumnBlocks(
           table, WidthsOf(table), kGapCharacters, kLineCharacters)) {
    for (std::size_t i = 0; i < count; ++i) {
      parts.push_back(
          {ColumnsOf(table, block), rows * i / count, rows * (i + 1) / count});
    }
  }
  return parts;
}

// A tabular, made smaller where the page is too narrow.
void AppendPart(const Table& table, const TablePart& part,
                const CellStyle& style, std::string* text) {
  const std::vector<std::size_t>& columns = part.columns;
  absl::StrAppend(text,
                  "\\resizebox{\\ifdim\\width>"
                  "\\textwidth\\textwidth\\else\\width\\fi}{!}{%\n"
                  "\\begin{tabular}{");
  std::vector<std::string> headings;
  for (const std::size_t i : columns) {
    absl::StrAppend(text, table.columns[i].is_text ? "l" : "r");
    headings.push_back(EscapeLatex(ColumnHeading(table.columns[i])));
  }
  absl::StrAppend(text, "}\n\\toprule\n");
  AppendGroups(table, columns, text);
  AppendRow(headings, text);
  absl::StrAppend(text, "\\midrule\n");
  for (std::size_t r = part.first_row; r < part.last_row; ++r) {
    const TableRow& row = table.rows[r];
    if (row.starts_section && r > part.first_row) {
      absl::StrAppend(text, "\\midrule\n");
    }
    std::vector<std::string> cells;
    for (const std::size_t i : columns) {
      cells.push_back(CellText(table.columns[i], row.cells[i], style));
    }
    AppendRow(cells, text);
  }
  absl::StrAppend(text, "\\bottomrule\n\\end{tabular}}\n");
}

}  // namespace

std::string EscapeLatex(absl::string_view text) {
  std::string escaped;
  while (!text.empty()) {
    if (ValidUtf8Length(text.substr(0, 4)) == 0) {
      text.remove_prefix(1);
      escaped += "[?]";
      continue;
    }
    const absl::string_view before = text;
    const std::uint32_t point = TakeCodePoint(&text);
    const absl::string_view name = NameOf(point);
    if (!name.empty()) {
      absl::StrAppend(&escaped, name);
    } else if (point < 0x20 || (point >= 0x7F && point <= 0xA0)) {
      escaped += ' ';
    } else if (point < 0x7F || IsInT1Fonts(point)) {
      absl::StrAppend(&escaped, before.substr(0, before.size() - text.size()));
    } else {
      absl::StrAppend(&escaped, absl::StrFormat("[U+%04X]", point));
    }
  }
  return escaped;
}

std::string LatexTable(const Table& table) {
  const CellStyle style = LatexStyle();
  const std::string title = absl::StrCat(
      table.title, table.profile.empty() ? "" : ", profile ", table.profile);
  std::string text =
      absl::StrCat("\\begin{table}[htbp]\n\\centering\n\\caption{",
                   EscapeLatex(absl::StrCat(title, ". ", table.caption)),
                   "}\n\\label{tab:", table.profile,
                   table.profile.empty() ? "" : "-", table.id, "}\n");
  std::size_t rows_of_page = 0;
  for (const TablePart& part : PartsOf(table)) {
    if (rows_of_page > 0 && rows_of_page + part.rows() <= kPageRows) {
      absl::StrAppend(&text, "\n\\medskip\n");
    } else if (rows_of_page > 0) {
      absl::StrAppend(&text,
                      "\\end{table}\n\\begin{table}[htbp]\n\\centering\n",
                      "\\addtocounter{table}{-1}\n\\caption{",
                      EscapeLatex(title), " (continued).}\n");
      rows_of_page = 0;
    }
    rows_of_page += part.rows();
    AppendPart(table, part, style, &text);
  }
  for (const std::string& line : Legend(table, style)) {
    absl::StrAppend(&text, "\n\\footnotesize ", line, "\n");
  }
  for (const std::string& note : table.notes) {
    absl::StrAppend(&text, "\n\\footnotesize ", EscapeLatex(note), "\n");
  }
  absl::StrAppend(&text, "\\end{table}\n");
  return text;
}

std::string LatexDocument(absl::Span<const std::string> paths) {
  std::string text =
      "\\documentclass[landscape]{article}\n"
      "\\usepackage[margin=1cm]{geometry}\n"
      "\\usepackage[utf8]{inputenc}\n"
      "\\usepackage[T1]{fontenc}\n"
      "\\usepackage{booktabs}\n"
      "\\usepackage{graphicx}\n"
      "\\begin{document}\n";
  for (const std::string& path : paths) {
    absl::StrAppend(&text, "\\input{", path, "}\n\\clearpage\n");
  }
  absl::StrAppend(&text, "\\end{document}\n");
  return text;
}

}  // namespace culturemert
