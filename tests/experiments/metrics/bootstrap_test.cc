#include "experiments/metrics/bootstrap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "experiments/metrics/evaluation.h"
#include "tests/experiments/metrics/random_scores.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::unique_ptr<ThreadPool> Pool(int size = 1) {
  return ThreadPool::Create(size).value();
}

ResamplingOptions Replicates(std::int64_t replicates) {
  ResamplingOptions options;
  options.replicates = replicates;
  return options;
}

Interval Auc(const SetIntervals& set) {
  return set.intervals[Metric::kRocAuc].value();
}

TEST(BootstrapIntervalsTest, TheEstimateLiesInside) {
  RandomScoresOptions sizes;
  sizes.recordings = 200;
  sizes.seeds = 2;
  const LabelledScores scores = RandomScores(sizes, 1, 1);
  const TagGroups groups = {{"t1", "g"}};
  const auto intervals =
      BootstrapIntervals(*Pool(), scores, groups, Replicates(2000));
  ASSERT_THAT(intervals, IsOk());
  const Evaluation evaluation = EvaluateScores(*Pool(), scores, groups).value();
  ASSERT_THAT(intervals->groups, SizeIs(1));
  ASSERT_THAT(intervals->tags, SizeIs(4));
  for (Metric metric : kMetrics) {
    const Interval& interval = intervals->all.intervals[metric].value();
    const double mean = evaluation.sets.all.summary[metric]->mean;
    EXPECT_LT(interval.low, mean);
    EXPECT_GT(interval.high, mean);
    EXPECT_LT(interval.high - interval.low, 0.2);
  }
  EXPECT_EQ(intervals->tags[1].name, "t1");
  // A group of one tag is that tag.
  EXPECT_EQ(Auc(intervals->groups[0]).low, Auc(intervals->tags[1]).low);
}

TEST(BootstrapIntervalsTest, MoreConfidenceAndFewerRecordingsWidenIt) {
  RandomScoresOptions sizes;
  sizes.recordings = 400;
  const auto width = [&](double confidence) {
    ResamplingOptions options = Replicates(2000);
    options.confidence = confidence;
    const Interval interval =
        Auc(BootstrapIntervals(*Pool(), RandomScores(sizes, 1, 1), {}, options)
                ->all);
    return interval.high - interval.low;
  };
  const double wide = width(0.99);
  const double usual = width(0.95);
  EXPECT_GT(wide, 1.2 * usual);
  sizes.recordings = 100;
  EXPECT_GT(width(0.95), 1.5 * usual);
}

TEST(BootstrapIntervalsTest, ThreadsChangeNothingAndTheSeedDoes) {
  const LabelledScores scores = RandomScores({}, 1, 1);
  ResamplingOptions options = Replicates(500);
  const Interval one =
      Auc(BootstrapIntervals(*Pool(1), scores, {}, options)->all);
  const Interval three =
      Auc(BootstrapIntervals(*Pool(3), scores, {}, options)->all);
  EXPECT_EQ(one.low, three.low);
  EXPECT_EQ(one.high, three.high);
  options.seed = 1;
  const Interval other =
      Auc(BootstrapIntervals(*Pool(1), scores, {}, options)->all);
  EXPECT_NE(one.low, other.low);
  EXPECT_NEAR(one.low, other.low, 0.05);
}

TEST(BootstrapIntervalsTest, PerfectScoresHaveAPointAtOne) {
  LabelledScores scores = RandomScores({}, 1, 1);
  scores.seeds[0].assign(scores.truth.begin(), scores.truth.end());
  const auto intervals =
      BootstrapIntervals(*Pool(), scores, {}, Replicates(200));
  ASSERT_THAT(intervals, IsOk());
  for (Metric metric : kMetrics) {
    EXPECT_EQ(intervals->all.intervals[metric]->low, 1);
    EXPECT_EQ(intervals->all.intervals[metric]->high, 1);
  }
}

