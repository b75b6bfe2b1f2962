// ROC-AUC, average precision and decisions of one tag for many weightings of
// the recordings at once, as resampling needs them: a recording that is drawn
// twice has weight 2, one that is left out 0.
//
// kLanes weightings go through the ranked tag together, each in a lane of its
// own. What a lane gives depends on its own weights only, to the last bit.

#ifndef CULTUREMERT_EXPERIMENTS_METRICS_WEIGHTED_METRICS_H_
#define CULTUREMERT_EXPERIMENTS_METRICS_WEIGHTED_METRICS_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "experiments/metrics/ranked_tag.h"

namespace culturemert {

inline constexpr int kLanes = 64;

template <typename T>
using Lanes = std::array<T, kLanes>;

// How often an element counts, at most 255 times in a lane.
using Weight = std::uint8_t;

// One tag, ready to be weighted.
struct WeightedTag {
  RankedTag ranked;
  // Indices of elements that are said to carry the tag, rightly or wrongly.
  std::vector<std::uint32_t> true_positives;
  std::vector<std::uint32_t> false_positives;
};

// Of each lane. The metrics are those of tag_metrics.h on a set in which each
// element stands as often as its weight says; NaN where they are undefined.
struct WeightedMetrics {
  Lanes<std::int32_t> positives;        // Elements with the tag.
  Lanes<std::int32_t> negatives;        // Elements without it.
  Lanes<double> roc_auc;                // NaN unless there are both.
  Lanes<double> average_precision;      // NaN without positives.
  Lanes<std::int32_t> true_positives;   // Decisions.
  Lanes<std::int32_t> false_positives;  // Decisions.
};

// `weights` is [elements, kLanes]; the weights of a lane must add up to less
// than 2^30.
void ComputeWeightedMetrics(const WeightedTag& tag,
                            absl::Span<const Weight> weights,
                            WeightedMetrics* metrics);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_METRICS_WEIGHTED_METRICS_H_
