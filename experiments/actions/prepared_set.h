// A data set made ready: its audio as a PCM store, and what is known of its
// recordings, in one folder. Rendered corpora, the published data sets and a
// user's own folder all become one of these; nothing behind it asks which.
//
//   set.json         name, culture, whether it is synthetic, tags and their
//                    groups, notes
//   labels.jsonl     one line a recording: id, split, labels (numbers of tags),
//                    clips (ids in the store)
//   store/           the audio (datasets/store)

#ifndef CULTUREMERT_EXPERIMENTS_ACTIONS_PREPARED_SET_H_
#define CULTUREMERT_EXPERIMENTS_ACTIONS_PREPARED_SET_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "datasets/catalog/split.h"
#include "tools/base/files/files.h"

namespace culturemert {

inline constexpr int kPreparedSetVersion = 1;
inline constexpr char kPreparedSetName[] = "set.json";
inline constexpr char kPreparedLabelsName[] = "labels.jsonl";
inline constexpr char kPreparedStoreName[] = "store";

struct PreparedRecording {
  std::string id;  // Unique in the set.
  Split split = Split::kTrain;
  std::vector<std::size_t> labels;  // Numbers of tags, ascending.
  std::vector<std::string> clips;   // At least one: ids in the PCM store.
};

struct PreparedTag {
  std::string name;
  std::string group;  // "mode", "instrument" ...; "" where none is known.
};

struct PreparedSet {
  std::string name;
  std::string culture;
  bool is_synthetic = false;
  // Evaluation looks at no more than so much of the start of a recording; 0:
  // all of it.
  std::uint64_t duration_cap_seconds = 0;
  std::vector<PreparedTag> tags;
  std::vector<PreparedRecording> recordings;
  std::vector<std::string> notes;  // What a reader of results should know.

  // Recordings of one split, as numbers into `recordings`.
  std::vector<std::size_t> OfSplit(Split split) const;
};

// The two files above; each is replaced whole. `folder` has to exist.
absl::Status WritePreparedSet(Files& files, absl::string_view folder,
                              const PreparedSet& set);

// kInvalidArgument or kFailedPrecondition, naming file and line, for what
// WritePreparedSet does not write: another version, labels of no tag, repeated
// ids. The store is not looked at.
absl::StatusOr<PreparedSet> ReadPreparedSet(Files& files,
                                            absl::string_view folder);

// "mode:hicaz" has the group "mode", "makam--Hicaz" as CCML writes tags the
// group "makam"; a name without ":" and "--" has none.
std::string GroupOfTag(absl::string_view tag);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ACTIONS_PREPARED_SET_H_
