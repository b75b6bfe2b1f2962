// A table before it is printed: what stands in each cell and why, not how it
// looks. Printers: terminal_table.h, markdown_table.h, latex_table.h,
// csv_tables.h, json_tables.h.

#ifndef CULTUREMERT_REPORTS_TABLES_TABLE_H_
#define CULTUREMERT_REPORTS_TABLES_TABLE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reports/statistics/report_data.h"

namespace culturemert {

enum class CellState {
  kValue,
  kText,
  kEmpty,      // Nothing belongs here.
  kNotRun,     // No record has it: "not run".
  kUndefined,  // The record has it and says that it has no value: "undefined".
  kNotFound,   // No source of a published number was found: "not found".
};

struct Cell {
  static Cell Text(std::string text) {
    Cell cell;
    cell.state = CellState::kText;
    cell.text = std::move(text);
    return cell;
  }
  static Cell Value(double value) {
    Cell cell;
    cell.state = CellState::kValue;
    cell.value = value;
    return cell;
  }
  static Cell Without(CellState state) {
    Cell cell;
    cell.state = state;
    return cell;
  }

  CellState state = CellState::kEmpty;
  std::string text;  // Of kText.
  // Of kValue, in the column's unit (per cent points for metrics) …
  double value = 0;
  // … over what the table says, by n - 1 …
  std::optional<double> deviation;
  std::optional<double> low;  // … and its 95 % interval.
  std::optional<double> high;
  std::optional<double> p;  // Against the base, Holm-adjusted where possible.
  bool is_significant = false;  // p below 0.05: marked.
  bool is_best = false;         // Significantly better than the second: bold.
};

struct Column {
  std::string header;
  std::string unit;        // "%", "points", "h" …; empty: none.
  int decimals = 1;        // Of values and deviations.
  bool is_signed = false;  // "+" before positive values: differences.
  bool is_text = false;    // To the left.
};

// Neighbouring columns under one heading.
struct ColumnGroup {
  std::string title;             // May be empty.
  std::optional<Origin> origin;  // Printed with the title.
  std::size_t columns = 1;
};

struct TableRow {
  std::vector<Cell> cells;      // One a column.
  bool starts_section = false;  // A rule stands above it.
};

struct Table {
  std::string id;       // "main_results": names files, unique in a profile.
  std::string profile;  // Empty: of no profile.
  std::string title;
  std::string caption;  // What a number is.
  // What the mark of significance says: "differs from the base".
  std::string significance;
  // What deviations are over.
  std::string deviation_over = "the seeds of the probes";
  bool marks_best = false;
  // Columns that say what a row is; repeated where a table is cut.
  std::size_t key_columns = 1;
  std::vector<ColumnGroup> groups;  // Their columns add up to all columns.
  std::vector<Column> columns;
  std::vector<TableRow> rows;
  std::vector<std::string> notes;  // Below the table.
};

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_TABLES_TABLE_H_
