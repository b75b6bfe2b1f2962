// What metrics are computed from: which recording carries which tag, and the
// scores that a model gives each pair.

#ifndef CULTUREMERT_EXPERIMENTS_METRICS_LABELLED_SCORES_H_
#define CULTUREMERT_EXPERIMENTS_METRICS_LABELLED_SCORES_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace culturemert {

// One model's scores of one set of recordings, from one or several seeds (runs
// that differ in nothing else).
struct LabelledScores {
  std::vector<std::string> ids;   // Of the recordings.
  std::vector<std::string> tags;  // Their names.
  // [recordings, tags] in C order: 1 where the recording carries the tag, 0
  // where not.
  std::vector<std::uint8_t> truth;
  // Of each seed [recordings, tags] in C order: the higher, the surer. Where
  // they are not probabilities, F1 at 0.5 has no meaning.
  std::vector<std::vector<double>> seeds;

  std::size_t num_recordings() const { return ids.size(); }
  std::size_t num_tags() const { return tags.size(); }
};

// The most recordings: every count and every number of pairs is then exact.
inline constexpr std::size_t kMaxScoredRecordings = std::size_t{1} << 26;

// kInvalidArgument, naming what is wrong and where, unless there are 1 to
// kMaxScoredRecordings recordings, at least one tag and one seed, ids and tags
// are distinct and not empty, shapes agree, labels are 0 or 1, and scores are
// finite.
absl::Status CheckLabelledScores(const LabelledScores& scores);

// kInvalidArgument, naming the first difference, unless both have the same ids
// and tags in the same order, the same truth and as many seeds.
absl::Status CheckSameTask(const LabelledScores& first,
                           const LabelledScores& second);

// The group (instrument, mode, rhythm, ...) of each tag that has one.
using TagGroups = std::map<std::string, std::string>;

// A set of tags that metrics are taken over.
struct TagSet {
  std::string name;
  std::vector<std::size_t> tags;  // Indices, ascending; never empty.
};

// In the order in which everything here lists them: all tags, the groups by
// name, and each tag by itself.
struct TagSets {
  std::vector<TagSet> sets;
  std::size_t num_groups = 0;
};

// A T for each of these sets, in the same order.
template <typename T>
struct TagSetResults {
  T all;
  std::vector<T> groups;
  std::vector<T> tags;
};

// results[i] is of sets.sets[i].
template <typename T>
TagSetResults<T> SplitResults(const TagSets& sets, std::vector<T> results) {
  const auto groups = results.begin() + 1;
  const auto tags = groups + static_cast<std::ptrdiff_t>(sets.num_groups);
  TagSetResults<T> split;
  split.all = std::move(results.front());
  split.groups.assign(std::make_move_iterator(groups),
                      std::make_move_iterator(tags));
  split.tags.assign(std::make_move_iterator(tags),
                    std::make_move_iterator(results.end()));
  return split;
}

// Without single tags unless `per_tag`. kInvalidArgument if `groups` has a tag
// that is not among `tags`, or a group without a name.
absl::StatusOr<TagSets> MakeTagSets(absl::Span<const std::string> tags,
                                    const TagGroups& groups,
                                    bool per_tag = true);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_METRICS_LABELLED_SCORES_H_
