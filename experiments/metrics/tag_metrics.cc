#include "experiments/metrics/tag_metrics.h"

#include <cstddef>

#include "experiments/metrics/ranked_tag.h"

namespace culturemert {

std::optional<double> RocAuc(absl::Span<const std::uint8_t> truth,
                             absl::Span<const double> scores) {
  return RocAuc(RankTag(truth, scores));
}

std::optional<double> AveragePrecision(absl::Span<const std::uint8_t> truth,
                                       absl::Span<const double> scores) {
  return AveragePrecision(RankTag(truth, scores));
}

DecisionCounts CountDecisions(absl::Span<const std::uint8_t> truth,
                              absl::Span<const double> scores) {
  DecisionCounts counts;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    // Without branches that depend on the data.
    const std::int64_t has_tag = truth[i] != 0 ? 1 : 0;
    const std::int64_t is_said = scores[i] > kDecisionThreshold ? 1 : 0;
    counts.true_positives += has_tag & is_said;
    counts.false_positives += (1 - has_tag) & is_said;
    counts.false_negatives += has_tag & (1 - is_said);
  }
  return counts;
}

double F1(const DecisionCounts& counts) {
  const std::int64_t denominator = 2 * counts.true_positives +
                                   counts.false_positives +
                                   counts.false_negatives;
  if (denominator == 0) return 0;
  return 2 * static_cast<double>(counts.true_positives) /
         static_cast<double>(denominator);
}

}  // namespace culturemert
