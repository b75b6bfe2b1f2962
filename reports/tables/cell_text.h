// A cell as one piece of text, and what its marks mean, in a printer's signs.

#ifndef CULTUREMERT_REPORTS_TABLES_CELL_TEXT_H_
#define CULTUREMERT_REPORTS_TABLES_CELL_TEXT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "reports/tables/table.h"

namespace culturemert {

struct CellStyle {
  std::string plus_minus = "±";
  std::string minus = "−";
  std::string significant = "*";
  std::string best_begin;  // Around the best.
  std::string best_end = "!";
  std::string best_name = "!";  // The same in the legend.
  // What all text but these signs goes through.
  std::string (*escape)(absl::string_view text) = [](absl::string_view text) {
    return std::string(text);
  };
};

// "83.2 ±0.1 [1.9]*": the value, the deviation over seeds, half of the length
// of the 95 % interval, and the mark of significance.
std::string CellText(const Column& column, const Cell& cell,
                     const CellStyle& style);

// "ROC-AUC (%)".
std::string ColumnHeading(const Column& column);

// "Turkish-makam (synthetic)".
std::string GroupHeading(const ColumnGroup& group);

// What the marks that stand in the table mean, a sentence each.
std::vector<std::string> Legend(const Table& table, const CellStyle& style);

// The index of the group of each column.
std::vector<std::size_t> GroupOfColumns(const Table& table);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_TABLES_CELL_TEXT_H_
