// Two models on the same recordings: is one better, and by how much?

#ifndef CULTUREMERT_EXPERIMENTS_METRICS_COMPARISON_H_
#define CULTUREMERT_EXPERIMENTS_METRICS_COMPARISON_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "experiments/metrics/bootstrap.h"
#include "experiments/metrics/interval.h"
#include "experiments/metrics/labelled_scores.h"
#include "experiments/metrics/metric.h"
#include "tools/base/parallel/thread_pool.h"

namespace culturemert {

// One metric of one set of tags, as means over the seeds.
struct Difference {
  double model = 0;
  double reference = 0;
  double difference = 0;  // model - reference
  std::optional<Interval> interval;
  // Of the permutation test, two-sided.
  double p_value = 1;
  // By Holm's method, over the groups or over the tags, each metric a family
  // of its own; of all tags together, which are a family of one, the p-value.
  // For families across data sets or models: HolmAdjust (statistics.h).
  double holm_p_value = 1;
};

struct SetComparison {
  std::string name;
  PerMetric<std::optional<Difference>> metrics;  // None where undefined.
};

// The differences with intervals (BootstrapDifferences) and p-values.
//
// The permutation test. If the two models are equally good in every respect,
// exchanging their scores of a recording changes nothing but names; so each
// replicate exchanges the rows, all tags and seeds together, of recordings
// that are drawn with chance 1/2, and the p-value is the share of replicates
// whose difference is at least as large, either way, the observed one being
// counted too: (b + 1) / (replicates + 1) (Phipson and Smyth, 2010), which is
// never 0.
//
// Scores of two models need not be of one scale, and rows could then not be
// exchanged: a recording's score of one model would mean something else among
// the other's. So each model's scores are first replaced by their mid-ranks
// among the recordings, for each tag and seed, which changes neither ROC-AUC
// nor average precision. That is the test of Venkatraman and Begg ("A
// distribution-free procedure for comparing receiver operating characteristic
// curves from a paired experiment", Biometrika 83, 1996), with the area's
// difference as statistic as in Bandos, Rockette and Gur ("A permutation test
// sensitive to differences in areas for comparing ROC curves from a paired
// design", Statistics in Medicine 24, 2005). Its null hypothesis is
// exchangeability of the ranks, which is more than equal values of the metric.
// For F1, the models' decisions are exchanged.
//
// Seed i of one model stands against seed i of the other, in any order.
// Training with other seeds is not part of the null hypothesis: deviations
// over seeds (Evaluation) tell about that.
//
// Errors: those of BootstrapDifferences. The same for any number of threads.
absl::StatusOr<TagSetResults<SetComparison>> CompareModels(
    ThreadPool& pool, const LabelledScores& model,
    const LabelledScores& reference, const TagGroups& groups = {},
    const ResamplingOptions& options = {});

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_METRICS_COMPARISON_H_
