// The metrics of one tag: truth and score of each recording.
//
// Definitions, after "Scikit-learn: Machine Learning in Python" (JMLR 12,
// 2011), whose functions CultureMERT's and the CCML's evaluations use; equal to
// them within 1e-12:
//   ROC-AUC            the share of pairs of a recording with the tag and one
//                      without it that the scores put in the right order, equal
//                      scores counting half. roc_auc_score.
//   average precision  sum over n of (R_n - R_(n-1)) P_n, where R_n and P_n are
//                      recall and precision of the recordings whose score is at
//                      least the n-th highest distinct one: a step function, no
//                      interpolation, equal scores one threshold.
//                      average_precision_score.
//   F1                 2 TP / (2 TP + FP + FN) of the decisions score > 0.5.
//                      Exactly 0.5 is no, as in torchmetrics and in NumPy's
//                      rounding to even, which the published evaluations use.
//                      0 where nothing is there and nothing is said: f1_score.

#ifndef CULTUREMERT_EXPERIMENTS_METRICS_TAG_METRICS_H_
#define CULTUREMERT_EXPERIMENTS_METRICS_TAG_METRICS_H_

#include <cstdint>
#include <optional>

#include "absl/types/span.h"

namespace culturemert {

inline constexpr double kDecisionThreshold = 0.5;

// Below, truth[i] is 0 or 1, scores[i] is no NaN, and both have one size.

// None unless both classes occur.
std::optional<double> RocAuc(absl::Span<const std::uint8_t> truth,
                             absl::Span<const double> scores);

// None without a recording that carries the tag.
std::optional<double> AveragePrecision(absl::Span<const std::uint8_t> truth,
                                       absl::Span<const double> scores);

struct DecisionCounts {
  std::int64_t true_positives = 0;
  std::int64_t false_positives = 0;
  std::int64_t false_negatives = 0;

  DecisionCounts& operator+=(const DecisionCounts& other) {
    true_positives += other.true_positives;
    false_positives += other.false_positives;
    false_negatives += other.false_negatives;
    return *this;
  }
};

DecisionCounts CountDecisions(absl::Span<const std::uint8_t> truth,
                              absl::Span<const double> scores);

double F1(const DecisionCounts& counts);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_METRICS_TAG_METRICS_H_
