// The tags a data set is evaluated on, by how often its training part has them.

#ifndef CULTUREMERT_DATASETS_CATALOG_TOP_TAGS_H_
#define CULTUREMERT_DATASETS_CATALOG_TOP_TAGS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace culturemert {

// The `top` most frequent tags of `training` (a list of tags per recording),
// the most frequent first, ties by the order of their UTF-8 bytes; all of them
// where `top` is 0. A tag that one recording repeats counts as often as it
// stands there, as in the reference (github.com/pxaris/ccml:
// training/datasets/ccml_dataset.py, which sorts by code points: the same
// order).
std::vector<std::string> TopTags(
    absl::Span<const std::vector<std::string>> training, std::size_t top);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_TOP_TAGS_H_
