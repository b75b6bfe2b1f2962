// Lyra's tables raw.tsv, split/training.tsv and split/test.tsv: separated by
// tabs, with the columns id, instruments, genres, place, coordinates,
// is-danced, youtube-id, start-ts and end-ts; several values are joined by "|",
// times are seconds (github.com/pxaris/lyra-dataset: data).

#ifndef CULTUREMERT_DATASETS_CATALOG_LYRA_TABLE_H_
#define CULTUREMERT_DATASETS_CATALOG_LYRA_TABLE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/base/formats/csv.h"

namespace culturemert {

struct LyraPiece {
  std::string id;
  std::string youtube_id;
  double start_seconds = 0;  // In the video.
  double end_seconds = 0;    // Greater than start_seconds.
  // "instruments--X", "genres--X", "place--X" in the order of the columns. A
  // piece from nowhere has the tag "place--None", as in the reference
  // (github.com/pxaris/ccml: training/datasets/lyra.py).
  std::vector<std::string> tags;
};

CsvTableOptions LyraTableOptions();

// kInvalidArgument, with file and line, for a missing column, an id or a video
// id with characters that no file name should have, times that are no numbers
// of seconds or do not follow each other, and an empty value in a list.
absl::StatusOr<std::vector<LyraPiece>> ReadLyraPieces(const CsvTable& table);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_LYRA_TABLE_H_
