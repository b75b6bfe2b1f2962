// The paired permutation test of comparison.h, by itself.

#ifndef CULTUREMERT_EXPERIMENTS_METRICS_PERMUTATION_TEST_H_
#define CULTUREMERT_EXPERIMENTS_METRICS_PERMUTATION_TEST_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "experiments/metrics/bootstrap.h"
#include "experiments/metrics/labelled_scores.h"
#include "experiments/metrics/metric.h"
#include "tools/base/parallel/thread_pool.h"

namespace culturemert {

struct PairedTest {
  double model = 0;
  double reference = 0;
  double p_value = 1;  // Two-sided.
};

struct SetTests {
  std::string name;
  PerMetric<std::optional<PairedTest>> tests;  // None where undefined.
};

// As CompareModels says. Errors: those of CheckLabelledScores, CheckSameTask,
// MakeTagSets, CheckResamplingOptions and RankBoth. The option `confidence` has
// no meaning here.
absl::StatusOr<TagSetResults<SetTests>> PermutationTests(
    ThreadPool& pool, const LabelledScores& model,
    const LabelledScores& reference, const TagGroups& groups = {},
    const ResamplingOptions& options = {});

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_METRICS_PERMUTATION_TEST_H_
