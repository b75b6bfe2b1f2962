// A table in Markdown, as GitHub shows it.

#ifndef CULTUREMERT_REPORTS_TABLES_MARKDOWN_TABLE_H_
#define CULTUREMERT_REPORTS_TABLES_MARKDOWN_TABLE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "reports/tables/table.h"

namespace culturemert {

// A heading of level two, the caption, the table, the legend and the notes.
// Ends in a line feed.
std::string MarkdownTable(const Table& table);

// Text on one line that Markdown shows as it is.
std::string EscapeMarkdown(absl::string_view text);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_TABLES_MARKDOWN_TABLE_H_
