// Prepared sets of a few clips, and their codes, for tests of actions.

#ifndef CULTUREMERT_TESTS_EXPERIMENTS_ACTIONS_SMALL_SET_H_
#define CULTUREMERT_TESTS_EXPERIMENTS_ACTIONS_SMALL_SET_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "datasets/catalog/split.h"
#include "experiments/actions/prepared_set.h"
#include "tools/base/files/files.h"

namespace culturemert {

// Two tags, "mode:a" and "b"; recordings named `prefix` and their number, each
// with one clip of its own name. Recording i carries tag i modulo 2.
PreparedSet SmallSet(absl::string_view prefix, std::size_t train,
                     std::size_t valid, std::size_t test);

// The set with its store: every sample of the n-th clip is n, counted from 1
// through all recordings.
absl::Status WriteSmallSet(Files& files, const std::string& folder,
                           const PreparedSet& set, std::size_t clip_samples);

// The codes of these clips, one book of 64: n of the n-th clip.
absl::Status WriteSmallCodes(Files& files, const std::string& folder,
                             const PreparedSet& set, std::size_t clip_samples);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_EXPERIMENTS_ACTIONS_SMALL_SET_H_
