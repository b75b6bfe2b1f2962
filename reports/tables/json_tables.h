// All tables, and what was left out of them, as one JSON text.
//
//   {"schema_version": 1,
//    "conflicts": [{"record", "text"}], "problems": [{"record", "kind"}],
//    "superseded": [{"record", "text"}],
//    "records": [{"record", "experiment", "profile", "configuration_hash"}],
//    "tables": [{"id", "profile", "title", "caption", "deviation_over",
//      "notes", "columns": [{"group", "origin", "header", "unit"}],
//      "rows": [[cell, …], …]}]}
//
// A cell has "state" ("value", "text", "empty", "not run", "undefined" or "not
// found"), and, where it has them, "value", "text", "deviation", "low", "high",
// "p", "significant" and "best". Records are named by their files' names.

#ifndef CULTUREMERT_REPORTS_TABLES_JSON_TABLES_H_
#define CULTUREMERT_REPORTS_TABLES_JSON_TABLES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "reports/statistics/report_data.h"
#include "reports/tables/table.h"

namespace culturemert {

inline constexpr int kTablesSchemaVersion = 1;

// Canonical JSON, indented, with a line feed at the end. kInvalidArgument if a
// text is not UTF-8.
absl::StatusOr<std::string> JsonTables(const ReportData& data,
                                       absl::Span<const Table> tables);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_TABLES_JSON_TABLES_H_
