// A table for a terminal or a plain file: aligned columns, cut into several
// blocks, each with the first column, where it would be too wide.

#ifndef CULTUREMERT_REPORTS_TABLES_TERMINAL_TABLE_H_
#define CULTUREMERT_REPORTS_TABLES_TERMINAL_TABLE_H_

#include <string>

#include "reports/tables/table.h"
#include "tools/base/console/human.h"

namespace culturemert {

struct TerminalOptions {
  int width_columns = 100;  // No line is wider but where one cell is.
  bool has_colour = false;  // Bold titles and best cells.
  Charset charset = Charset::kUtf8;
};

// Ends in a line feed. Control characters are escaped; in ASCII, this
// project's own signs are spelled out, and titles of records stay as they are.
std::string TerminalTable(const Table& table, const TerminalOptions& options);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_TABLES_TERMINAL_TABLE_H_
