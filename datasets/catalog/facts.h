// What is known about a data set before any file of it is read: the facts that
// each data set's own file writes down as data.

#ifndef CULTUREMERT_DATASETS_CATALOG_FACTS_H_
#define CULTUREMERT_DATASETS_CATALOG_FACTS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace culturemert {

// Recordings in each part of a data set.
struct SplitCounts {
  std::size_t train = 0;
  std::size_t valid = 0;
  std::size_t test = 0;

  std::size_t total() const { return train + valid + test; }

  friend bool operator==(const SplitCounts& a, const SplitCounts& b) {
    return a.train == b.train && a.valid == b.valid && a.test == b.test;
  }
};

// One of the ways in which a data set is divided.
struct Variant {
  std::string name;  // "ccml"
  std::string description;
  // Nothing where no source states it.
  std::optional<SplitCounts> published;
};

// A file or recording that everyone leaves out, and why.
struct KnownBad {
  // The audio file, relative to the data set's folder.
  std::string path;
  std::string reason;
};

// Which tags a data set is evaluated on.
enum class TagRule {
  // The facts' list, in its order.
  kPublishedList,
  // The most frequent ones of the training split, see TopTags.
  kTopOfTraining,
  // The same, of the training and validation splits: where the validation split
  // is drawn from the official training part, so that the tags do not depend on
  // the draw.
  kTopOfTrainingAndValid,
  // None: audio to pre-train on, not an evaluation set.
  kNone,
};

struct DatasetFacts {
  std::string name;     // "lyra": as on command lines, and its folder's name.
  std::string title;    // "Lyra"
  std::string culture;  // "greek"; one culture may have several data sets.
  std::string licence;  // Of metadata and audio.
  std::string request;  // Where one gets it or asks for it.
  std::string citation;
  // What its folder must hold, one line a file or folder, each line
  // "PATH  # what it is".
  std::string layout;

  // At least one; the first is the default.
  std::vector<Variant> variants;

  TagRule tag_rule = TagRule::kNone;
  // How many of the most frequent tags are kept; 0 keeps all.
  std::size_t top_tags = 0;
  // In the published order. Empty where no source states them.
  std::vector<std::string> published_tags;

  // Evaluation looks at no more than this much of the start of a recording.
  std::optional<double> duration_cap_seconds;
  std::vector<KnownBad> known_bad;
  // Of all recordings, whole. Nothing where no source states it.
  std::optional<double> published_hours;
};

// The variant called `name`, the default one for ""; null where there is none.
const Variant* FindVariant(const DatasetFacts& facts, absl::string_view name);

// What to do where files of this data set are missing: where one asks for it,
// under which licence, and the folder layout that is expected. Several lines,
// each ended by LF.
std::string HowToGet(const DatasetFacts& facts);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_FACTS_H_
