// The model that all data sets share: recordings with their audio, tags and
// split.

#ifndef CULTUREMERT_DATASETS_CATALOG_DATASET_H_
#define CULTUREMERT_DATASETS_CATALOG_DATASET_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "datasets/catalog/facts.h"
#include "datasets/catalog/split.h"

namespace culturemert {

// A stretch of one audio file.
struct AudioClip {
  // Relative to the data set's folder, and never out of it.
  std::string path;
  double start_seconds = 0;
  // The file's end where nothing is said.
  std::optional<double> end_seconds;
  // Of the stretch, as the metadata tell; nothing where they do not.
  std::optional<double> duration_seconds;
  // Of the file; nothing where it is missing.
  std::optional<std::uint64_t> size_bytes;
};

// The unit of splitting and of metrics.
struct Recording {
  std::string id;  // Unique in its data set.
  // Recordings of one group never stand in different splits: clips cut from one
  // track. Equal to the id where the data set knows no larger unit.
  std::string group;
  std::string culture;
  Split split = Split::kTrain;
  std::vector<AudioClip> clips;  // At least one.
  // Indices into Dataset::tags, ascending, without repeats. May be empty.
  std::vector<std::size_t> labels;
};

// Of all clips together, not capped; nothing where one of them does not tell.
std::optional<double> DurationSeconds(absl::Span<const AudioClip> clips);

// What to do about recordings whose audio or metadata file is missing.
enum class MissingFiles {
  kRefuse,  // An error that names them.
  kDrop,    // Leave the recording out and list the file.
  kKeep,    // Keep the recording and list the file; to look at metadata alone.
};

struct DatasetOptions {
  // One of DatasetFacts::variants; "" is the default one.
  std::string variant;
  MissingFiles missing_files = MissingFiles::kRefuse;
  // For splits that are drawn: Lyra's validation part, and folders whose
  // labels.csv has no column "split". At most 2^32 - 1.
  std::uint64_t split_seed = 10;
  // For folders whose labels.csv has no column "split"; the rest is for
  // testing. Each in [0, 1], their sum too.
  double train_fraction = 0.7;
  double valid_fraction = 0.1;
};

// A data set as loaded.
struct Dataset {
  DatasetFacts facts;
  std::string variant;  // One of the facts' variants.
  std::string folder;   // Where its files are; clips' paths start here.
  std::vector<std::string> tags;
  // In the order of the official lists.
  std::vector<Recording> recordings;
  // Files that should be there and are not, relative to `folder`.
  std::vector<std::string> missing_files;
  // What else a careful reader should know, one sentence each.
  std::vector<std::string> notes;
};

SplitCounts CountSplits(const Dataset& dataset);

// How many recordings of `split` (all where nothing is said) carry each tag.
std::vector<std::size_t> CountTags(const Dataset& dataset,
                                   std::optional<Split> split = std::nullopt);

// The names of the recording's labels.
std::vector<std::string> TagsOf(const Dataset& dataset,
                                const Recording& recording);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_DATASET_H_
