// MagnaTagATune's annotations_final.csv: separated by tabs, values in quotes;
// the columns clip_id, one for each of the 188 tags ("0" or "1"), and mp3_path
// (github.com/a43992899/MARBLE-Benchmark: benchmark/tasks/MTT/preprocess.py).

#ifndef CULTUREMERT_DATASETS_CATALOG_MTAT_ANNOTATIONS_H_
#define CULTUREMERT_DATASETS_CATALOG_MTAT_ANNOTATIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "datasets/catalog/split.h"
#include "tools/base/formats/csv.h"

namespace culturemert {

struct MtatClip {
  std::string id;     // "6"
  std::string path;   // "f/american_bach_soloists-...-146-175.mp3"
  std::string track;  // `path` without the seconds: "f/american_bach_..."
  std::vector<std::string> tags;
};

CsvTableOptions MtatTableOptions();

// The clips in the table's order, each with those of `tags` that it carries.
// Other tag columns are not looked at. kInvalidArgument, with file and line,
// for a missing column, a value that is neither 0 nor 1, an id that is no
// number, and a path that is not <hexadecimal digit>/<name>-<from>-<to>.mp3.
absl::StatusOr<std::vector<MtatClip>> ReadMtatClips(
    const CsvTable& table, absl::Span<const std::string> tags);

// By the folder, the path's first character: 0 to b for training, c for
// validation, d to f for testing (the split of every paper since 2014;
// preprocess.py above, and CCML's id lists).
Split MtatSplit(absl::string_view path);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_MTAT_ANNOTATIONS_H_
