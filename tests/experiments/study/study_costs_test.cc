#include "experiments/study/study_costs.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "experiments/study/definitions.h"
#include "experiments/study/study_plan.h"
#include "experiments/training/step_flops.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/files.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::DoubleNear;
using ::testing::Optional;

// Of the profile "smoke": 14, 6 and 12 recordings of 2 s.
constexpr double kRecordings = 32;
constexpr double kClipSeconds = 2;

absl::StatusOr<ExperimentConfig> Load(
    const std::vector<std::string>& settings = {}) {
  DefinitionSource source;
  source.folder = "experiments/configs";
  source.profile = "smoke";
  source.settings = settings;
  ASSIGN_OR_RETURN(const std::vector<Study> studies,
                   LoadStudies(Files::Real(), "multicultural_cpt", source));
  return studies.front().config;
}

TEST(StudyCostsTest, PretrainingIsItsUpdatesAndItsValidation) {
  const auto config = Load({"pretraining.validation.times_per_stage=0"});
  ASSERT_THAT(config, IsOk());
  const auto cost = StudyCosts(StudyContext(), *config)
                        .OfPretraining(config->models.at("multicultural_cpt"),
                                       config->pretraining);
  ASSERT_THAT(cost, IsOk());
  double steps = 0;
  double flops = 0;
  for (const StageConfig& stage : config->pretraining.stages) {
    const auto updates = static_cast<double>(stage.updates);
    steps += updates;
    flops +=
        updates * UpdateFlops(config->base.shape, config->pretraining, stage);
  }
  EXPECT_THAT(cost->steps, Optional(steps));
  EXPECT_THAT(cost->flops, Optional(DoubleNear(flops, 1)));
  EXPECT_THAT(cost->audio_seconds,
              Optional(steps * config->pretraining.batch_seconds));
  TrainingConfig validating = config->pretraining;
  validating.validation.times_per_stage = 1;
  const auto more =
      StudyCosts(StudyContext(), *config)
          .OfPretraining(config->models.at("multicultural_cpt"), validating);
  ASSERT_THAT(more, IsOk());
  EXPECT_GT(*more->flops, flops);
  EXPECT_LT(*more->flops, 1.5 * flops);
}

TEST(StudyCostsTest, AStageWithoutUpdatesPassesOverItsPool) {
  const auto config =
      Load({"pretraining.stages.0.updates=0", "pretraining.stages.1.updates=0",
            "pretraining.stages.1.passes=2"});
  ASSERT_THAT(config, IsOk());
  const auto cost = StudyCosts(StudyContext(), *config)
                        .OfPretraining(config->models.at("multicultural_cpt"),
                                       config->pretraining);
  ASSERT_THAT(cost, IsOk());
  // Five sets of 14 recordings, 4 s a batch: 35 updates a pass.
  EXPECT_THAT(cost->steps, Optional(3 * 35));
}

TEST(StudyCostsTest, FeaturesOfAModelTakeOperationsAndThoseOfLogMelDoNot) {
  const auto config = Load();
  ASSERT_THAT(config, IsOk());
  StudyCosts costs(StudyContext(), *config);
  const auto mert = costs.OfFeatures(config->models.at("base"), "makam");
  ASSERT_THAT(mert, IsOk());
  EXPECT_THAT(mert->audio_seconds, Optional(kRecordings * kClipSeconds));
  EXPECT_GT(mert->flops.value_or(0), 1e6);
  const double numbers = static_cast<double>((config->base.shape.layers + 1) *
                                             config->base.shape.hidden_size);
  EXPECT_THAT(mert->output_bytes, Optional(kRecordings * numbers * 4));
  const auto log_mel = costs.OfFeatures(config->models.at("log_mel"), "makam");
  ASSERT_THAT(log_mel, IsOk());
  EXPECT_EQ(log_mel->flops, std::nullopt);
}

TEST(StudyCostsTest, EveryActionOfTheStudyHasACost) {
  const auto config = Load();
  ASSERT_THAT(config, IsOk());
  const auto plan = MakeStudyPlan(StudyContext(), *config);
  ASSERT_THAT(plan, IsOk());
  for (const Plan::Node& node : plan->nodes()) {
    const auto cost = EstimateCost(node);
    ASSERT_THAT(cost, IsOk()) << node.label();
    EXPECT_TRUE(cost->flops.has_value() || cost->audio_seconds.has_value() ||
                cost->output_bytes.has_value())
        << node.label();
    EXPECT_EQ(cost->seconds, std::nullopt) << node.label();
  }
}

TEST(StudyCostsTest, WeightsWithoutAConfigurationHaveNoShape) {
  const auto config = Load({"base.weights=/weights"});
  ASSERT_THAT(config, IsOk());
  MemoryFiles files;
  StudyContext context;
  context.files = &files;
  StudyCosts costs(context, *config);
  const ModelConfig& adapted = config->models.at("multicultural_cpt");
  EXPECT_FALSE(costs.ShapeOf(adapted).has_value());
  const auto cost = costs.OfPretraining(adapted, config->pretraining);
  ASSERT_THAT(cost, IsOk());
  EXPECT_EQ(cost->flops, std::nullopt);
  EXPECT_EQ(cost->output_bytes, std::nullopt);
  EXPECT_TRUE(cost->steps.has_value());
}

}  // namespace
}  // namespace culturemert
