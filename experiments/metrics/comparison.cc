#include "experiments/metrics/comparison.h"

#include <cstddef>
#include <vector>

#include "experiments/metrics/permutation_test.h"
#include "experiments/metrics/statistics.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

SetComparison Join(const SetTests& tests, const SetIntervals& intervals) {
  SetComparison comparison;
  comparison.name = tests.name;
  for (Metric metric : kMetrics) {
    const std::optional<PairedTest>& test = tests.tests[metric];
    if (!test.has_value()) continue;
    comparison.metrics[metric] = Difference{test->model,
                                            test->reference,
                                            test->model - test->reference,
                                            intervals.intervals[metric],
                                            test->p_value,
                                            test->p_value};
  }
  return comparison;
}

std::vector<SetComparison> JoinAll(const std::vector<SetTests>& tests,
                                   const std::vector<SetIntervals>& intervals) {
  std::vector<SetComparison> comparisons;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    comparisons.push_back(Join(tests[i], intervals[i]));
  }
  return comparisons;
}

// Each metric is a family.
void AdjustFamilies(std::vector<SetComparison>* comparisons) {
  for (Metric metric : kMetrics) {
    std::vector<Difference*> family;
    std::vector<double> p_values;
    for (SetComparison& comparison : *comparisons) {
      if (!comparison.metrics[metric].has_value()) continue;
      family.push_back(&*comparison.metrics[metric]);
      p_values.push_back(family.back()->p_value);
    }
    const std::vector<double> adjusted = HolmAdjust(p_values);
    for (std::size_t i = 0; i < family.size(); ++i) {
      family[i]->holm_p_value = adjusted[i];
    }
  }
}

}  // namespace

absl::StatusOr<TagSetResults<SetComparison>> CompareModels(
    ThreadPool& pool, const LabelledScores& model,
    const LabelledScores& reference, const TagGroups& groups,
    const ResamplingOptions& options) {
  ASSIGN_OR_RETURN(
      const TagSetResults<SetIntervals> intervals,
      BootstrapDifferences(pool, model, reference, groups, options));
  ASSIGN_OR_RETURN(const TagSetResults<SetTests> tests,
                   PermutationTests(pool, model, reference, groups, options));
  TagSetResults<SetComparison> comparison;
  comparison.all = Join(tests.all, intervals.all);
  comparison.groups = JoinAll(tests.groups, intervals.groups);
  comparison.tags = JoinAll(tests.tags, intervals.tags);
  AdjustFamilies(&comparison.groups);
  AdjustFamilies(&comparison.tags);
  return comparison;
}

}  // namespace culturemert
