#include "experiments/metrics/weighted_metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "experiments/metrics/ranked_tag.h"
#include "experiments/metrics/tag_metrics.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

struct Scored {
  std::vector<std::uint8_t> truth;
  std::vector<double> scores;
};

Scored RandomScored(std::size_t size, std::uint64_t levels, double share,
                    std::uint64_t seed) {
  const RandomStream random(seed, 0);
  Scored scored;
  for (std::size_t i = 0; i < size; ++i) {
    scored.truth.push_back(random.UniformDouble(2 * i) < share);
    scored.scores.push_back(
        static_cast<double>(random.UniformInt(2 * i + 1, levels)) /
        static_cast<double>(levels));
  }
  return scored;
}

WeightedTag TagOf(const Scored& scored) {
  WeightedTag tag;
  tag.ranked = RankTag(scored.truth, scored.scores);
  for (std::uint32_t i = 0; i < scored.truth.size(); ++i) {
    if (!(scored.scores[i] > 0.5)) continue;
    (scored.truth[i] != 0 ? tag.true_positives : tag.false_positives)
        .push_back(i);
  }
  return tag;
}

// The set in which each element stands as often as its weight says.
Scored Expand(const Scored& scored, const std::vector<Weight>& weights,
              int lane) {
  Scored expanded;
  for (std::size_t i = 0; i < scored.truth.size(); ++i) {
    for (int copy = 0; copy < weights[i * kLanes + lane]; ++copy) {
      expanded.truth.push_back(scored.truth[i]);
      expanded.scores.push_back(scored.scores[i]);
    }
  }
  return expanded;
}

void ExpectSame(std::optional<double> expected, double found) {
  ASSERT_EQ(expected.has_value(), !std::isnan(found));
  if (!expected.has_value()) return;
  EXPECT_NEAR(*expected, found, 1e-13);
}

void ExpectEachLaneToBeItsExpandedSet(const Scored& scored,
                                      const std::vector<Weight>& weights) {
  WeightedMetrics metrics;
  ComputeWeightedMetrics(TagOf(scored), weights, &metrics);
  for (int lane = 0; lane < kLanes; ++lane) {
    const Scored expanded = Expand(scored, weights, lane);
    ExpectSame(RocAuc(expanded.truth, expanded.scores), metrics.roc_auc[lane]);
    ExpectSame(AveragePrecision(expanded.truth, expanded.scores),
               metrics.average_precision[lane]);
    const DecisionCounts counts =
        CountDecisions(expanded.truth, expanded.scores);
    EXPECT_EQ(metrics.true_positives[lane], counts.true_positives);
    EXPECT_EQ(metrics.false_positives[lane], counts.false_positives);
    EXPECT_EQ(metrics.positives[lane],
              counts.true_positives + counts.false_negatives);
    EXPECT_EQ(metrics.positives[lane] + metrics.negatives[lane],
              static_cast<std::int32_t>(expanded.truth.size()));
  }
}

TEST(WeightedMetricsTest, EachLaneEqualsTheMetricsOfItsExpandedSet) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Scored scored =
        RandomScored(1 + seed, seed % 3 == 0 ? 1 << 20 : 1 + seed % 7,
                     0.1 + 0.2 * static_cast<double>(seed % 5), seed);
    std::vector<Weight> weights(scored.truth.size() * kLanes);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      weights[i] = static_cast<Weight>(RandomStream(seed, 1).UniformInt(i, 4));
    }
    ExpectEachLaneToBeItsExpandedSet(scored, weights);
  }
}

TEST(WeightedMetricsTest, LargestWeightsInLongRunsDoNotOverflow) {
  const Scored scored = RandomScored(600, 1 << 20, 0.01, 9);
  ExpectEachLaneToBeItsExpandedSet(scored,
                                   std::vector<Weight>(600 * kLanes, 255));
}

TEST(WeightedMetricsTest, WithoutWeightsNothingIsDefined) {
  const Scored scored = RandomScored(20, 5, 0.5, 9);
  ExpectEachLaneToBeItsExpandedSet(scored, std::vector<Weight>(20 * kLanes, 0));
}

}  // namespace
}  // namespace culturemert
