// Truth and scores as people keep them: one CSV file each, a row a recording,
// its id in the first column and a column a tag. Rows and columns may come in
// any order; they are matched by id and by tag.
//
//   id,raga:todi,instr:voice          id,raga:todi,instr:voice
//   a,1,0                             b,0.25,0.75
//   b,0,1                             a,0.5,0.125

#ifndef CULTUREMERT_EXPERIMENTS_METRICS_SCORE_TABLES_H_
#define CULTUREMERT_EXPERIMENTS_METRICS_SCORE_TABLES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "experiments/metrics/labelled_scores.h"
#include "tools/base/files/files.h"

namespace culturemert {

// Reads a truth file and the score files of one model's seeds; ids and tags
// come in the truth file's order. Labels are "0" or "1"; scores are decimal
// numbers. Errors name the file and, where there is one, the line, the
// recording and the tag:
//   kInvalidArgument  a header without tags, a tag or an id that is empty or
//                     stands there twice, a value that is no label or no finite
//                     number, ids or tags of the truth that a score file lacks
//                     or that it has beyond them (the first ones named)
//   those of CsvTable::Read
absl::StatusOr<LabelledScores> ReadScoreTables(
    Files& files, absl::string_view truth_path,
    absl::Span<const std::string> score_paths);

// Reads a CSV file with the columns "tag" and "group". kInvalidArgument if it
// lacks one, if a tag or a group is empty, or a tag stands there twice.
absl::StatusOr<TagGroups> ReadTagGroups(Files& files, absl::string_view path);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_METRICS_SCORE_TABLES_H_
