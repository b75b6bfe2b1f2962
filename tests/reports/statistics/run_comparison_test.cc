#include "reports/statistics/run_comparison.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "experiments/metrics/statistics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/reports/statistics/sample_study.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kFolder[] = "/records";
constexpr int kRecordings = 20;
constexpr int kTags = 3;

// Scores that know the truth of every second recording but `noise` of them.
DatasetPredictions Predictions(const Record& record, const std::string& dataset,
                               double noise) {
  DatasetPredictions predictions;
  predictions.dataset = dataset;
  for (int i = 0; i < kRecordings; ++i) {
    predictions.truth.ids.push_back(absl::StrCat(dataset, "-", i));
    for (int tag = 0; tag < kTags; ++tag) {
      predictions.truth.values.push_back((i * 7 + tag * 3) % 5 < 2);
    }
  }
  predictions.truth.tags = record.datasets[0].tags;
  for (const std::uint64_t seed : record.seeds) {
    DatasetPredictions::Scores scores;
    scores.model = "base";
    scores.seed = seed;
    for (int i = 0; i < kRecordings * kTags; ++i) {
      const double chance =
          0.5 + 0.5 * std::sin(static_cast<double>(i * (seed + 3)));
      scores.values.push_back(static_cast<float>(
          noise * chance + (1 - noise) * predictions.truth.values[i]));
    }
    predictions.scores.push_back(std::move(scores));
  }
  return predictions;
}

class RunComparisonTest : public ::testing::Test {
 protected:
  // A record of the base on makam and lyra, with the worse scores the more
  // noise.
  ComparedRun Run(const std::string& experiment,
                  const std::vector<std::uint64_t>& seeds, double noise) {
    Record record =
        MakeStudyRecord(experiment, {"base"}, "2026-11-22T10:00:00Z");
    record.datasets.resize(2);
    record.results.clear();
    record.data = DataKind::kSynthetic;
    record.seeds = seeds;
    const auto written =
        WriteRecord(files_, kFolder, record,
                    {Predictions(record, "makam", noise),
                     Predictions(record, "lyra", std::min(1.0, noise + 0.1))});
    EXPECT_THAT(written, IsOk());
    return {*written, ""};
  }

  absl::StatusOr<RunComparison> Compare(const ComparedRun& first,
                                        const ComparedRun& second) {
    ResamplingOptions options;
    options.replicates = 200;
    return CompareRuns(files_, *pool_, first, second, options);
  }

  MemoryFiles files_;
  std::unique_ptr<ThreadPool> pool_ = ThreadPool::Create(2).value();
};

TEST_F(RunComparisonTest, FindsTheBetterRunOnEachDataset) {
  const auto comparison =
      Compare(Run("baseline", {3, 4}, 0.4), Run("forgetting", {3, 4}, 1));
  ASSERT_THAT(comparison, IsOk());
  ASSERT_THAT(comparison->datasets, SizeIs(2));
  for (const DatasetComparison& dataset : comparison->datasets) {
    EXPECT_EQ(dataset.seeds, 2u);
    EXPECT_EQ(dataset.recordings, 20u);
    EXPECT_THAT(dataset.results.tags, SizeIs(kTags));
    const auto& difference = dataset.results.all.metrics[Metric::kRocAuc];
    ASSERT_TRUE(difference.has_value());
    EXPECT_GT(difference->difference, 0.2);
    EXPECT_LT(difference->holm_p_value, 0.05);
  }
}

TEST_F(RunComparisonTest, AdjustsTheDatasetsAsOneFamily) {
  const auto comparison =
      Compare(Run("baseline", {3, 4}, 0.8), Run("forgetting", {3, 4}, 0.9));
  ASSERT_THAT(comparison, IsOk());
  std::vector<double> p_values;
  std::vector<double> adjusted;
  for (const DatasetComparison& dataset : comparison->datasets) {
    const auto& difference = dataset.results.all.metrics[Metric::kRocAuc];
    p_values.push_back(difference->p_value);
    adjusted.push_back(difference->holm_p_value);
  }
  EXPECT_EQ(adjusted, HolmAdjust(p_values));
  EXPECT_NE(adjusted, p_values);
}

TEST_F(RunComparisonTest, TakesTheSeedsThatBothRunsHave) {
  const auto comparison =
      Compare(Run("baseline", {3, 4, 7}, 0.5), Run("forgetting", {13, 7}, 0.5));
  ASSERT_THAT(comparison, IsOk());
  EXPECT_EQ(comparison->datasets[0].seeds, 1u);
  // Equal scores of equal seeds.
  EXPECT_EQ(comparison->datasets[0]
                .results.all.metrics[Metric::kAveragePrecision]
                ->difference,
            0);
}

TEST_F(RunComparisonTest, SaysWhyNothingCanBeCompared) {
  EXPECT_THAT(
      Compare(Run("baseline", {3}, 0.5), Run("forgetting", {4}, 0.5)),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("base and base on makam: the runs have no seed in "
                         "common")));
}

TEST_F(RunComparisonTest, FindsRecordsByNameOrPathAndTheirModels) {
  const ComparedRun run = Run("baseline", {3}, 0.5);
  const std::string path = run.stored.path;
  const std::string name(Basename(path));
  const std::string stem = name.substr(0, name.size() - 5);
  for (const std::string& text : {path, name, stem}) {
    const auto found = ReadComparedRun(files_, kFolder, text);
    ASSERT_THAT(found, IsOk());
    EXPECT_EQ(found->stored.path, path);
    EXPECT_EQ(found->model, "");
    const auto of_model =
        ReadComparedRun(files_, kFolder, absl::StrCat(text, ":base"));
    ASSERT_THAT(of_model, IsOk());
    EXPECT_EQ(of_model->model, "base");
  }
  EXPECT_THAT(ReadComparedRun(files_, kFolder, absl::StrCat(stem, ":ties")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no model is called \"ties\"; there are "
                                 "base")));
}

}  // namespace
}  // namespace culturemert
