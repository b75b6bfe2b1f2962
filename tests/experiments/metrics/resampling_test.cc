#include "experiments/metrics/resampling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "experiments/metrics/evaluation.h"
#include "tests/experiments/metrics/random_scores.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::HasSubstr;

std::unique_ptr<ThreadPool> Pool(int size = 1) {
  return ThreadPool::Create(size).value();
}

Weight WeightOf(std::int64_t replicate, std::size_t element) {
  return static_cast<Weight>(RandomStream(5, replicate).UniformInt(element, 3));
}

void FillRandomly(std::int64_t first, int count, absl::Span<Weight> weights) {
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const int lane = static_cast<int>(i % kLanes);
    if (lane < count) weights[i] = WeightOf(first + lane, i / kLanes);
  }
}

// The recordings, each as often as its weight says.
LabelledScores Expand(const LabelledScores& scores, std::int64_t replicate) {
  LabelledScores expanded;
  expanded.tags = scores.tags;
  expanded.seeds.resize(scores.seeds.size());
  for (std::size_t i = 0; i < scores.num_recordings(); ++i) {
    for (int copy = 0; copy < WeightOf(replicate, i); ++copy) {
      expanded.ids.push_back(absl::StrCat(scores.ids[i], " copy ", copy));
      for (std::size_t tag = 0; tag < scores.num_tags(); ++tag) {
        const std::size_t place = i * scores.num_tags() + tag;
        expanded.truth.push_back(scores.truth[place]);
        for (std::size_t seed = 0; seed < scores.seeds.size(); ++seed) {
          expanded.seeds[seed].push_back(scores.seeds[seed][place]);
        }
      }
    }
  }
  return expanded;
}

LabelledScores ThreeSeeds() {
  RandomScoresOptions options;
  options.recordings = 12;
  options.tags = 5;
  options.seeds = 3;
  options.positive_share = 0.2;
  options.step = 0.5;
  return RandomScores(options, 3, 4);
}

TEST(EvaluateReplicatesTest, EachReplicateIsTheEvaluationOfItsExpandedSet) {
  const LabelledScores scores = ThreeSeeds();
  const TagGroups groups = {{"t0", "g"}, {"t3", "g"}, {"t1", "h"}};
  const TagSets sets = MakeTagSets(scores.tags, groups).value();
  constexpr std::int64_t kReplicates = 150;
  const RankedScores ranked = RankScores(*Pool(), scores).value();
  const absl::StatusOr<ReplicateValues> values =
      EvaluateReplicates(*Pool(), ranked, sets.sets, kReplicates, FillRandomly);
  ASSERT_THAT(values, IsOk());
  int undefined = 0;
  for (std::int64_t replicate = 0; replicate < kReplicates; ++replicate) {
    const absl::StatusOr<Evaluation> expected =
        EvaluateScores(*Pool(), Expand(scores, replicate), groups);
    ASSERT_THAT(expected, IsOk());
    std::vector<SetEvaluation> all = {expected->sets.all};
    all.insert(all.end(), expected->sets.groups.begin(),
               expected->sets.groups.end());
    all.insert(all.end(), expected->sets.tags.begin(),
               expected->sets.tags.end());
    for (std::size_t set = 0; set < all.size(); ++set) {
      for (Metric metric : kMetrics) {
        const double found = values->Of(set, metric)[replicate];
        ASSERT_EQ(std::isnan(found), !all[set].summary[metric].has_value());
        undefined += std::isnan(found);
        if (std::isnan(found)) continue;
        ASSERT_NEAR(found, all[set].summary[metric]->mean, 1e-13)
            << all[set].name << " " << MetricName(metric);
      }
    }
  }
  EXPECT_GT(undefined, 100);
}

TEST(EvaluateReplicatesTest, TheNumberOfThreadsDoesNotChangeABit) {
  const LabelledScores scores = ThreeSeeds();
  const TagSets sets = MakeTagSets(scores.tags, {}).value();
  std::vector<std::vector<double>> found;
  for (int threads : {1, 2, 5}) {
    const std::unique_ptr<ThreadPool> pool = Pool(threads);
    const RankedScores ranked = RankScores(*pool, scores).value();
    const ReplicateValues values =
        EvaluateReplicates(*pool, ranked, sets.sets, 1000, FillRandomly)
            .value();
    const absl::Span<const double> auc = values.Of(0, Metric::kRocAuc);
    found.emplace_back(auc.begin(), auc.end());
  }
  EXPECT_EQ(found[0], found[1]);
  EXPECT_EQ(found[0], found[2]);
}

TEST(EvaluateReplicatesTest, MoreThanMemoryHoldsIsRefusedBeforehand) {
  const LabelledScores scores = ThreeSeeds();
  const TagSets sets = MakeTagSets(scores.tags, {}).value();
  const RankedScores ranked = RankScores(*Pool(), scores).value();
  EXPECT_THAT(EvaluateReplicates(*Pool(), ranked, sets.sets,
                                 std::int64_t{1} << 40, FillRandomly)
                  .status(),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("ask for at most")));
}

TEST(RankBothTest, EachModelAloneIsItself) {
  RandomScoresOptions options;
  options.step = 0.25;
  const LabelledScores first = RandomScores(options, 1, 2);
  LabelledScores second = RandomScores(options, 1, 3);
  // Of another scale: ranks make them comparable.
  for (double& score : second.seeds[0]) score = 100 + 7 * score;
  const TagSets sets = MakeTagSets(first.tags, {}).value();
  const RankedScores both = RankBoth(*Pool(), first, second).value();
  const std::size_t recordings = first.num_recordings();
  const auto halves = [&](std::int64_t, int, absl::Span<Weight> weights) {
    for (std::size_t i = 0; i < recordings; ++i) {
      weights[i * kLanes] = 1;
      weights[(recordings + i) * kLanes + 1] = 1;
    }
  };
  const ReplicateValues values =
      EvaluateReplicates(*Pool(), both, sets.sets, 2, halves).value();
  int lane = 0;
  for (const LabelledScores& model : {first, second}) {
    const Evaluation evaluation = EvaluateScores(*Pool(), model).value();
    for (Metric metric : kMetrics) {
      EXPECT_NEAR(values.Of(0, metric)[lane],
                  evaluation.sets.all.summary[metric]->mean, 1e-14);
    }
    ++lane;
  }
}

}  // namespace
}  // namespace culturemert
