// What `culturemert data check` finds below a data root.

#ifndef CULTUREMERT_DATASETS_CATALOG_DATA_CHECK_H_
#define CULTUREMERT_DATASETS_CATALOG_DATA_CHECK_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "datasets/catalog/dataset.h"
#include "datasets/catalog/facts.h"
#include "tools/base/files/files.h"

namespace culturemert {

enum class DataState {
  kComplete,
  kIncomplete,  // Files are missing or broken.
  kUnreadable,  // The metadata are there and break the rules of their format.
  kAbsent,      // The data set's folder or its metadata are not there.
};

struct BrokenFile {
  std::string path;  // Relative to the data set's folder.
  std::string reason;
};

struct DatasetFindings {
  std::string name;
  std::string title;
  DataState state = DataState::kAbsent;
  std::string problem;  // Why it is kUnreadable or kAbsent; else empty.
  DatasetFacts facts;

  // The rest is empty unless the metadata could be read.
  std::size_t listed_files = 0;  // Audio files that there should be.
  std::size_t found_files = 0;   // Of these, those that are there.
  double listed_seconds = 0;     // Of all recordings whose duration is known.
  double found_seconds = 0;      // Of these, where the audio is there.
  std::size_t unknown_durations = 0;
  SplitCounts splits;
  std::optional<SplitCounts> published_splits;
  // With the recordings of the training split that carry them.
  std::vector<std::pair<std::string, std::size_t>> tags;
  // Nothing where no tags are published.
  std::optional<bool> tags_as_published;
  std::vector<std::string> missing_files;  // Audio and metadata.
  std::vector<BrokenFile> broken_files;
  std::vector<std::string> notes;
};

struct DataFindings {
  std::string data_root;
  std::vector<DatasetFindings> datasets;
};

// The duration of an audio file in seconds, or why it cannot be read.
using DurationReader = std::function<absl::StatusOr<double>(
    Files& files, const std::string& path)>;

// Looks at the data set `name` or, where that is empty, at all known ones in
// their order and then at all other folders with a labels.csv. Audio files are
// opened only to learn durations that the metadata do not tell, and only if
// there is a `read_duration`; otherwise a file is broken if it is empty.
// Errors: kNotFound where there is no data root or no data set `name`; what is
// wrong with a data set is in the findings.
absl::StatusOr<DataFindings> CheckData(
    Files& files, absl::string_view data_root, absl::string_view name = "",
    const DurationReader& read_duration = {});

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_DATA_CHECK_H_
