// Whether a record keeps its own rules.

#ifndef CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_CHECK_H_
#define CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_CHECK_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "experiments/records/record.h"

namespace culturemert {

// kInvalidArgument, naming the field ("results.3.metrics.0.mean"), for a value
// out of its range, lists of unequal lengths, names that stand twice or lead
// nowhere, a mean outside its values, half an interval, a path of predictions
// that is not PredictionPath, a hash that is not the configuration's, and a
// kind of data that corpora and datasets contradict.
absl::Status CheckRecord(const Record& record);

// Where the predictions of a model's probe lie in the folder of predictions,
// or, for an empty model, the truth:
//   lyra/truth.csv
//   lyra/multicultural_cpt/scores-seed-3.csv
std::string PredictionPath(absl::string_view dataset, absl::string_view model,
                           std::optional<std::uint64_t> seed);

// Whether the text is 1 to 64 letters, digits, '_', '-', '.', '+' of ASCII,
// the first a letter or digit: safe as a name in paths.
bool IsRecordLabel(absl::string_view text);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_CHECK_H_
