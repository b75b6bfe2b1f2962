// What LaTeX would complain about, for machines without it.

#ifndef CULTUREMERT_TESTS_REPORTS_TABLES_LATEX_CHECK_H_
#define CULTUREMERT_TESTS_REPORTS_TABLES_LATEX_CHECK_H_

#include <string>

#include "absl/strings/string_view.h"

namespace culturemert {

// Empty, or the first complaint: braces or environments that do not match,
// mathematics that does not end in its line, characters that need an escape,
// rows of a tabular with another number of cells than it has columns.
std::string LatexComplaint(absl::string_view text);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_REPORTS_TABLES_LATEX_CHECK_H_
