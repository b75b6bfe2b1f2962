#include "experiments/estimate/calibration.h"

#include <limits>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "experiments/estimate/calibration_study.h"
#include "experiments/study/definitions.h"
#include "experiments/study/study_costs.h"
#include "experiments/study/study_plan.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

constexpr CalibrationSize kSize = {8, 2, 4, 1};
constexpr double kUnlimited = std::numeric_limits<double>::infinity();

absl::StatusOr<ExperimentConfig> Load(
    const std::string& profile, const std::vector<std::string>& settings = {}) {
  DefinitionSource source;
  source.folder = "experiments/configs";
  source.profile = profile;
  source.settings = settings;
  ASSIGN_OR_RETURN(const std::vector<Study> studies,
                   LoadStudies(Files::Real(), "multicultural_cpt", source));
  return studies.front().config;
}

TEST(CalibrationStudyTest, KeepsTheModelAndTheBatchesOfTheStudy) {
  const auto config = Load("smoke");
  ASSERT_THAT(config, IsOk());
  const auto small =
      CalibrationStudy(StudyContext(), *config, kSize, kUnlimited);
  ASSERT_THAT(small, IsOk());
  EXPECT_FALSE(small->is_cut);
  EXPECT_EQ(small->config.base.shape.hidden_size,
            config->base.shape.hidden_size);
  EXPECT_EQ(small->config.base.shape.layers, config->base.shape.layers);
  EXPECT_EQ(small->config.pretraining.BatchSegments(),
            config->pretraining.BatchSegments());
  ASSERT_EQ(small->config.pretraining.stages.size(),
            config->pretraining.stages.size());
  for (const StageConfig& stage : small->config.pretraining.stages) {
    EXPECT_EQ(stage.updates, kSize.updates);
  }
  EXPECT_THAT(MakeStudyPlan(StudyContext(), small->config), IsOk());
}

TEST(CalibrationStudyTest, BatchesBecomeSmallerBeforeTheModelIsCut) {
  const auto config = Load("smoke", {"pretraining.batch_seconds=600"});
  ASSERT_THAT(config, IsOk());
  const auto small = CalibrationStudy(StudyContext(), *config, kSize, 3e9);
  ASSERT_THAT(small, IsOk());
  EXPECT_FALSE(small->is_cut);
  EXPECT_LT(small->config.pretraining.BatchSegments(),
            config->pretraining.BatchSegments());
  const auto cut = CalibrationStudy(StudyContext(), *config, kSize, 1);
  ASSERT_THAT(cut, IsOk());
  EXPECT_TRUE(cut->is_cut);
  EXPECT_EQ(cut->config.pretraining.BatchSegments(), 1);
  EXPECT_LT(cut->config.base.shape.layers, config->base.shape.layers);
  EXPECT_THAT(MakeStudyPlan(StudyContext(), cut->config), IsOk());
}

TEST(CalibrationTest, MeasuresWhatTheStudyDoesAndLeavesNothing) {
  const auto config = Load("smoke");
  ASSERT_THAT(config, IsOk());
  const std::string folder = JoinPath(testing::TempDir(), "calibration");
  const auto calibration = Calibrate(StudyContext(), *config, folder);
  ASSERT_THAT(calibration, IsOk());
  EXPECT_TRUE(absl::IsNotFound(Files::Real().Info(folder).status()));
  std::set<std::string> actions;
  for (const MeasuredAction& measured : calibration->actions) {
    actions.insert(measured.action);
    EXPECT_GT(measured.seconds, 0) << measured.action;
    EXPECT_LT(measured.seconds, calibration->seconds) << measured.action;
  }
  EXPECT_THAT(actions, IsSupersetOf({"render", "fit_tokenizer", "tokenize",
                                     "random_weights", "pretrain", "embed",
                                     "probe", "score", "compare"}));
  EXPECT_GT(calibration->matrix_flops, 1e8);
}

TEST(CalibrationTest, LeavesNothingWhenAskedToStop) {
  const auto config = Load("smoke");
  ASSERT_THAT(config, IsOk());
  const std::string folder = JoinPath(testing::TempDir(), "stopped");
  // In the middle: once something is there.
  bool has_begun = false;
  const auto stop = [&] {
    has_begun |= Files::Real().Exists(JoinPath(folder, "first/render"));
    return has_begun;
  };
  EXPECT_THAT(
      Calibrate(StudyContext(), *config, folder, stop),
      StatusIs(absl::StatusCode::kCancelled, HasSubstr("stopped as asked")));
  EXPECT_TRUE(has_begun);
  EXPECT_TRUE(absl::IsNotFound(Files::Real().Info(folder).status()));
}

TEST(CalibrationTest, TouchesNoFolderThatIsThere) {
  const auto config = Load("smoke");
  ASSERT_THAT(config, IsOk());
  const std::string folder = JoinPath(testing::TempDir(), "taken");
  const std::string file = JoinPath(folder, "file");
  ASSERT_THAT(Files::Real().CreateDirectories(folder), IsOk());
  ASSERT_THAT(Files::Real().WriteAtomically(file, "1"), IsOk());
  EXPECT_THAT(Calibrate(StudyContext(), *config, folder),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("taken")));
  EXPECT_THAT(Files::Real().Read(file), IsOkAndHolds("1"));
}

}  // namespace
}  // namespace culturemert
