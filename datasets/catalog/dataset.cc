#include "datasets/catalog/dataset.h"

namespace culturemert {

std::optional<double> DurationSeconds(absl::Span<const AudioClip> clips) {
  double seconds = 0;
  for (const AudioClip& clip : clips) {
    if (!clip.duration_seconds.has_value()) return std::nullopt;
    seconds += *clip.duration_seconds;
  }
  return seconds;
}

SplitCounts CountSplits(const Dataset& dataset) {
  SplitCounts sizes;
  for (const Recording& recording : dataset.recordings) {
    switch (recording.split) {
      case Split::kTrain:
        ++sizes.train;
        break;
      case Split::kValid:
        ++sizes.valid;
        break;
      case Split::kTest:
        ++sizes.test;
        break;
    }
  }
  return sizes;
}

std::vector<std::size_t> CountTags(const Dataset& dataset,
                                   std::optional<Split> split) {
  std::vector<std::size_t> counts(dataset.tags.size());
  for (const Recording& recording : dataset.recordings) {
    if (split.has_value() && recording.split != *split) continue;
    for (const std::size_t label : recording.labels) ++counts[label];
  }
  return counts;
}

std::vector<std::string> TagsOf(const Dataset& dataset,
                                const Recording& recording) {
  std::vector<std::string> tags;
  for (const std::size_t label : recording.labels) {
    tags.push_back(dataset.tags[label]);
  }
  return tags;
}

}  // namespace culturemert
