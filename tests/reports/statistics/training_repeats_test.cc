#include "reports/statistics/training_repeats.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/reports/statistics/sample_study.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::vector<std::string>> Labels(const Study& study) {
  std::vector<std::vector<std::string>> labels;
  for (const std::vector<std::size_t>& group : TrainingRepeats(study)) {
    labels.emplace_back();
    for (const std::size_t model : group) {
      labels.back().push_back(study.models[model].label);
    }
  }
  return labels;
}

TEST(TrainingRepeatsTest, AreTheRecipeAndItsOtherSeeds) {
  const ReportData data = MakeReportData(SampleRecordList(), {}).value();
  EXPECT_THAT(Labels(data.studies[0]),
              ElementsAre(ElementsAre("multicultural_cpt", "cpt_seed_1")));
}

TEST(TrainingRepeatsTest, HaveTheSameOtherSettings) {
  ReportData data = MakeReportData(SampleRecordList(), {}).value();
  for (StudyModel& model : data.studies[0].models) {
    if (model.label == "cpt_seed_1") {
      model.setup.pretraining.push_back("stages.0.replay_fraction=0");
    }
  }
  // Now the seeds of the recipe without replay.
  EXPECT_THAT(Labels(data.studies[0]),
              ElementsAre(ElementsAre("cpt_seed_1", "cpt_no_replay")));
}

TEST(TrainingRepeatsTest, HaveDifferentSeeds) {
  ReportData data = MakeReportData(SampleRecordList(), {}).value();
  for (StudyModel& model : data.studies[0].models) {
    if (model.label == "cpt_seed_1") model.setup.pretraining.clear();
  }
  EXPECT_THAT(Labels(data.studies[0]), IsEmpty());
}

TEST(TrainingRepeatsTest, StandInOneRecord) {
  ReportData data = MakeReportData(SampleRecordList(), {}).value();
  for (StudyModel& model : data.studies[0].models) {
    if (model.label == "cpt_seed_1") model.records = {0};
  }
  EXPECT_THAT(Labels(data.studies[0]), IsEmpty());
}

}  // namespace
}  // namespace culturemert