TEST(BootstrapIntervalsTest, OneRecordingHasNoIntervalButOfMicroF1) {
  LabelledScores scores;
  scores.ids = {"a"};
  scores.tags = {"x"};
  scores.truth = {1};
  scores.seeds = {{0.7}};
  const auto intervals =
      BootstrapIntervals(*Pool(), scores, {}, Replicates(100));
  ASSERT_THAT(intervals, IsOk());
  EXPECT_FALSE(intervals->all.intervals[Metric::kRocAuc].has_value());
  EXPECT_FALSE(intervals->all.intervals[Metric::kMacroF1].has_value());
  EXPECT_EQ(intervals->all.intervals[Metric::kMicroF1]->low, 1);
}

TEST(BootstrapIntervalsTest, ATagWithOnePositiveStillHasAnInterval) {
  LabelledScores scores = RandomScores({}, 1, 1);
  for (std::size_t i = 0; i < scores.truth.size(); i += 4) {
    scores.truth[i] = i == 0;
  }
  const auto intervals =
      BootstrapIntervals(*Pool(), scores, {}, Replicates(500));
  ASSERT_THAT(intervals, IsOk());
  const Interval interval = Auc(intervals->tags[0]);
  EXPECT_LT(interval.low, interval.high);
}

TEST(BootstrapIntervalsTest, SingleTagsAreLeftOutOnRequest) {
  ResamplingOptions options = Replicates(100);
  options.per_tag = false;
  const auto intervals =
      BootstrapIntervals(*Pool(), RandomScores({}, 1, 1), {}, options);
  ASSERT_THAT(intervals, IsOk());
  EXPECT_THAT(intervals->tags, IsEmpty());
}

TEST(BootstrapIntervalsTest, OptionsOutOfRangeAreNamed) {
  const LabelledScores scores = RandomScores({}, 1, 1);
  const auto status = [&](std::int64_t replicates, double confidence) {
    ResamplingOptions options = Replicates(replicates);
    options.confidence = confidence;
    return BootstrapIntervals(*Pool(), scores, {}, options).status();
  };
  EXPECT_THAT(status(0, 0.95), StatusIs(absl::StatusCode::kInvalidArgument,
                                        HasSubstr("replicates: 0")));
  EXPECT_THAT(status(20'000'000, 0.95),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("replicates: 20000000")));
  for (double confidence : {0.0, 1.0, -1.0, std::nan("")}) {
    EXPECT_THAT(status(10, confidence),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("confidence: ")));
  }
}

TEST(BootstrapDifferencesTest, TheSameModelTwiceDiffersByNothing) {
  const LabelledScores scores = RandomScores({}, 1, 1);
  const auto differences =
      BootstrapDifferences(*Pool(), scores, scores, {}, Replicates(200));
  ASSERT_THAT(differences, IsOk());
  for (Metric metric : kMetrics) {
    EXPECT_EQ(differences->all.intervals[metric]->low, 0);
    EXPECT_EQ(differences->all.intervals[metric]->high, 0);
  }
}

TEST(BootstrapDifferencesTest, SharedDrawsMakeItNarrowerThanApart) {
  RandomScoresOptions sizes;
  sizes.recordings = 200;
  const LabelledScores model = RandomScores(sizes, 1, 1);
  LabelledScores reference = model;
  const LabelledScores noise = RandomScores(sizes, 1, 2);
  for (std::size_t i = 0; i < model.truth.size(); ++i) {
    reference.seeds[0][i] += 0.2 * noise.seeds[0][i];
  }
  const Interval alone =
      Auc(BootstrapIntervals(*Pool(), model, {}, Replicates(1000))->all);
  const Interval difference =
      Auc(BootstrapDifferences(*Pool(), model, reference, {}, Replicates(1000))
              ->all);
  EXPECT_LT(difference.high - difference.low, 0.5 * (alone.high - alone.low));
}

TEST(BootstrapDifferencesTest, OtherRecordingsAreRefused) {
  const LabelledScores model = RandomScores({}, 1, 1);
  LabelledScores reference = model;
  reference.ids[3] = "elsewhere";
  EXPECT_THAT(
      BootstrapDifferences(*Pool(), model, reference).status(),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"elsewhere\"")));
}

}  // namespace
}  // namespace culturemert
