// What was true and what a probe said, recording by recording, so that any
// metric can be computed again: tables as CSV (RFC 4180, UTF-8, LF) whose first
// column is `id`, whose further columns are the dataset's tags, and whose rows
// are its test recordings.
//
//   truth.csv           0 or 1
//   scores-seed-3.csv   probabilities, float32 in the fewest digits that read
//                       back as the same bits
//
// `culturemert score --truth=truth.csv --scores=scores-seed-3.csv` reads them
// as they are.

#ifndef CULTUREMERT_EXPERIMENTS_RECORDS_PREDICTIONS_H_
#define CULTUREMERT_EXPERIMENTS_RECORDS_PREDICTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/base/files/files.h"

namespace culturemert {

template <typename T>
struct PredictionTable {
  std::vector<std::string> ids;   // Not empty, unique.
  std::vector<std::string> tags;  // The same.
  std::vector<T> values;          // [ids, tags], row by row.
};

using TruthTable = PredictionTable<std::uint8_t>;  // 0 or 1.
using ScoreTable = PredictionTable<float>;         // 0 to 1.

// One dataset's test recordings, and every probe's scores of them.
struct DatasetPredictions {
  struct Scores {
    std::string model;
    std::uint64_t seed = 0;
    std::vector<float> values;  // As the truth's.
  };

  std::string dataset;
  TruthTable truth;
  std::vector<Scores> scores;
};

// The text of a table. kInvalidArgument, naming the row and column, for values
// out of range or not as many as ids times tags, for names that are empty,
// repeated or not UTF-8, and where there are none.
absl::StatusOr<std::string> FormatTruth(const TruthTable& truth);
// `values` in the shape and order of ids and tags.
absl::StatusOr<std::string> FormatScores(absl::Span<const std::string> ids,
                                         absl::Span<const std::string> tags,
                                         absl::Span<const float> values);

// The table in `text`, which comes from a file named `source`.
// kInvalidArgument, naming the line and column, for all that Format refuses and
// for what is no such table.
absl::StatusOr<TruthTable> ParseTruth(absl::string_view text,
                                      absl::string_view source);
absl::StatusOr<ScoreTable> ParseScores(absl::string_view text,
                                       absl::string_view source);

// From a file. Errors of Files::Map, too.
absl::StatusOr<TruthTable> ReadTruth(Files& files, absl::string_view path);
absl::StatusOr<ScoreTable> ReadScores(Files& files, absl::string_view path);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_RECORDS_PREDICTIONS_H_
