#include "experiments/metrics/tag_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <vector>

#include "experiments/metrics/ranked_tag.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::Eq;
using testing::Optional;

struct Case {
  std::vector<std::uint8_t> truth;
  std::vector<double> scores;
};

// 1 to 40 recordings, from no to all of them positive, with and without ties.
Case RandomCase(std::uint64_t number) {
  const RandomStream random = RandomStream(1, 2).Substream(number);
  const std::size_t size = 1 + random.UniformInt(0, 40);
  const double share = random.UniformDouble(1);
  const std::uint64_t levels = random.UniformInt(2, 12);
  Case result;
  for (std::size_t i = 0; i < size; ++i) {
    result.truth.push_back(random.UniformDouble(10 + 2 * i) < share);
    const double score = random.UniformDouble(11 + 2 * i);
    result.scores.push_back(levels < 2 ? score
                                       : std::floor(score * levels) / levels);
  }
  return result;
}

// By counting pairs.
std::optional<double> PlainRocAuc(const Case& c) {
  double won = 0;
  double pairs = 0;
  for (std::size_t i = 0; i < c.truth.size(); ++i) {
    for (std::size_t j = 0; j < c.truth.size(); ++j) {
      if (c.truth[i] == 0 || c.truth[j] == 1) continue;
      ++pairs;
      won += c.scores[i] > c.scores[j]    ? 1
             : c.scores[i] == c.scores[j] ? 0.5
                                          : 0;
    }
  }
  if (pairs == 0) return std::nullopt;
  return won / pairs;
}

// By the definition: each distinct score, from the highest, is a threshold.
std::optional<double> PlainAveragePrecision(const Case& c) {
  const std::set<double, std::greater<>> thresholds(c.scores.begin(),
                                                    c.scores.end());
  const double positives =
      static_cast<double>(std::count(c.truth.begin(), c.truth.end(), 1));
  if (positives == 0) return std::nullopt;
  double sum = 0;
  double recall_before = 0;
  for (double threshold : thresholds) {
    double found = 0;
    double said = 0;
    for (std::size_t i = 0; i < c.truth.size(); ++i) {
      if (c.scores[i] < threshold) continue;
      ++said;
      found += c.truth[i];
    }
    sum += (found / positives - recall_before) * (found / said);
    recall_before = found / positives;
  }
  return sum;
}

testing::Matcher<std::optional<double>> Near(std::optional<double> value) {
  if (!value.has_value()) return Eq(std::nullopt);
  return Optional(DoubleNear(*value, 1e-12));
}

TEST(TagMetricsTest, RandomCasesEqualPairCountsAndTheDefinition) {
  int undefined = 0;
  for (std::uint64_t number = 0; number < 20000; ++number) {
    const Case c = RandomCase(number);
    const std::optional<double> roc_auc = PlainRocAuc(c);
    undefined += !roc_auc.has_value();
    ASSERT_THAT(RocAuc(c.truth, c.scores), Near(roc_auc)) << number;
    ASSERT_THAT(AveragePrecision(c.truth, c.scores),
                Near(PlainAveragePrecision(c)))
        << number;
  }
  EXPECT_GT(undefined, 500);
  EXPECT_LT(undefined, 10000);
}

TEST(TagMetricsTest, APerfectOrderIsExactlyOneAndItsReverseExactlyZero) {
  const std::vector<std::uint8_t> truth = {1, 0, 1, 0, 0};
  EXPECT_THAT(RocAuc(truth, {.9, .3, .8, .2, .1}), Optional(1.0));
  EXPECT_THAT(AveragePrecision(truth, {.9, .3, .8, .2, .1}), Optional(1.0));
  EXPECT_THAT(RocAuc(truth, {.1, .8, .2, .9, .7}), Optional(0.0));
}

TEST(TagMetricsTest, EqualScoresAreOneThreshold) {
  const std::vector<std::uint8_t> truth = {1, 0, 0, 0};
  EXPECT_THAT(RocAuc(truth, {.5, .5, .5, .5}), Optional(0.5));
  EXPECT_THAT(AveragePrecision(truth, {.5, .5, .5, .5}), Optional(0.25));
  EXPECT_THAT(RocAuc(truth, {0.0, -0.0, 0.0, -0.0}), Optional(0.5));
}

TEST(TagMetricsTest, ASingleRecordingHasNoRocAuc) {
  EXPECT_THAT(RocAuc({1}, {.5}), Eq(std::nullopt));
  EXPECT_THAT(RocAuc({0}, {.5}), Eq(std::nullopt));
  EXPECT_THAT(AveragePrecision({1}, {.5}), Optional(1.0));
  EXPECT_THAT(AveragePrecision({0}, {.5}), Eq(std::nullopt));
}

TEST(TagMetricsTest, ExtremeScoresAreOrderedLikeAllOthers) {
  constexpr double kHighest = std::numeric_limits<double>::max();
  constexpr double kLowest = std::numeric_limits<double>::denorm_min();
  EXPECT_THAT(RocAuc({0, 1, 0, 1}, {-kHighest, -kLowest, kLowest, kHighest}),
              Optional(0.75));
}

TEST(TagMetricsTest, AScoreOfExactlyOneHalfIsNo) {
  const DecisionCounts counts =
      CountDecisions({1, 1, 0, 0}, {0.5, 0.75, 0.5, 0.625});
  EXPECT_EQ(counts.true_positives, 1);
  EXPECT_EQ(counts.false_positives, 1);
  EXPECT_EQ(counts.false_negatives, 1);
  EXPECT_EQ(F1(counts), 0.5);
}

TEST(TagMetricsTest, F1OfNothingThereAndNothingSaidIsZero) {
  EXPECT_EQ(F1(CountDecisions({0, 0}, {0, 0})), 0);
}

TEST(MidRanksTest, EqualScoresShareTheMeanOfTheirRanks) {
  EXPECT_THAT(MidRanks({.3, .1, .3, .2, .3}), ElementsAre(4, 1, 4, 2, 4));
  EXPECT_THAT(MidRanks({}), ElementsAre());
}

}  // namespace
}  // namespace culturemert
