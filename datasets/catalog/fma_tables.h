// The tables of FMA's fma_metadata.zip.
//
// tracks.csv has two header rows, the group and the name of each column, then a
// third that names only the index column ("track_id"); (track, genres_all) is a
// Python list of genre ids, "[21, 12]". genres.csv has the columns genre_id,
// #tracks, parent, title and top_level (github.com/mdeff/fma: utils.py, load).

#ifndef CULTUREMERT_DATASETS_CATALOG_FMA_TABLES_H_
#define CULTUREMERT_DATASETS_CATALOG_FMA_TABLES_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "datasets/catalog/split.h"

namespace culturemert {

struct FmaTrack {
  std::string id;                    // Six digits: "000002".
  Split split = Split::kTrain;       // The official one.
  std::vector<std::int64_t> genres;  // With all their ancestors.
};

// The tracks of the subset "medium" ("small" is part of it), in the table's
// order. Reads row by row: the text is large, what is kept is not.
// kInvalidArgument, with file and line, for a missing column, a third row that
// is another, an id that is no number of at most six digits, and a split,
// subset or list that is none.
absl::StatusOr<std::vector<FmaTrack>> ParseFmaMediumTracks(
    absl::string_view text, absl::string_view source);

// Titles by genre id. kInvalidArgument, with file and line, for a missing
// column, an id that is no number or repeated, and an empty title.
absl::StatusOr<std::map<std::int64_t, std::string>> ParseFmaGenres(
    std::string text, absl::string_view source);

// A Python list of non-negative integers: "[]", "[21]", "[21, 12]".
// kInvalidArgument for all else.
absl::StatusOr<std::vector<std::int64_t>> ParsePythonIntegers(
    absl::string_view text);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_FMA_TABLES_H_
