// Random labelled scores for tests of metrics.

#ifndef CULTUREMERT_TESTS_EXPERIMENTS_METRICS_RANDOM_SCORES_H_
#define CULTUREMERT_TESTS_EXPERIMENTS_METRICS_RANDOM_SCORES_H_

#include <cstddef>
#include <cstdint>

#include "experiments/metrics/labelled_scores.h"

namespace culturemert {

struct RandomScoresOptions {
  std::size_t recordings = 40;
  std::size_t tags = 4;
  std::size_t seeds = 1;
  double positive_share = 0.3;
  // Mean of the scores with the tag less that of those without it; each
  // standard normal around its mean.
  double separation = 1;
  // Scores are rounded to multiples of it, which makes ties; 0: not rounded.
  double step = 0;
};

// Labels depend on `label_seed` and sizes only. Recordings are "r0", "r1", ...,
// tags "t0", "t1", ...
LabelledScores RandomScores(const RandomScoresOptions& options,
                            std::uint64_t label_seed, std::uint64_t score_seed);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_EXPERIMENTS_METRICS_RANDOM_SCORES_H_
