#include "reports/site/report_plots.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/reports/plots/markup_check.h"
#include "tests/reports/site/sample_report.h"

namespace culturemert {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> Ids(const ReportData& data, const Study& study) {
  std::vector<std::string> ids;
  for (const SitePlot& plot : MakeStudyPlots(data, study))
    ids.push_back(plot.id);
  return ids;
}

// Without the models of a role.
Study Without(Study study, ModelRole role) {
  for (StudyModel& model : study.models) {
    if (model.role == role) model.role = ModelRole::kVariant;
  }
  return study;
}

SitePlot PlotOf(const std::vector<SitePlot>& plots, const std::string& id) {
  const auto found =
      std::find_if(plots.begin(), plots.end(),
                   [&](const SitePlot& plot) { return plot.id == id; });
  EXPECT_TRUE(found != plots.end()) << id;
  return found == plots.end() ? SitePlot() : *found;
}

TEST(ReportPlotsTest, AWholeStudyHasEveryKindOfPlot) {
  const ReportData data = SampleReport();
  EXPECT_THAT(
      Ids(data, data.studies[0]),
      ElementsAre("mini-gains-roc-auc-synthetic", "mini-gains-roc-auc-real",
                  "mini-gains-average-precision-synthetic",
                  "mini-gains-average-precision-real",
                  "mini-transfer-synthetic", "mini-transfer-real",
                  "mini-tokens-1-js-mean", "mini-lambda", "mini-layers-1",
                  "mini-layers-2", "mini-scaling",
                  "mini-series-1-training-loss", "mini-tags-1-makam",
                  "mini-tags-2-hindustani", "mini-tags-3-carnatic",
                  "mini-tags-4-lyra", "mini-tags-5-fma", "mini-tags-6-mtat"));
}

TEST(ReportPlotsTest, WhatAStudyLacksIsNotDrawn) {
  const ReportData data = SampleReport();
  const Study& study = data.studies[0];
  EXPECT_THAT(Ids(data, Without(study, ModelRole::kSingleCulture)),
              Not(Contains("mini-transfer-real")));
  EXPECT_THAT(Ids(data, Without(study, ModelRole::kMergeScale)),
              Not(Contains("mini-lambda")));
  EXPECT_THAT(Ids(data, Without(study, ModelRole::kFraction)),
              Not(Contains("mini-scaling")));
  EXPECT_THAT(Ids(data, Without(study, ModelRole::kLayer)),
              Not(Contains("mini-layers-1")));
  EXPECT_THAT(Ids(data, Study()), ElementsAre());
}

TEST(ReportPlotsTest, DifferencesFromAFloorHaveAnAxisOfTheirOwn) {
  const ReportData data = SampleReport();
  Study study = data.studies[0];
  StudyModel& against = study.models[study.comparisons.front().against];
  const std::string heading = absl::StrCat("against ", against.name, "<");
  const auto plots_with_heading = [&] {
    std::vector<std::string> ids;
    for (const SitePlot& plot : MakeStudyPlots(data, study)) {
      if (absl::StrContains(plot.svg, heading)) ids.push_back(plot.id);
    }
    return ids;
  };
  EXPECT_THAT(plots_with_heading(), Contains(StartsWith("mini-gains-")));
  EXPECT_THAT(plots_with_heading(), Not(Contains(StartsWith("mini-floor-"))));
  against.role = ModelRole::kFloor;
  EXPECT_THAT(plots_with_heading(), Contains(StartsWith("mini-floor-")));
  EXPECT_THAT(plots_with_heading(), Not(Contains(StartsWith("mini-gains-"))));
}

TEST(ReportPlotsTest, EveryPlotIsWellFormedAndNamesProfileAndOrigin) {
  const ReportData data = SampleReport();
  for (const SitePlot& plot : MakeStudyPlots(data, data.studies[0])) {
    EXPECT_EQ(CheckMarkup(plot.svg).problem, "") << plot.id;
    EXPECT_THAT(plot.title, HasSubstr("mini profile"));
    EXPECT_THAT(plot.title, HasSubstr("data"));
  }
}

TEST(ReportPlotsTest, TheLambdaCurveStartsAtTheBase) {
  const ReportData data = SampleReport();
  const std::vector<SitePlot> plots = MakeStudyPlots(data, data.studies[0]);
  EXPECT_THAT(PlotOf(plots, "mini-lambda").svg, HasSubstr(" at 0.00."));
}

TEST(ReportPlotsTest, TheScalingCurveEndsAtTheWhole) {
  const ReportData data = SampleReport();
  const std::vector<SitePlot> plots = MakeStudyPlots(data, data.studies[0]);
  EXPECT_THAT(PlotOf(plots, "mini-scaling").svg, HasSubstr(" at 100.00."));
}

TEST(ReportPlotsTest, NumbersOfDifferentOriginsAreToldApartAndNotAveraged) {
  const ReportData data = SampleReport();  // MagnaTagATune is real.
  const std::vector<SitePlot> plots = MakeStudyPlots(data, data.studies[0]);
  const std::string lambda = PlotOf(plots, "mini-lambda").svg;
  EXPECT_THAT(lambda, HasSubstr("non-Western sets (synthetic):"));
  EXPECT_THAT(lambda, HasSubstr(" Western sets (synthetic):"));
  EXPECT_THAT(lambda, HasSubstr(" Western sets (real):"));
  for (const char* name : {"mini-gains-roc-auc", "mini-transfer"}) {
    const std::string real = PlotOf(plots, absl::StrCat(name, "-real")).svg;
    EXPECT_THAT(real, HasSubstr(">MagnaTagATune<"));
    EXPECT_THAT(real, Not(HasSubstr(">Hindustani<")));
    const std::string other =
        PlotOf(plots, absl::StrCat(name, "-synthetic")).svg;
    EXPECT_THAT(other, Not(HasSubstr(">MagnaTagATune<")));
    EXPECT_THAT(other, HasSubstr(">Hindustani<"));
  }
}

TEST(ReportPlotsTest, AStudyWithoutTestSetsIsLabelledByWhatItTrainedOn) {
  ReportData data = SampleReport();
  data.records[0].record.data = DataKind::kSynthetic;
  Study study;
  study.profile = "mini";
  study.records = {0};
  study.series = data.studies[0].series;
  EXPECT_THAT(
      PlotOf(MakeStudyPlots(data, study), "mini-series-1-training-loss").title,
      HasSubstr(", mini profile, synthetic data"));
}

TEST(ReportPlotsTest, TagsAreComparedWithTheNextBestWhereTheMainResultLacks) {
  const ReportData data = SampleReport();
  Study study = data.studies[0];
  const auto y_label = [&] {
    return PlotOf(MakeStudyPlots(data, study), "mini-tags-4-lyra").caption;
  };
  EXPECT_THAT(y_label(), HasSubstr("Multi-cultural CPT than under Base"));
  study = Without(study, ModelRole::kAdapted);
  EXPECT_THAT(y_label(), HasSubstr("Task arithmetic, λ = 0.2 than under Base"));
  for (const ModelRole role :
       {ModelRole::kMerged, ModelRole::kSingleCulture, ModelRole::kControl}) {
    study = Without(study, role);
  }
  EXPECT_THAT(y_label(), HasSubstr("Base model than under Log-mel"));
}

TEST(ReportPlotsTest, HostileNamesMakeHarmlessFileNames) {
  const ReportData data = SampleReport(
      [](std::string text) { return "../../<script>/" + text + "\"'"; });
  std::set<std::string> ids;
  for (const SitePlot& plot : MakeStudyPlots(data, data.studies[0])) {
    EXPECT_TRUE(ids.insert(plot.id).second) << plot.id;
    for (const char character : plot.id) {
      EXPECT_TRUE(absl::ascii_isalnum(character) || character == '-')
          << plot.id;
    }
    EXPECT_EQ(CheckMarkup(plot.svg).problem, "");
  }
}

}  // namespace
}  // namespace culturemert
