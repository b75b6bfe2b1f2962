#include "experiments/metrics/comparison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "experiments/metrics/evaluation.h"
#include "experiments/metrics/permutation_test.h"
#include "experiments/metrics/ranked_tag.h"
#include "experiments/metrics/statistics.h"
#include "tests/experiments/metrics/random_scores.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

std::unique_ptr<ThreadPool> Pool(int size = 1) {
  return ThreadPool::Create(size).value();
}

ResamplingOptions Replicates(std::int64_t replicates) {
  ResamplingOptions options;
  options.replicates = replicates;
  return options;
}

// Each tag's scores replaced by their mid-ranks.
LabelledScores Ranked(LabelledScores scores) {
  for (std::vector<double>& seed : scores.seeds) {
    for (std::size_t tag = 0; tag < scores.num_tags(); ++tag) {
      std::vector<double> column;
      for (std::size_t i = tag; i < seed.size(); i += scores.num_tags()) {
        column.push_back(seed[i]);
      }
      const std::vector<double> ranks = MidRanks(column);
      for (std::size_t i = 0; i < ranks.size(); ++i) {
        seed[i * scores.num_tags() + tag] = ranks[i];
      }
    }
  }
  return scores;
}

double Mean(const LabelledScores& scores, Metric metric) {
  return EvaluateScores(*Pool(), scores)->sets.all.summary[metric]->mean;
}

// The p-value over all ways to exchange rows of ranks.
double ExactPValue(const LabelledScores& model, const LabelledScores& reference,
                   Metric metric) {
  const LabelledScores first = Ranked(model);
  const LabelledScores second = Ranked(reference);
  const std::size_t recordings = model.num_recordings();
  const std::size_t tags = model.num_tags();
  const double observed =
      std::abs(Mean(first, metric) - Mean(second, metric)) - 1e-12;
  double as_large = 0;
  for (unsigned exchanged = 0; exchanged < 1u << recordings; ++exchanged) {
    LabelledScores a = first;
    LabelledScores b = second;
    for (std::size_t i = 0; i < recordings * tags; ++i) {
      if (((exchanged >> (i / tags)) & 1) == 0) continue;
      for (std::size_t seed = 0; seed < a.seeds.size(); ++seed) {
        std::swap(a.seeds[seed][i], b.seeds[seed][i]);
      }
    }
    as_large += std::abs(Mean(a, metric) - Mean(b, metric)) >= observed;
  }
  return as_large / static_cast<double>(1u << recordings);
}

TEST(PermutationTestsTest, PValuesApproachThoseOfAllExchanges) {
  RandomScoresOptions sizes;
  sizes.recordings = 9;
  sizes.tags = 2;
  sizes.seeds = 2;
  sizes.positive_share = 0.45;
  sizes.step = 0.25;
  const LabelledScores model = RandomScores(sizes, 2, 1);
  sizes.separation = -0.5;
  const LabelledScores reference = RandomScores(sizes, 2, 4);
  const auto tests =
      PermutationTests(*Pool(), model, reference, {}, Replicates(40000));
  ASSERT_THAT(tests, IsOk());
  for (Metric metric : {Metric::kRocAuc, Metric::kAveragePrecision}) {
    const double exact = ExactPValue(model, reference, metric);
    EXPECT_GT(exact, 0.002);
    EXPECT_LT(exact, 0.9);
    EXPECT_NEAR(tests->all.tests[metric]->p_value, exact, 0.01);
    EXPECT_NEAR(tests->all.tests[metric]->model, Mean(model, metric), 1e-14);
  }
}

TEST(PermutationTestsTest, ThePValueIsNeverZeroAndOneForEqualModels) {
  RandomScoresOptions sizes;
  sizes.recordings = 200;
  sizes.separation = 3;
  const LabelledScores model = RandomScores(sizes, 1, 1);
  sizes.separation = 0;
  const LabelledScores reference = RandomScores(sizes, 1, 2);
  const auto tests =
      PermutationTests(*Pool(), model, reference, {}, Replicates(99));
  ASSERT_THAT(tests, IsOk());
  EXPECT_DOUBLE_EQ(tests->all.tests[Metric::kRocAuc]->p_value, 0.01);
  const auto same = PermutationTests(*Pool(), model, model, {}, Replicates(99));
  ASSERT_THAT(same, IsOk());
  EXPECT_EQ(same->all.tests[Metric::kRocAuc]->p_value, 1);
}

