#include "reports/tables/terminal_table.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "reports/tables/cell_text.h"
#include "reports/tables/column_blocks.h"

namespace culturemert {
namespace {

constexpr char kBold[] = "\x1b[1m";
constexpr char kPlain[] = "\x1b[0m";
constexpr std::size_t kGap = 2;
// Columns of text are cut behind this.
constexpr int kMaxTextColumns = 48;

std::size_t Width(absl::string_view text) {
  return static_cast<std::size_t>(CountColumns(text));
}

// The text on one line without what drives a terminal and, for ASCII, with this
// project's own signs spelled out.
std::string ForCharset(absl::string_view text, Charset charset) {
  const std::string printable =
      Printable(absl::StrReplaceAll(text, {{"\n", " "}, {"\t", " "}}));
  if (charset == Charset::kUtf8) return printable;
  return absl::StrReplaceAll(printable, {{"λ", "lambda"},
                                         {"·", "-"},
                                         {"−", "-"},
                                         {"±", "+-"},
                                         {"×", "x"},
                                         {"→", "->"},
                                         {"…", "..."}});
}

class Layout {
 public:
  Layout(const Table& table, const TerminalOptions& options)
      : table_(table), options_(options), groups_(GroupOfColumns(table)) {
    if (options.charset == Charset::kAscii) {
      style_.plus_minus = "+-";
      style_.minus = "-";
    }
    for (const TableRow& row : table.rows) {
      std::vector<std::string>& texts = texts_.emplace_back();
      for (std::size_t i = 0; i < row.cells.size(); ++i) {
        texts.push_back(
            Shown(CellText(table.columns[i], row.cells[i], style_)));
      }
      for (std::string& cell : texts) {
        if (CountColumns(cell) <= kMaxTextColumns) continue;
        cell =
            absl::StrCat(TruncateToColumns(cell, kMaxTextColumns - 3), "...");
      }
    }
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      std::size_t width = Width(Shown(ColumnHeading(table.columns[i])));
      for (const std::vector<std::string>& texts : texts_) {
        width = std::max(width, Width(texts[i]));
      }
      widths_.push_back(width);
    }
    WidenForGroups();
  }

  std::string Print() const {
    std::string text = absl::StrCat(
        options_.has_colour ? kBold : "",
        Shown(table_.profile.empty()
                  ? table_.title
                  : absl::StrCat(table_.title, " · ", table_.profile)),
        options_.has_colour ? kPlain : "", "\n");
    AppendWrapped(table_.caption, &text);
    for (const ColumnBlock& block : Blocks()) AppendBlock(block, &text);
    std::vector<std::string> below = Legend(table_, style_);
    below.insert(below.end(), table_.notes.begin(), table_.notes.end());
    if (!below.empty()) absl::StrAppend(&text, "\n");
    for (const std::string& line : below) AppendWrapped(line, &text);
    return text;
  }

 private:
  std::string Shown(absl::string_view text) const {
    return ForCharset(text, options_.charset);
  }

  // A heading wider than its columns widens the last of them.
  void WidenForGroups() {
    std::size_t column = 0;
    for (const ColumnGroup& group : table_.groups) {
      std::size_t width = 0;
      for (std::size_t i = 0; i < group.columns; ++i) {
        width += widths_[column + i] + (i == 0 ? 0 : kGap);
      }
      const std::size_t wanted = Width(Shown(GroupHeading(group)));
      column += group.columns;
      if (group.columns > 0 && wanted > width) {
        widths_[column - 1] += wanted - width;
      }
    }
  }

  std::size_t KeyWidth() const {
    std::size_t width = 0;
    for (std::size_t i = 0; i < table_.key_columns; ++i) {
      width += widths_[i] + (i == 0 ? 0 : kGap);
    }
    return width;
  }

  std::vector<ColumnBlock> Blocks() const {
    return CutIntoColumnBlocks(
        table_, widths_, kGap,
        static_cast<std::size_t>(std::max(options_.width_columns, 20)));
  }

