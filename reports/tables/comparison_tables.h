// Tables of two runs compared (--compare).

#ifndef CULTUREMERT_REPORTS_TABLES_COMPARISON_TABLES_H_
#define CULTUREMERT_REPORTS_TABLES_COMPARISON_TABLES_H_

#include <string>
#include <vector>

#include "reports/statistics/run_comparison.h"
#include "reports/tables/table.h"

namespace culturemert {

// "compare": a row a pair of models and dataset; then "compare_tags-1" and on,
// one for each of these rows: a row a tag. The names head columns.
std::vector<Table> ComparisonTables(const RunComparison& comparison,
                                    const std::string& first_name,
                                    const std::string& second_name);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_TABLES_COMPARISON_TABLES_H_
