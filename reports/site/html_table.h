// A table of the report as HTML.

#ifndef CULTUREMERT_REPORTS_SITE_HTML_TABLE_H_
#define CULTUREMERT_REPORTS_SITE_HTML_TABLE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "reports/tables/table.h"

namespace culturemert {

// The table with its caption, in a box that scrolls by itself and that the
// keyboard reaches, and its notes below; `label_id` is the id of the heading
// that names it. The first column heads the rows. Values carry their number in
// `data-sort`, so that the page's script can sort by it.
std::string HtmlTable(const Table& table, absl::string_view label_id);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_SITE_HTML_TABLE_H_
