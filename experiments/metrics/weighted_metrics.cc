#include "experiments/metrics/weighted_metrics.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "models/ops/vectorized.h"

namespace culturemert {
namespace {

// Weights added in 16 bits cannot overflow.
constexpr std::size_t kRun = 256;

// counts[lane] += the weights of elements [begin, end) of `indices`.
CULTUREMERT_INLINE void AddWeights(const std::uint32_t* indices,
                                   std::size_t begin, std::size_t end,
                                   const Weight* weights,
                                   std::int32_t* counts) {
  while (begin < end) {
    const std::size_t run_end = std::min(end, begin + kRun);
    alignas(64) std::uint16_t run[kLanes] = {};
    for (; begin < run_end; ++begin) {
      const Weight* row =
          weights + static_cast<std::size_t>(indices[begin]) * kLanes;
      for (int lane = 0; lane < kLanes; ++lane) run[lane] += row[lane];
    }
    for (int lane = 0; lane < kLanes; ++lane) counts[lane] += run[lane];
  }
}

struct Sums {
  alignas(64) std::int32_t positives[kLanes] = {};
  alignas(64) std::int32_t negatives[kLanes] = {};
  alignas(64) double lost[kLanes] = {};       // Twice the pairs; exact.
  alignas(64) double precision[kLanes] = {};  // Summed over positives.
};

CULTUREMERT_INLINE void Walk(const RankedTag& tag, const Weight* weights,
                             Sums* sums) {
  std::size_t negative = 0;
  std::size_t positive = 0;
  for (const RankedTag::Threshold& threshold : tag.thresholds) {
    AddWeights(tag.negatives.data(), negative, threshold.negatives_above_end,
               weights, sums->negatives);
    alignas(64) std::int32_t tied[kLanes] = {};
    AddWeights(tag.negatives.data(), threshold.negatives_above_end,
               threshold.negatives_tied_end, weights, tied);
    alignas(64) std::int32_t here[kLanes] = {};
    AddWeights(tag.positives.data(), positive, threshold.positives_end, weights,
               here);
    negative = threshold.negatives_tied_end;
    positive = threshold.positives_end;
    for (int lane = 0; lane < kLanes; ++lane) {
      const std::int32_t above = sums->negatives[lane];
      sums->negatives[lane] += tied[lane];
      sums->positives[lane] += here[lane];
      const std::int32_t said = sums->positives[lane] + sums->negatives[lane];
      const double weight = here[lane];
      sums->lost[lane] +=
          weight * static_cast<double>(above + sums->negatives[lane]);
      sums->precision[lane] +=
          weight * (static_cast<double>(sums->positives[lane]) /
                    static_cast<double>(std::max(said, 1)));
    }
  }
  AddWeights(tag.negatives.data(), negative, tag.negatives.size(), weights,
             sums->negatives);
}

CULTUREMERT_INLINE void Compute(const WeightedTag& tag, const Weight* weights,
                                WeightedMetrics* metrics) {
  Sums sums;
  Walk(tag.ranked, weights, &sums);
  metrics->true_positives.fill(0);
  metrics->false_positives.fill(0);
  AddWeights(tag.true_positives.data(), 0, tag.true_positives.size(), weights,
             metrics->true_positives.data());
  AddWeights(tag.false_positives.data(), 0, tag.false_positives.size(), weights,
             metrics->false_positives.data());
  constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
  for (int lane = 0; lane < kLanes; ++lane) {
    const double positives = sums.positives[lane];
    const double pairs = 2.0 * positives * sums.negatives[lane];
    metrics->positives[lane] = sums.positives[lane];
    metrics->negatives[lane] = sums.negatives[lane];
    metrics->roc_auc[lane] =
        pairs > 0 ? (pairs - sums.lost[lane]) / pairs : kUndefined;
    metrics->average_precision[lane] =
        positives > 0 ? sums.precision[lane] / positives : kUndefined;
  }
}

CULTUREMERT_VECTORIZED void ComputeOnThisProcessor(const WeightedTag& tag,
                                                   const Weight* weights,
                                                   WeightedMetrics* metrics) {
  Compute(tag, weights, metrics);
}

}  // namespace

void ComputeWeightedMetrics(const WeightedTag& tag,
                            absl::Span<const Weight> weights,
                            WeightedMetrics* metrics) {
  ComputeOnThisProcessor(tag, weights.data(), metrics);
}

}  // namespace culturemert
