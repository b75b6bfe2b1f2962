// What a data set's own file defines: a function that reads the official
// metadata into recordings with all their tags. Everything that data sets have
// in common is done afterwards (assemble.h).

#ifndef CULTUREMERT_DATASETS_CATALOG_READ_RECORDINGS_H_
#define CULTUREMERT_DATASETS_CATALOG_READ_RECORDINGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "datasets/catalog/dataset.h"
#include "datasets/catalog/facts.h"
#include "tools/base/files/files.h"

namespace culturemert {

struct TaggedRecording {
  Recording recording;            // Its labels are empty.
  std::vector<std::string> tags;  // All of them, in any order.
  // The file that should tell the tags, relative to the data set's folder,
  // where it is missing; else empty.
  std::string missing_metadata;
};

struct RecordingList {
  std::vector<TaggedRecording> recordings;
  std::vector<std::string> notes;  // As Dataset::notes.
};

struct ReadRequest {
  Files& files;
  std::string folder;  // Of the data set.
  const DatasetFacts& facts;
  DatasetOptions options;  // Checked; `variant` is one of the facts'.
};

// Known-bad recordings are left out; recordings whose audio is missing are not.
// kNotFound for a metadata file that is missing, which becomes a message that
// says how to get the data set.
using ReadFunction = absl::StatusOr<RecordingList> (*)(const ReadRequest&);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_READ_RECORDINGS_H_
