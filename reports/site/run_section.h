// What a run was: its command, code, machine, data, models, choices, actions
// and configuration, as HTML.

#ifndef CULTUREMERT_REPORTS_SITE_RUN_SECTION_H_
#define CULTUREMERT_REPORTS_SITE_RUN_SECTION_H_

#include <cstddef>
#include <string>

#include "experiments/records/record_store.h"

namespace culturemert {

// The run as a part that unfolds, with the id "run-<number>". Of the record's
// path only the file's name is shown, so that records give the same page
// wherever they lie.
std::string RunSection(const StoredRecord& stored, std::size_t number);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_SITE_RUN_SECTION_H_
