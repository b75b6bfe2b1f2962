// Which models stand in a table that has a column for each of them.

#ifndef CULTUREMERT_REPORTS_TABLES_SHOWN_MODELS_H_
#define CULTUREMERT_REPORTS_TABLES_SHOWN_MODELS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "reports/statistics/report_data.h"

namespace culturemert {

// More columns than this can no longer be compared with one another.
inline constexpr std::size_t kMaxModelColumns = 24;

struct ShownModels {
  std::vector<std::size_t> models;  // At most kMaxModelColumns, in order.
  // Which others have numbers for the table, and where these stand; empty if
  // there are none.
  std::string note;
};

// Of `candidates`, the study's models that have numbers, in its order, those
// that are `main`. Where they are too many, the first of each label come before
// the second of any, so that every kind of row is shown.
ShownModels ChooseShownModels(const Study& study,
                              absl::Span<const std::size_t> candidates,
                              bool (*is_main)(const StudyModel& model));

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_TABLES_SHOWN_MODELS_H_
