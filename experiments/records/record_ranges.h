// The part of CheckRecord that looks at one value at a time.

#ifndef CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_RANGES_H_
#define CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_RANGES_H_

#include "absl/status/status.h"
#include "experiments/records/record.h"

namespace culturemert {
namespace record_internal {

// kInvalidArgument, naming the field, if a value breaks the rule that its field
// has in record_fields.h.
absl::Status CheckRanges(const Record& record);

}  // namespace record_internal
}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_RANGES_H_
