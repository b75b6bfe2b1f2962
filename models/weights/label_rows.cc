#include "models/weights/label_rows.h"

#include <algorithm>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr std::int64_t kSpecials = 4;

using Symbols = std::vector<std::string>;

bool IsPowerOfTwo(std::int64_t value) {
  return value >= 2 && (value & (value - 1)) == 0;
}

// A code as a dictionary's file writes it: "0", "17"; -1 for anything else.
std::int64_t CodeOf(const std::string& symbol) {
  std::int64_t code = -1;
  const bool is_number =
      !symbol.empty() &&
      std::all_of(symbol.begin(), symbol.end(), absl::ascii_isdigit) &&
      (symbol.size() == 1 || symbol[0] != '0');
  return is_number && absl::SimpleAtoi(symbol, &code) ? code : -1;
}

// The dictionaries by book, or none if there is not one for each.
std::vector<const Symbols*> FindDictionaries(
    const std::map<std::string, Symbols>& lists, std::int64_t books) {
  static const RE2* const pattern = new RE2(
      R"((?:.*\.)?task_state\.(?:_state\.)?dictionaries\.(\d{1,3})\.symbols)");
  std::vector<const Symbols*> found(static_cast<std::size_t>(books), nullptr);
  for (const auto& [name, symbols] : lists) {
    std::int64_t book = 0;
    if (RE2::FullMatch(name, *pattern, &book) && book < books) {
      found[static_cast<std::size_t>(book)] = &symbols;
    }
  }
  if (std::count(found.begin(), found.end(), nullptr) > 0) found.clear();
  return found;
}

absl::StatusOr<LabelRows> RowsOfDictionaries(
    const std::vector<const Symbols*>& dictionaries, std::int64_t num_rows) {
  LabelRows result;
  std::int64_t first_row = 0;
  for (std::size_t book = 0; book < dictionaries.size(); ++book) {
    const Symbols& symbols = *dictionaries[book];
    const std::int64_t codes = std::count_if(
        symbols.begin(), symbols.end(),
        [](const std::string& symbol) { return CodeOf(symbol) >= 0; });
    if (book == 0) result.codes = codes;
    std::vector<std::int64_t> rows(static_cast<std::size_t>(codes), -1);
    for (std::size_t place = 0; place < symbols.size(); ++place) {
      const std::int64_t code = CodeOf(symbols[place]);
      if (code < 0 || code >= codes) continue;
      rows[static_cast<std::size_t>(code)] =
          first_row + static_cast<std::int64_t>(place);
    }
    const auto missing = std::find(rows.begin(), rows.end(), -1);
    if (codes == 0 || codes != result.codes || missing != rows.end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the dictionary of book ", book, " in the task state has ", codes,
          " codes, expected all from 0 on and as many as book 0 has (",
          result.codes, ")"));
    }
    result.rows.insert(result.rows.end(), rows.begin(), rows.end());
    first_row += static_cast<std::int64_t>(symbols.size());
  }
  if (first_row != num_rows) {
    return absl::InvalidArgumentError(absl::StrCat(
        "label_embs_concat has ", num_rows,
        " rows, the dictionaries in the task state ", first_row, " symbols"));
  }
  result.reason = "label rows by the dictionaries in the task state";
  return result;
}

}  // namespace

absl::StatusOr<LabelRows> FindLabelRows(
    std::int64_t num_rows, std::int64_t books, bool is_fairseq,
    const std::map<std::string, std::vector<std::string>>& symbols) {
  if (books < 1 || num_rows < 1 || num_rows % books != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("label_embs_concat has ", num_rows,
                     " rows, expected a multiple of the ", books, " books"));
  }
  const std::vector<const Symbols*> dictionaries =
      FindDictionaries(symbols, books);
  if (!dictionaries.empty()) return RowsOfDictionaries(dictionaries, num_rows);
  const std::int64_t rows_of_book = num_rows / books;
  const bool has_specials = is_fairseq || !IsPowerOfTwo(rows_of_book);
  const std::int64_t specials = has_specials ? kSpecials : 0;
  LabelRows result;
  result.codes = rows_of_book - specials;
  if (is_fairseq ? result.codes < 1 : !IsPowerOfTwo(result.codes)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "label_embs_concat has ", rows_of_book, " rows a book, expected ",
        is_fairseq ? "more than fairseq's four special symbols"
                   : "a power of two, or four more for fairseq's special "
                     "symbols"));
  }
  for (std::int64_t book = 0; book < books; ++book) {
    for (std::int64_t code = 0; code < result.codes; ++code) {
      result.rows.push_back(book * rows_of_book + specials + code);
    }
  }
  result.reason =
      !has_specials
          ? "label rows as they are, one a code in numeric order"
          : "label rows in numeric order behind four special symbols a book, "
            "as no dictionary is in the checkpoint";
  return result;
}

}  // namespace culturemert
