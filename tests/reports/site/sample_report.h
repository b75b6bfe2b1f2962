// A study that has something for every table, plot and part of the page.

#ifndef CULTUREMERT_TESTS_REPORTS_SITE_SAMPLE_REPORT_H_
#define CULTUREMERT_TESTS_REPORTS_SITE_SAMPLE_REPORT_H_

#include <functional>
#include <string>

#include "reports/statistics/report_data.h"

namespace culturemert {

// One record of profile "mini" in "/records/": six sets (two Western, one of
// them real), floors, a base, a control, a main result, four single cultures,
// task arithmetic over λ, parts of the recordings, three layers of two models,
// training curves and token similarities. Every text that a record may hold
// goes through `text`.
ReportData SampleReport(const std::function<std::string(std::string)>& text);

// With texts as they are.
ReportData SampleReport();

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_REPORTS_SITE_SAMPLE_REPORT_H_
