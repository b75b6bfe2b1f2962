#include "experiments/training/training_config.h"

#include <vector>

#include "experiments/training/held_out.h"
#include "experiments/training/outliers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/config/config.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(TrainingConfig, HasCultureMertsTwoStagesByDefault) {
  const absl::StatusOr<TrainingConfig> config =
      ConfigLoader<TrainingConfig>().Build();
  ASSERT_THAT(config, IsOk());
  ASSERT_EQ(config->stages.size(), 2u);
  EXPECT_EQ(config->stages[0].replay_fraction, 0.2);
  EXPECT_THAT(
      config->stages[0].trainable,
      ElementsAre(ParameterGroup::kFrontEnd, ParameterGroup::kProjection,
                  ParameterGroup::kLabelEmbeddings));
  EXPECT_EQ(config->stages[1].replay_fraction, 0);
  EXPECT_EQ(config->stages[1].trainable, AllParameterGroups());
}

TEST(TrainingConfig, TakesASettingOfOneStage) {
  const absl::StatusOr<TrainingConfig> config =
      ConfigLoader<TrainingConfig>()
          .Set("stages.1.passes=3")
          .Set("stages.1.trainable=[\"transformer\"]")
          .Build();
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->stages[1].passes, 3);
  EXPECT_THAT(config->stages[1].trainable,
              ElementsAre(ParameterGroup::kTransformer));
  EXPECT_THAT(ConfigLoader<TrainingConfig>()
                  .Set("stages.0.trainable=[\"transformers\"]")
                  .Build(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("\"transformer\"")));
  EXPECT_THAT(
      ConfigLoader<TrainingConfig>().Set("stages.1.name=stage1").Build(),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("two stages called \"stage1\"")));
}

TEST(TrainingConfig, LetsSpectrogramRegressionTrainOnlyWhatItReaches) {
  EXPECT_THAT(ConfigLoader<TrainingConfig>()
                  .Set("stages.1.objective=spectrogram_regression")
                  .Build(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("does not reach")));
  EXPECT_THAT(ConfigLoader<TrainingConfig>()
                  .Set("stages.1.objective=spectrogram_regression")
                  .Set("stages.1.trainable=[\"front_end\"]")
                  .Build(),
              IsOk());
}

TEST(TrainingConfig, RecommendsWarmUpsThatPassItsChecks) {
  TrainingConfig config;
  config.stages.insert(config.stages.begin(), {StageConfig::FrontEndWarmUp(),
                                               StageConfig::HeadWarmUp()});
  EXPECT_THAT(ValidateConfig(config), IsOk());
}

TEST(TrainingConfig, TakesAStagesOwnBatchesBeforeTheTrainings) {
  TrainingConfig config;
  StageConfig stage;
  EXPECT_EQ(BatchesOf(config, stage).segments, config.BatchSegments());
  EXPECT_EQ(BatchesOf(config, stage).seconds(), 600);
  stage.segment_seconds = 1;
  stage.batch_seconds = 33;
  EXPECT_EQ(BatchesOf(config, stage).segments, 32);
  stage.micro_batch_segments = 16;
  stage.passes = 2;
  EXPECT_EQ(BatchesOf(config, stage).seconds(), 32);
  EXPECT_EQ(UpdatesOf(config, stage, 160), 10);
}

TEST(TrainingConfig, MakesBatchesOfWholeMicroBatches) {
  TrainingConfig config;
  EXPECT_EQ(config.BatchSegments(), 120);
  config.batch_seconds = 1;
  EXPECT_EQ(config.BatchSegments(), 4);
  config.batch_seconds = 49;
  EXPECT_EQ(config.BatchSegments(), 8);
}

TEST(TrainingConfig, CountsUpdatesByPassesOverThePool) {
  TrainingConfig config;  // 600 s a batch.
  StageConfig stage;
  stage.passes = 2;
  EXPECT_EQ(UpdatesOf(config, stage, 3600), 12);
  EXPECT_EQ(UpdatesOf(config, stage, 3601), 13);
  EXPECT_EQ(UpdatesOf(config, stage, 1), 1);
  stage.updates = 5;
  EXPECT_EQ(UpdatesOf(config, stage, 3600), 5);
}

TEST(IsValidationDue, IsSpreadOverTheStageAndAtItsEnd) {
  const auto due = [](std::int64_t times, std::int64_t updates) {
    ValidationConfig config;
    config.times_per_stage = times;
    std::vector<std::int64_t> when;
    for (std::int64_t done = 1; done <= updates; ++done) {
      if (IsValidationDue(config, done, updates)) when.push_back(done);
    }
    return when;
  };
  EXPECT_THAT(due(2, 10), ElementsAre(5, 10));
  EXPECT_THAT(due(3, 10), ElementsAre(4, 7, 10));
  EXPECT_THAT(due(10, 3), ElementsAre(1, 2, 3));
  EXPECT_THAT(due(0, 3), ElementsAre());
}

TEST(OutlierDetector, ScoresInDeviationsOfTheValuesBefore) {
  OutlierDetector detector(4);
  for (const double value : {1.0, 3.0, 1.0, 3.0}) {
    EXPECT_EQ(detector.Score(value), 0);
  }
  EXPECT_DOUBLE_EQ(detector.Score(7.0), 5);  // Mean 2, deviation 1.
  EXPECT_LT(detector.Score(1.0), 0);         // Of 7, 3, 1, 3.
}

TEST(OutlierDetector, KnowsNoOutliersAmongEquals) {
  OutlierDetector detector(2);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(detector.Score(4.0), 0);
}

}  // namespace
}  // namespace culturemert
