// A table as CSV (RFC 4180), for programs: every number in the fewest digits
// that read back as the same bits.

#ifndef CULTUREMERT_REPORTS_TABLES_CSV_TABLE_H_
#define CULTUREMERT_REPORTS_TABLES_CSV_TABLE_H_

#include <string>

#include "absl/status/statusor.h"
#include "reports/tables/table.h"

namespace culturemert {

// One line of headings, then a line a row. A column's heading is its group's,
// its own and its unit; where some of its cells have them, columns with
// ", deviation", ", low", ", high", ", p" and ", best" behind the heading
// follow. Cells without a value say "not run", "undefined" or "not found".
// kInvalidArgument if a text is not UTF-8.
absl::StatusOr<std::string> CsvTableText(const Table& table);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_TABLES_CSV_TABLE_H_
