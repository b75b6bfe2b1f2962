// Whether intervals and p-values keep their promises, on thousands of simulated
// data sets. The seeds are fixed, so that a run is the same as the last.

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <vector>

#include "experiments/metrics/bootstrap.h"
#include "experiments/metrics/evaluation.h"
#include "experiments/metrics/permutation_test.h"
#include "tests/experiments/metrics/random_scores.h"
#include "tools/base/parallel/thread_pool.h"

namespace culturemert {
namespace {

constexpr std::array<Metric, 2> kTested = {Metric::kRocAuc,
                                           Metric::kAveragePrecision};

std::unique_ptr<ThreadPool> Pool() {
  return ThreadPool::Create(ThreadPool::DefaultSize()).value();
}

RandomScoresOptions SmallSets() {
  RandomScoresOptions options;
  options.recordings = 200;
  options.tags = 5;
  options.positive_share = 0.15;
  options.separation = 1.2;
  return options;
}

LabelledScores Draw(const RandomScoresOptions& options, std::uint64_t number) {
  return RandomScores(options, number, number + (std::uint64_t{1} << 32));
}

// The mean of the metric over sets that are drawn in the same way.
PerMetric<double> MeanOverSets(ThreadPool& pool,
                               const RandomScoresOptions& options) {
  constexpr int kSets = 2000;
  PerMetric<double> mean;
  for (int number = 0; number < kSets; ++number) {
    const Evaluation evaluation =
        EvaluateScores(pool, Draw(options, 1'000'000 + number)).value();
    for (Metric metric : kTested) {
      mean[metric] += evaluation.sets.all.summary[metric]->mean / kSets;
    }
  }
  return mean;
}

TEST(SimulationTest, NinetyFivePercentIntervalsCoverThatOften) {
  constexpr int kSets = 1000;
  const std::unique_ptr<ThreadPool> pool = Pool();
  const RandomScoresOptions sets = SmallSets();
  const PerMetric<double> truth = MeanOverSets(*pool, sets);
  ResamplingOptions options;
  options.replicates = 1000;
  options.per_tag = false;
  PerMetric<int> covered;
  for (int number = 0; number < kSets; ++number) {
    options.seed = number;
    const auto intervals =
        BootstrapIntervals(*pool, Draw(sets, number), {}, options).value();
    for (Metric metric : kTested) {
      const Interval interval = intervals.all.intervals[metric].value();
      covered[metric] +=
          interval.low <= truth[metric] && truth[metric] <= interval.high;
    }
  }
  for (Metric metric : kTested) {
    std::cout << MetricTitle(metric) << ": " << covered[metric] << " of "
              << kSets << " intervals cover " << truth[metric] << "\n";
    EXPECT_GE(covered[metric], 930) << MetricTitle(metric);
    EXPECT_LE(covered[metric], 970) << MetricTitle(metric);
  }
}

TEST(SimulationTest, NinetyFivePercentIntervalsOfDifferencesCoverThatOften) {
  constexpr int kSets = 1000;
  const std::unique_ptr<ThreadPool> pool = Pool();
  const RandomScoresOptions better = SmallSets();
  RandomScoresOptions worse = better;
  worse.separation = 0.8;
  const PerMetric<double> better_truth = MeanOverSets(*pool, better);
  const PerMetric<double> worse_truth = MeanOverSets(*pool, worse);
  ResamplingOptions options;
  options.replicates = 1000;
  options.per_tag = false;
  PerMetric<int> covered;
  for (int number = 0; number < kSets; ++number) {
    options.seed = number;
    const LabelledScores model = RandomScores(better, number, 2 * number);
    const LabelledScores reference =
        RandomScores(worse, number, 2 * number + 1);
    const auto intervals =
        BootstrapDifferences(*pool, model, reference, {}, options).value();
    for (Metric metric : kTested) {
      const Interval interval = intervals.all.intervals[metric].value();
      const double truth = better_truth[metric] - worse_truth[metric];
      covered[metric] += interval.low <= truth && truth <= interval.high;
    }
  }
  for (Metric metric : kTested) {
    std::cout << MetricTitle(metric) << ": " << covered[metric] << " of "
              << kSets << " intervals of differences cover the truth\n";
    EXPECT_GE(covered[metric], 930) << MetricTitle(metric);
    EXPECT_LE(covered[metric], 970) << MetricTitle(metric);
  }
}

TEST(SimulationTest, EqualModelsAreToldApartOnceInTwentyTimes) {
  constexpr int kPairs = 2000;
  const std::unique_ptr<ThreadPool> pool = Pool();
  RandomScoresOptions sets = SmallSets();
  sets.recordings = 60;
  sets.positive_share = 0.3;
  ResamplingOptions options;
  options.replicates = 199;
  options.per_tag = false;
  PerMetric<int> rejected;
  for (int number = 0; number < kPairs; ++number) {
    options.seed = number;
    const auto tests =
        PermutationTests(*pool, RandomScores(sets, number, 2 * number),
                         RandomScores(sets, number, 2 * number + 1), {},
                         options)
            .value();
    for (Metric metric : kTested) {
      rejected[metric] += tests.all.tests[metric]->p_value <= 0.05;
    }
  }
  for (Metric metric : kTested) {
    std::cout << MetricTitle(metric) << ": " << rejected[metric] << " of "
              << kPairs << " equal pairs rejected at 5 %\n";
    EXPECT_GE(rejected[metric], 80) << MetricTitle(metric);
    EXPECT_LE(rejected[metric], 120) << MetricTitle(metric);
  }
}

}  // namespace
}  // namespace culturemert