  void AppendBlock(const ColumnBlock& block, std::string* text) const {
    absl::StrAppend(text, "\n");
    AppendGroups(block, text);
    std::vector<std::string> headings;
    for (const Column& column : table_.columns) {
      headings.push_back(Shown(ColumnHeading(column)));
    }
    AppendLine(block, headings, nullptr, text);
    AppendRule(block, text);
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      if (table_.rows[i].starts_section && i > 0) AppendRule(block, text);
      AppendLine(block, texts_[i], &table_.rows[i], text);
    }
  }

  void AppendGroups(const ColumnBlock& block, std::string* text) const {
    std::string line(KeyWidth(), ' ');
    bool is_empty = true;
    for (std::size_t i = block.begin; i < block.end;) {
      std::size_t width = 0;
      const std::size_t group = groups_[i];
      for (; i < block.end && groups_[i] == group; ++i) {
        width += widths_[i] + (width == 0 ? 0 : kGap);
      }
      const std::string heading = Shown(GroupHeading(table_.groups[group]));
      is_empty = is_empty && heading.empty();
      const std::size_t left =
          width > Width(heading) ? (width - Width(heading)) / 2 : 0;
      absl::StrAppend(&line, std::string(kGap + left, ' '), heading);
      const std::size_t used = left + Width(heading);
      if (used < width) line.append(width - used, ' ');
    }
    if (!is_empty) AppendTrimmed(line, text);
  }

  void AppendLine(const ColumnBlock& block,
                  const std::vector<std::string>& texts, const TableRow* row,
                  std::string* text) const {
    std::string line;
    const auto append = [&](std::size_t i) {
      absl::StrAppend(&line, std::string(line.empty() ? 0 : kGap, ' '),
                      Aligned(i, texts[i], row));
    };
    for (std::size_t i = 0; i < table_.key_columns; ++i) append(i);
    for (std::size_t i = block.begin; i < block.end; ++i) append(i);
    AppendTrimmed(line, text);
  }

  std::string Aligned(std::size_t column, const std::string& text,
                      const TableRow* row) const {
    const std::size_t width = Width(text);
    const std::string padding(
        widths_[column] > width ? widths_[column] - width : 0, ' ');
    const bool is_bold =
        options_.has_colour && row != nullptr && row->cells[column].is_best;
    const std::string shown =
        is_bold ? absl::StrCat(kBold, text, kPlain) : text;
    return table_.columns[column].is_text ? absl::StrCat(shown, padding)
                                          : absl::StrCat(padding, shown);
  }

  void AppendRule(const ColumnBlock& block, std::string* text) const {
    std::size_t width = KeyWidth();
    for (std::size_t i = block.begin; i < block.end; ++i) {
      width += kGap + widths_[i];
    }
    for (std::size_t i = 0; i < width; ++i) {
      absl::StrAppend(text, options_.charset == Charset::kAscii ? "-" : "─");
    }
    absl::StrAppend(text, "\n");
  }

  static void AppendTrimmed(std::string line, std::string* text) {
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(text, line, "\n");
  }

  void AppendWrapped(const std::string& paragraph, std::string* text) const {
    const std::size_t limit =
        static_cast<std::size_t>(std::max(options_.width_columns, 20));
    const std::string shown = Shown(paragraph);
    std::string line;
    for (const absl::string_view word :
         absl::StrSplit(shown, ' ', absl::SkipEmpty())) {
      if (!line.empty() && Width(line) + 1 + Width(word) > limit) {
        absl::StrAppend(text, line, "\n");
        line.clear();
      }
      absl::StrAppend(&line, line.empty() ? "" : " ", word);
    }
    if (!line.empty()) absl::StrAppend(text, line, "\n");
  }

  const Table& table_;
  const TerminalOptions& options_;
  CellStyle style_;
  const std::vector<std::size_t> groups_;
  std::vector<std::vector<std::string>> texts_;
  std::vector<std::size_t> widths_;
};

}  // namespace

std::string TerminalTable(const Table& table, const TerminalOptions& options) {
  return Layout(table, options).Print();
}

}  // namespace culturemert
