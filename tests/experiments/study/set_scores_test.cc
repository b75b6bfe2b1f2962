#include "experiments/study/set_scores.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "experiments/metrics/comparison.h"
#include "experiments/metrics/evaluation.h"
#include "experiments/records/record_json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/metrics/random_scores.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/formats/npy.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kFolder[] = "/probe";
const std::vector<std::uint64_t> kSeeds = {3, 4, 7};

// The truth of `scores` as a set's test recordings, behind one training and one
// validation recording that carry everything.
PreparedSet SetOf(const LabelledScores& scores) {
  PreparedSet set;
  set.name = "set";
  set.culture = "Turkish";
  set.is_synthetic = true;
  for (std::size_t tag = 0; tag < scores.num_tags(); ++tag) {
    set.tags.push_back({scores.tags[tag], tag % 2 == 0 ? "even" : ""});
  }
  PreparedRecording other;
  for (std::size_t tag = 0; tag < scores.num_tags(); ++tag) {
    other.labels.push_back(tag);
  }
  other.clips = {"clip"};
  other.id = "training";
  set.recordings.push_back(other);
  for (std::size_t i = 0; i < scores.num_recordings(); ++i) {
    PreparedRecording recording;
    recording.id = scores.ids[i];
    recording.split = Split::kTest;
    recording.clips = {recording.id};
    for (std::size_t tag = 0; tag < scores.num_tags(); ++tag) {
      if (scores.truth[i * scores.num_tags() + tag] == 1) {
        recording.labels.push_back(tag);
      }
    }
    set.recordings.push_back(recording);
  }
  other.id = "validation";
  other.split = Split::kValid;
  set.recordings.push_back(other);
  return set;
}

LabelledScores Scores(std::uint64_t score_seed, double separation = 1) {
  RandomScoresOptions options;
  options.seeds = kSeeds.size();
  options.separation = separation;
  return RandomScores(options, 1, score_seed);
}

ResamplingOptions Resampling() {
  ResamplingOptions options;
  options.replicates = 300;
  return options;
}

class SetScoresTest : public testing::Test {
 protected:
  SetScoresTest() : pool_(ThreadPool::Create(2).value()) {
    EXPECT_THAT(files_.CreateDirectories(kFolder), IsOk());
  }

  void Write(const std::vector<float>& values,
             const std::vector<std::uint64_t>& shape) {
    ASSERT_THAT(WriteNpy<float>(
                    files_, absl::StrCat(kFolder, "/test_probabilities.npy"),
                    values, shape),
                IsOk());
  }

  MemoryFiles files_;
  std::unique_ptr<ThreadPool> pool_;
};

TEST_F(SetScoresTest, ProbabilitiesComeBackRoundedWithTheSetsTruth) {
  const LabelledScores scores = Scores(1);
  ASSERT_THAT(WriteTestProbabilities(files_, kFolder, scores), IsOk());
  const auto read = ReadTestScores(files_, kFolder, SetOf(scores));
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->ids, scores.ids);
  EXPECT_EQ(read->tags, scores.tags);
  EXPECT_EQ(read->truth, scores.truth);
  ASSERT_EQ(read->seeds.size(), scores.seeds.size());
  for (std::size_t seed = 0; seed < scores.seeds.size(); ++seed) {
    for (std::size_t i = 0; i < scores.seeds[seed].size(); ++i) {
      EXPECT_EQ(read->seeds[seed][i],
                static_cast<float>(scores.seeds[seed][i]));
    }
  }
}

TEST_F(SetScoresTest, ArraysOfAnotherShapeAreRefusedWithTheShapeWanted) {
  const PreparedSet set = SetOf(Scores(1));
  const std::vector<std::vector<std::uint64_t>> shapes = {
      {40, 4}, {1, 40, 5}, {1, 39, 4}, {1, 4, 40}, {1, 1, 40, 4}};
  for (const std::vector<std::uint64_t>& shape : shapes) {
    std::uint64_t size = 1;
    for (const std::uint64_t extent : shape) size *= extent;
    Write(std::vector<float>(size, 0.5f), shape);
    EXPECT_THAT(ReadTestScores(files_, kFolder, set),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("/probe/test_probabilities.npy"),
                               HasSubstr("[seeds, 40, 4]"))));
  }
}

