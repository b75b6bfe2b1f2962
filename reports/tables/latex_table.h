// Tables in LaTeX with booktabs, for pdflatex with T1 fonts.

#ifndef CULTUREMERT_REPORTS_TABLES_LATEX_TABLE_H_
#define CULTUREMERT_REPORTS_TABLES_LATEX_TABLE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "reports/tables/table.h"

namespace culturemert {

// A table environment with caption and label "tab:<profile>-<id>". A table that
// is wider or longer than a page across is cut into parts with the key columns
// and headings each, below one another, or, where a page has no room for that,
// in further environments of the same number. Parts are scaled down to the
// width of the text where that is less. Needs the packages booktabs and
// graphicx. Ends in a line feed.
std::string LatexTable(const Table& table);

// A document that shows the files `paths`, LatexTables each, relative to it.
std::string LatexDocument(absl::Span<const std::string> paths);

// Text on one line that LaTeX prints as it is. Signs and Greek letters become
// mathematics; other characters that T1 fonts lack become "[U+4E2D]".
std::string EscapeLatex(absl::string_view text);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_TABLES_LATEX_TABLE_H_
