// labels.csv, by which a folder of anyone's audio becomes a data set.
//
// A table in UTF-8, separated by commas (RFC 4180), with a header row and one
// row an audio file. Columns, in any order:
//
//   path       relative to the folder, never out of it; each file once
//   culture    1 to 64 letters, digits, "_" and "-": turkish, carnatic
//   tags       `group:value` joined by ";", or empty: raga:todi;instr:voice.
//              The group is made of letters, digits, "_" and "-"; the value is
//              any text without ";" and without spaces at its ends
//   recording  what the file was cut from; splits and metrics go by it
//   split      optional: train, valid or test, the same for all files of a
//              recording
//   duration_s optional: seconds, or empty
//
// Other columns are allowed and not looked at.

#ifndef CULTUREMERT_DATASETS_CATALOG_LABELS_TABLE_H_
#define CULTUREMERT_DATASETS_CATALOG_LABELS_TABLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "datasets/catalog/split.h"

namespace culturemert {

struct LabelsRow {
  std::string path;  // Without "." and needless "/".
  std::string culture;
  std::vector<std::string> tags;  // In the file's order, each once.
  std::string recording;
  std::optional<Split> split;  // For all rows or for none.
  std::optional<double> duration_seconds;
  std::uint64_t line = 0;
};

struct LabelsTable {
  std::vector<LabelsRow> rows;
  bool has_split = false;
  std::vector<std::string> other_columns;
};

// kInvalidArgument, with "source:line:column: ", for whatever breaks a rule
// above, a recording in two splits or of two cultures among them.
absl::StatusOr<LabelsTable> ParseLabels(absl::string_view text,
                                        absl::string_view source);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_LABELS_TABLE_H_