TEST_F(SetScoresTest, MissingProbabilitiesAreNotFound) {
  EXPECT_THAT(ReadTestScores(files_, kFolder, SetOf(Scores(1))),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("test_probabilities.npy")));
}

TEST_F(SetScoresTest, TheDescriptionCountsSplitsAndTestPositives) {
  const LabelledScores scores = Scores(1);
  const DatasetRecord record = DescribeSet(SetOf(scores));
  EXPECT_EQ(record.name, kDatasetName);
  EXPECT_EQ(record.culture, "Turkish");
  EXPECT_TRUE(record.synthetic);
  EXPECT_EQ(record.training_recordings, 1u);
  EXPECT_EQ(record.validation_recordings, 1u);
  EXPECT_EQ(record.test_recordings, scores.num_recordings());
  EXPECT_EQ(record.tags, scores.tags);
  EXPECT_THAT(record.tag_groups, ElementsAre("even", "", "even", ""));
  std::vector<std::uint64_t> positives(scores.num_tags());
  for (std::size_t i = 0; i < scores.truth.size(); ++i) {
    positives[i % scores.num_tags()] += scores.truth[i];
  }
  EXPECT_EQ(record.tag_positives, positives);
}

TEST_F(SetScoresTest, OnlyTagsWithAGroupAreGrouped) {
  const TagGroups groups = GroupsOf(SetOf(Scores(1)));
  EXPECT_EQ(groups, (TagGroups{{"t0", "even"}, {"t2", "even"}}));
}

TEST_F(SetScoresTest, ResultsAreThoseOfTheMetrics) {
  const LabelledScores scores = Scores(1);
  const PreparedSet set = SetOf(scores);
  const auto record = ScoreModel(*pool_, set, scores, kSeeds, Resampling());
  ASSERT_THAT(record, IsOk());
  const auto evaluation = EvaluateScores(*pool_, scores, GroupsOf(set));
  ASSERT_THAT(evaluation, IsOk());
  const auto intervals = BootstrapIntervals(*pool_, scores, {}, Resampling());
  ASSERT_THAT(intervals, IsOk());
  ASSERT_EQ(record->results.size(), 1u);
  const ResultRecord& result = record->results[0];
  EXPECT_EQ(result.model, kModelName);
  EXPECT_EQ(result.dataset, kDatasetName);
  EXPECT_EQ(result.seeds, kSeeds);
  EXPECT_EQ(result.recordings, scores.num_recordings());
  ASSERT_EQ(result.metrics.size(), kMetrics.size());
  for (std::size_t i = 0; i < kMetrics.size(); ++i) {
    const Metric metric = kMetrics[i];
    const MetricResult& found = result.metrics[i];
    const SetEvaluation& all = evaluation->sets.all;
    EXPECT_EQ(found.metric, metric);
    EXPECT_EQ(found.mean, all.summary[metric]->mean);
    EXPECT_EQ(found.deviation, all.summary[metric]->deviation);
    EXPECT_EQ(found.low, intervals->all.intervals[metric]->low);
    EXPECT_EQ(found.high, intervals->all.intervals[metric]->high);
    for (std::size_t seed = 0; seed < kSeeds.size(); ++seed) {
      EXPECT_EQ(found.values[seed], *all.seeds[seed][metric]);
    }
    ASSERT_EQ(found.by_group.size(), 1u);
    EXPECT_EQ(found.by_group[0].group, "even");
    EXPECT_EQ(found.by_group[0].tags, 2u);
  }
}

