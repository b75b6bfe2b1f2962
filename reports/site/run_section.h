// What a run was: its command, code, machine, data, models, choices, actions
// and configuration, as HTML.

#ifndef CULTUREMERT_REPORTS_SITE_RUN_SECTION_H_
#define CULTUREMERT_REPORTS_SITE_RUN_SECTION_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "experiments/records/record_store.h"

namespace culturemert {

// The runs as parts that unfold, with the ids "run-<first_number>" and on. Of a
// record's path only the file's name is shown, so that records give the same
// page wherever they lie. Of each experiment the first run's configuration is
// shown in full; where another run's is much the same, the settings that differ
// from it. Made by as many threads as there are processors; an error only if
// the system gives none.
absl::StatusOr<std::vector<std::string>> RunSections(
    absl::Span<const StoredRecord> records, std::size_t first_number);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_SITE_RUN_SECTION_H_
