#include "experiments/metrics/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <optional>

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

// Tags: two scored ones, one on no recording, one on every.
LabelledScores FourTags() {
  LabelledScores scores;
  scores.ids = {"a", "b", "c"};
  scores.tags = {"x", "y", "never", "always"};
  scores.truth = {1, 0, 0, 1,  //
                  0, 1, 0, 1,  //
                  0, 1, 0, 1};
  scores.seeds = {{.9, .1, .8, .9,  //
                   .2, .7, .1, .9,  //
                   .1, .4, .1, .2},
                  {.1, .9, .1, .9,  //
                   .6, .8, .1, .9,  //
                   .2, .2, .1, .9}};
  return scores;
}

TEST(EvaluateScoresTest, MacroMeansAreOverTheTagsWithBothClasses) {
  const absl::StatusOr<Evaluation> evaluation =
      EvaluateScores(*Pool(), FourTags());
  ASSERT_THAT(evaluation, IsOk());
  const SetEvaluation& all = evaluation->sets.all;
  EXPECT_EQ(evaluation->recordings, 3);
  EXPECT_EQ(evaluation->seeds, 2);
  EXPECT_EQ(all.tags, 4);
  EXPECT_EQ(all.scored_tags, 2);
  EXPECT_EQ(all.positives, 6);
  ASSERT_THAT(all.seeds, SizeIs(2));
  // Seed 0: both perfect. Seed 1: x last of three; y's two below and apart.
  EXPECT_EQ(all.seeds[0][Metric::kRocAuc], 1);
  EXPECT_EQ(all.seeds[1][Metric::kRocAuc], 0);
  EXPECT_EQ(all.seeds[0][Metric::kAveragePrecision], 1);
  EXPECT_NEAR(*all.seeds[1][Metric::kAveragePrecision],
              (1.0 / 3 + (1.0 / 2 + 2.0 / 3) / 2) / 2, 1e-15);
  // Seed 0: F1 of x 1, of y 2/3; pooled TP 4, FP 1, FN 2.
  EXPECT_NEAR(*all.seeds[0][Metric::kMacroF1], (1 + 2.0 / 3) / 2, 1e-15);
  EXPECT_NEAR(*all.seeds[0][Metric::kMicroF1], 8.0 / 11, 1e-15);
}

TEST(EvaluateScoresTest, UndefinedTagsAreNamedWithTheReason) {
  const absl::StatusOr<Evaluation> evaluation =
      EvaluateScores(*Pool(), FourTags());
  ASSERT_THAT(evaluation, IsOk());
  ASSERT_THAT(evaluation->undefined, SizeIs(2));
  EXPECT_EQ(evaluation->undefined[0].tag, "never");
  EXPECT_FALSE(evaluation->undefined[0].on_every_recording);
  EXPECT_EQ(evaluation->undefined[1].tag, "always");
  EXPECT_TRUE(evaluation->undefined[1].on_every_recording);
  EXPECT_FALSE(evaluation->sets.tags[2].summary[Metric::kRocAuc].has_value());
  EXPECT_FALSE(
      evaluation->sets.tags[3].summary[Metric::kAveragePrecision].has_value());
}

TEST(EvaluateScoresTest, SeedsGiveMeanAndSampleDeviation) {
  const absl::StatusOr<Evaluation> evaluation =
      EvaluateScores(*Pool(), FourTags());
  ASSERT_THAT(evaluation, IsOk());
  const std::optional<Summary> roc_auc =
      evaluation->sets.all.summary[Metric::kRocAuc];
  ASSERT_TRUE(roc_auc.has_value());
  EXPECT_DOUBLE_EQ(roc_auc->mean, 0.5);
  EXPECT_DOUBLE_EQ(*roc_auc->deviation, std::sqrt(0.5));
}

TEST(EvaluateScoresTest, GroupsAndTagsAreSetsOfTheirOwn) {
  const absl::StatusOr<Evaluation> evaluation = EvaluateScores(
      *Pool(), FourTags(), {{"x", "mode"}, {"never", "mode"}, {"y", "form"}});
  ASSERT_THAT(evaluation, IsOk());
  ASSERT_THAT(evaluation->sets.groups, SizeIs(2));
  const SetEvaluation& mode = evaluation->sets.groups[1];
  EXPECT_EQ(mode.name, "mode");
  EXPECT_EQ(mode.tags, 2);
  EXPECT_EQ(mode.scored_tags, 1);
  EXPECT_EQ(mode.seeds[1][Metric::kRocAuc], 0);
  ASSERT_THAT(evaluation->sets.tags, SizeIs(4));
  EXPECT_EQ(evaluation->sets.tags[1].name, "y");
  EXPECT_EQ(evaluation->sets.tags[1].positives, 2);
  EXPECT_NEAR(*evaluation->sets.tags[1].seeds[0][Metric::kMacroF1], 2.0 / 3,
              1e-15);
}

TEST(EvaluateScoresTest, OneRecordingHasOnlyAMicroF1) {
  LabelledScores scores;
  scores.ids = {"a"};
  scores.tags = {"x", "y"};
  scores.truth = {1, 0};
  scores.seeds = {{.9, .1}};
  const absl::StatusOr<Evaluation> evaluation = EvaluateScores(*Pool(), scores);
  ASSERT_THAT(evaluation, IsOk());
  EXPECT_THAT(evaluation->undefined, SizeIs(2));
  EXPECT_FALSE(evaluation->sets.all.summary[Metric::kRocAuc].has_value());
  EXPECT_FALSE(evaluation->sets.all.summary[Metric::kMacroF1].has_value());
  EXPECT_EQ(evaluation->sets.all.summary[Metric::kMicroF1]->mean, 1);
}

TEST(EvaluateScoresTest, AllScoresEqualIsChance) {
  RandomScoresOptions options;
  LabelledScores scores = RandomScores(options, 1, 1);
  scores.seeds[0].assign(scores.seeds[0].size(), 0.5);
  const absl::StatusOr<Evaluation> evaluation = EvaluateScores(*Pool(), scores);
  ASSERT_THAT(evaluation, IsOk());
  EXPECT_THAT(evaluation->undefined, IsEmpty());
  EXPECT_EQ(evaluation->sets.all.summary[Metric::kRocAuc]->mean, 0.5);
  EXPECT_EQ(evaluation->sets.all.summary[Metric::kMicroF1]->mean, 0);
}

TEST(EvaluateScoresTest, WrongScoresAndGroupsAreRefused) {
  LabelledScores scores = FourTags();
  EXPECT_THAT(EvaluateScores(*Pool(), scores, {{"q", "mode"}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"q\"")));
  scores.seeds[0][0] = std::nan("");
  EXPECT_THAT(EvaluateScores(*Pool(), scores),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("recording \"a\", tag \"x\"")));
}

}  // namespace
}  // namespace culturemert
