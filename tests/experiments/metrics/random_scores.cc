#include "tests/experiments/metrics/random_scores.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {

LabelledScores RandomScores(const RandomScoresOptions& options,
                            std::uint64_t label_seed,
                            std::uint64_t score_seed) {
  LabelledScores scores;
  for (std::size_t i = 0; i < options.recordings; ++i) {
    scores.ids.push_back(absl::StrCat("r", i));
  }
  for (std::size_t tag = 0; tag < options.tags; ++tag) {
    scores.tags.push_back(absl::StrCat("t", tag));
  }
  const std::size_t count = options.recordings * options.tags;
  const RandomStream labels(label_seed, StreamId("labels"));
  for (std::size_t i = 0; i < count; ++i) {
    scores.truth.push_back(labels.UniformDouble(i) < options.positive_share);
  }
  for (std::size_t seed = 0; seed < options.seeds; ++seed) {
    const RandomStream noise =
        RandomStream(score_seed, StreamId("noise")).Substream(seed);
    std::vector<double>& values = scores.seeds.emplace_back();
    for (std::size_t i = 0; i < count; ++i) {
      double value = noise.Normal(i) + options.separation * scores.truth[i];
      if (options.step > 0) {
        value = std::round(value / options.step) * options.step;
      }
      values.push_back(value);
    }
  }
  return scores;
}

}  // namespace culturemert