TEST_F(SetScoresTest, MacroMeansAreThoseOfTheTagsBesideThem) {
  const LabelledScores scores = Scores(1);
  const auto record =
      ScoreModel(*pool_, SetOf(scores), scores, kSeeds, Resampling());
  ASSERT_THAT(record, IsOk());
  for (const MetricResult& result : record->results[0].metrics) {
    if (result.metric == Metric::kMicroF1) {
      EXPECT_TRUE(result.by_tag.empty());
      continue;
    }
    ASSERT_EQ(result.by_tag.size(), kSeeds.size());
    for (std::size_t seed = 0; seed < kSeeds.size(); ++seed) {
      double sum = 0;
      for (const double value : result.by_tag[seed]) sum += value;
      EXPECT_NEAR(result.values[seed], sum / 4, 1e-12);
    }
  }
}

TEST_F(SetScoresTest, ATagWithoutTestRecordingsIsUndefined) {
  LabelledScores scores = Scores(1);
  for (std::size_t i = 0; i < scores.num_recordings(); ++i) {
    scores.truth[i * scores.num_tags()] = 0;
  }
  const auto record =
      ScoreModel(*pool_, SetOf(scores), scores, kSeeds, Resampling());
  ASSERT_THAT(record, IsOk());
  const MetricResult& roc_auc = record->results[0].metrics[0];
  EXPECT_EQ(roc_auc.scored_tags, 3u);
  EXPECT_EQ(roc_auc.undefined_tags, 1u);
  EXPECT_TRUE(std::isnan(roc_auc.by_tag[0][0]));
}

TEST_F(SetScoresTest, ComparisonsAreThoseOfTheMetrics) {
  const LabelledScores model = Scores(1, 1.5);
  const LabelledScores against = Scores(2, 0.5);
  const auto record =
      CompareOnSet(*pool_, SetOf(model), model, against, Resampling());
  ASSERT_THAT(record, IsOk());
  const auto compared = CompareModels(*pool_, model, against, {}, Resampling());
  ASSERT_THAT(compared, IsOk());
  ASSERT_EQ(record->comparisons.size(), kMetrics.size());
  for (std::size_t i = 0; i < kMetrics.size(); ++i) {
    const ComparisonRecord& found = record->comparisons[i];
    const Difference& expected = *compared->all.metrics[kMetrics[i]];
    EXPECT_EQ(found.model, kModelName);
    EXPECT_EQ(found.against, kAgainstName);
    EXPECT_EQ(found.metric, kMetrics[i]);
    EXPECT_EQ(found.kind, ComparisonKind::kPermutation);
    EXPECT_EQ(found.difference, expected.difference);
    EXPECT_EQ(found.p, expected.p_value);
    EXPECT_EQ(found.low, expected.interval->low);
    EXPECT_EQ(found.high, expected.interval->high);
    EXPECT_EQ(found.p_holm, std::nullopt);
  }
  EXPECT_GT(record->comparisons[0].difference, 0);
}

TEST_F(SetScoresTest, AModelAgainstItselfDiffersInNothing) {
  const LabelledScores model = Scores(1);
  const auto record =
      CompareOnSet(*pool_, SetOf(model), model, model, Resampling());
  ASSERT_THAT(record, IsOk());
  for (const ComparisonRecord& comparison : record->comparisons) {
    EXPECT_EQ(comparison.difference, 0);
    EXPECT_EQ(comparison.p, 1);
  }
}

TEST_F(SetScoresTest, PartialRecordsAreRecordsThatCanBeReadBack) {
  const LabelledScores scores = Scores(1);
  const auto record =
      ScoreModel(*pool_, SetOf(scores), scores, kSeeds, Resampling());
  ASSERT_THAT(record, IsOk());
  const auto text = FormatRecord(*record);
  ASSERT_THAT(text, IsOk());
  const auto read = ParseRecord(*text, "partial");
  ASSERT_THAT(read, IsOk());
  EXPECT_THAT(FormatRecord(*read), IsOkAndHolds(*text));
}

}  // namespace
}  // namespace culturemert