TEST(PermutationTestsTest, TheScaleOfTheScoresDoesNotMatter) {
  const LabelledScores model = RandomScores({}, 1, 1);
  LabelledScores reference = RandomScores({}, 1, 2);
  const auto before =
      PermutationTests(*Pool(), model, reference, {}, Replicates(500));
  for (double& score : reference.seeds[0]) score = std::exp(5 * score) - 40;
  const auto after =
      PermutationTests(*Pool(), model, reference, {}, Replicates(500));
  ASSERT_THAT(after, IsOk());
  for (Metric metric : {Metric::kRocAuc, Metric::kAveragePrecision}) {
    EXPECT_EQ(before->all.tests[metric]->p_value,
              after->all.tests[metric]->p_value);
  }
}

TEST(PermutationTestsTest, ThreadsChangeNothingAndOrderOnlyTheSign) {
  const LabelledScores model = RandomScores({}, 1, 1);
  const LabelledScores reference = RandomScores({}, 1, 2);
  const auto one =
      PermutationTests(*Pool(1), model, reference, {}, Replicates(300));
  const auto three =
      PermutationTests(*Pool(3), model, reference, {}, Replicates(300));
  const auto turned =
      PermutationTests(*Pool(1), reference, model, {}, Replicates(300));
  ASSERT_THAT(one, IsOk());
  for (Metric metric : kMetrics) {
    EXPECT_EQ(one->all.tests[metric]->p_value,
              three->all.tests[metric]->p_value);
    EXPECT_EQ(one->all.tests[metric]->p_value,
              turned->all.tests[metric]->p_value);
  }
}

TEST(CompareModelsTest, DifferencesComeWithIntervalsAndAdjustedPValues) {
  RandomScoresOptions sizes;
  sizes.recordings = 150;
  sizes.tags = 3;
  const LabelledScores reference = RandomScores(sizes, 1, 1);
  sizes.separation = 2;
  const LabelledScores model = RandomScores(sizes, 1, 2);
  const auto comparison =
      CompareModels(*Pool(), model, reference, {}, Replicates(999));
  ASSERT_THAT(comparison, IsOk());
  const Difference all = comparison->all.metrics[Metric::kRocAuc].value();
  EXPECT_NEAR(all.model, Mean(model, Metric::kRocAuc), 1e-14);
  EXPECT_NEAR(all.reference, Mean(reference, Metric::kRocAuc), 1e-14);
  EXPECT_DOUBLE_EQ(all.difference, all.model - all.reference);
  EXPECT_LT(0, all.interval->low);
  EXPECT_LT(all.interval->low, all.difference);
  EXPECT_GT(all.interval->high, all.difference);
  EXPECT_LT(all.p_value, 0.01);
  EXPECT_EQ(all.holm_p_value, all.p_value);
  std::vector<double> p_values;
  for (const SetComparison& tag : comparison->tags) {
    p_values.push_back(tag.metrics[Metric::kRocAuc]->p_value);
  }
  const std::vector<double> adjusted = HolmAdjust(p_values);
  for (std::size_t i = 0; i < adjusted.size(); ++i) {
    EXPECT_EQ(comparison->tags[i].metrics[Metric::kRocAuc]->holm_p_value,
              adjusted[i]);
  }
}

TEST(CompareModelsTest, AnUndefinedTagHasNoDifferenceAndJoinsNoFamily) {
  LabelledScores model = RandomScores({}, 1, 1);
  for (std::size_t i = 0; i < model.truth.size(); i += 4) model.truth[i] = 0;
  LabelledScores reference = RandomScores({}, 1, 2);
  reference.truth = model.truth;
  const auto comparison =
      CompareModels(*Pool(), model, reference, {}, Replicates(99));
  ASSERT_THAT(comparison, IsOk());
  EXPECT_FALSE(comparison->tags[0].metrics[Metric::kRocAuc].has_value());
  double lowest = 1;
  double lowest_adjusted = 1;
  for (int tag : {1, 2, 3}) {
    const Difference& difference =
        *comparison->tags[tag].metrics[Metric::kRocAuc];
    lowest = std::min(lowest, difference.p_value);
    lowest_adjusted = std::min(lowest_adjusted, difference.holm_p_value);
  }
  EXPECT_DOUBLE_EQ(lowest_adjusted, std::min(1.0, 3 * lowest));
}

}  // namespace
}  // namespace culturemert
