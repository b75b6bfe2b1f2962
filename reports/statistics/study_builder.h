// The part of MakeReportData that joins the records of one profile.

#ifndef CULTUREMERT_REPORTS_STATISTICS_STUDY_BUILDER_H_
#define CULTUREMERT_REPORTS_STATISTICS_STUDY_BUILDER_H_

#include <cstddef>
#include <vector>

#include "reports/statistics/report_data.h"

namespace culturemert {
namespace reports_internal {

// Of the records [begin, end) of `data`, which has their setups; cells that two
// of them hold with different values are added to `conflicts`.
Study BuildStudy(const ReportData& data, std::size_t begin, std::size_t end,
                 std::vector<ReportNote>* conflicts);

}  // namespace reports_internal
}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_STATISTICS_STUDY_BUILDER_H_
