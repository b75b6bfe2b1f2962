// The scores of a dataset's single tags.

#ifndef CULTUREMERT_REPORTS_SITE_TAG_TABLES_H_
#define CULTUREMERT_REPORTS_SITE_TAG_TABLES_H_

#include <cstddef>
#include <vector>

#include "reports/statistics/report_data.h"
#include "reports/tables/table.h"

namespace culturemert {

// For ROC-AUC and AP a table each: a row a tag with its group and how many test
// recordings have it, a column a main model (study_choices.h) that has scores
// by tag, in per cent with the deviation over seeds. A note names the models
// with such scores that are left out (shown_models.h). Metrics without such
// scores are left out.
std::vector<Table> MakeTagTables(const Study& study, std::size_t dataset);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_SITE_TAG_TABLES_H_
