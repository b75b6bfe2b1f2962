#include "tests/reports/tables/latex_check.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace culturemert {
namespace {

// The text in the braces that start at `begin`.
std::string Argument(absl::string_view text, std::size_t begin) {
  const std::size_t end = text.find('}', begin);
  return std::string(text.substr(begin + 1, end - begin - 1));
}

// Braces, mathematics and special characters of one line.
std::string CharacterComplaint(absl::string_view line, int* depth) {
  bool is_math = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\\') {
      ++i;
    } else if (c == '$') {
      is_math = !is_math;
    } else if (c == '{') {
      ++*depth;
    } else if (c == '}') {
      if (--*depth < 0) return "a brace too many";
    } else if (c == '%' && i + 1 != line.size()) {
      return "a comment";
    } else if (c == '#' || c == '~' || (!is_math && (c == '_' || c == '^'))) {
      return absl::StrCat("the character ", std::string(1, c));
    }
  }
  return is_math ? "mathematics that does not end" : "";
}

// Cells of a row: "&" that no backslash escapes, plus what multicolumn spans.
std::size_t CellsOf(absl::string_view row) {
  std::size_t cells = 1;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i] == '&' && (i == 0 || row[i - 1] != '\\')) ++cells;
  }
  constexpr absl::string_view kSpan = "\\multicolumn{";
  for (std::size_t at = row.find(kSpan); at != absl::string_view::npos;
       at = row.find(kSpan, at + 1)) {
    cells += std::atoi(Argument(row, at + kSpan.size() - 1).c_str()) - 1;
  }
  return cells;
}

}  // namespace

std::string LatexComplaint(absl::string_view text) {
  int depth = 0;
  std::vector<std::string> environments;
  std::size_t columns = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    // Names of labels and files may hold any of the characters.
    std::string complaint =
        absl::StartsWith(line, "\\label{") || absl::StartsWith(line, "\\input{")
            ? ""
            : CharacterComplaint(line, &depth);
    if (absl::StartsWith(line, "\\begin{")) {
      environments.push_back(Argument(line, 6));
      if (environments.back() == "tabular") {
        columns = Argument(line, line.rfind('{')).size();
      }
    } else if (absl::StartsWith(line, "\\end{")) {
      const std::string name = Argument(line, 4);
      if (environments.empty() || environments.back() != name) {
        complaint = "an environment that was not begun";
      } else {
        environments.pop_back();
      }
    } else if (!environments.empty() && environments.back() == "tabular" &&
               absl::EndsWith(line, "\\\\") && CellsOf(line) != columns) {
      complaint =
          absl::StrCat(CellsOf(line), " cells in ", columns, " columns");
    }
    if (!complaint.empty()) return absl::StrCat(complaint, ": ", line);
  }
  if (depth != 0) return "a brace that does not end";
  return environments.empty() ? "" : "an environment that does not end";
}

}  // namespace culturemert
