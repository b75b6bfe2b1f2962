// An interval from replicates of a statistic.

#ifndef CULTUREMERT_EXPERIMENTS_METRICS_INTERVAL_H_
#define CULTUREMERT_EXPERIMENTS_METRICS_INTERVAL_H_

#include <optional>

#include "absl/types/span.h"

namespace culturemert {

struct Interval {
  double low = 0;
  double high = 0;
};

// The centred BCa interval of a statistic that is `estimate` on the set itself,
// `replicates` on sets drawn from it, and `jackknife` on the set less a part of
// it each. NaN among them are left out; none where no replicate is left.
//
// BCa (Efron, "Better bootstrap confidence intervals", JASA 82, 1987; Efron and
// Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 14) takes those
// quantiles of the replicates that allow for their skewness, the acceleration
// coming from the jackknife. Here the replicates are first shifted so that
// their mean is the estimate.
//
// Why: average precision is biased. Each recording with the tag counts itself
// among those found, which on few such recordings lifts the mean above that of
// a large set; in a replicate it counts its copies too and is lifted once more.
// Plain percentiles are therefore too high; bias corrections by twice the
// shift aim at the value on an infinite set, from which every finite set's
// differs. After centring, the interval is for the mean of the statistic over
// sets of this size drawn in this way, which is what numbers of one benchmark
// are to be compared by. For ROC-AUC, which is unbiased, that is the value on
// an infinite set too, and the interval is the ordinary BCa.
std::optional<Interval> CentredBcaInterval(double estimate,
                                           absl::Span<const double> replicates,
                                           absl::Span<const double> jackknife,
                                           double confidence);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_METRICS_INTERVAL_H_
