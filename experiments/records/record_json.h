// A record as the text of its file: canonical JSON (keys sorted by their bytes,
// numbers of the fewest digits that read back the same, no locale), one line a
// field of the record and one line an element of its lists. The last field,
// xxh3, is the XXH3-128 of all bytes before it, so that no flipped digit passes
// for a result.

#ifndef CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_JSON_H_
#define CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/records/record.h"

namespace culturemert {

// kInvalidArgument, naming the field, for what CheckRecord (record_check.h)
// refuses and for a configuration that is not canonical JSON.
absl::StatusOr<std::string> FormatRecord(const Record& record);

// The record of a file named `source`. kDataLoss if the text is cut off or
// changed; kFailedPrecondition if it is of another schema version; and
// kInvalidArgument, naming the field, for unknown, missing or repeated fields,
// wrong types, and what CheckRecord refuses.
absl::StatusOr<Record> ParseRecord(absl::string_view text,
                                   absl::string_view source);

namespace record_internal {

// `body`, which ends in ",\n" behind its last field, with the checksum added.
std::string Seal(std::string body);

}  // namespace record_internal

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_JSON_H_
