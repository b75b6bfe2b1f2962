// `culturemert data check` as text.

#ifndef CULTUREMERT_DATASETS_CATALOG_DATA_REPORT_H_
#define CULTUREMERT_DATASETS_CATALOG_DATA_REPORT_H_

#include <cstddef>
#include <string>

#include "datasets/catalog/data_check.h"

namespace culturemert {

// A table with one row a data set, then for each that is there its splits and
// tags (and whether they are the published ones), the files that are missing or
// broken, and what to do; for those that are absent, how to get them. Lists of
// files end after ten. Names from the data are printed with control characters
// escaped.
std::string FormatDataFindings(const DataFindings& findings);

// Data sets that are unreadable or incomplete; absent ones do not count.
std::size_t CountDamaged(const DataFindings& findings);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_DATA_REPORT_H_
