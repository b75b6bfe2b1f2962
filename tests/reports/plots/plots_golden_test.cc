#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "reports/plots/forest_plot.h"
#include "reports/plots/heat_map.h"
#include "reports/plots/line_chart.h"
#include "reports/plots/scatter_plot.h"
#include "tests/reports/plots/sample_plots.h"
#include "tests/support/golden_file.h"
#include "tests/support/places.h"

namespace culturemert {
namespace {

std::vector<std::pair<std::string, std::string>> AllPlots() {
  return {{"forest", DrawForestPlot(SampleForestPlot())},
          {"transfer", DrawHeatMap(SampleHeatMap())},
          {"lambda", DrawLineChart(SampleLambdaCurve())},
          {"training", DrawLineChart(SampleTrainingCurves())},
          {"layers", DrawLineChart(SampleLayerProfile())},
          {"scaling", DrawLineChart(SampleScalingCurve())},
          {"tags", DrawScatterPlot(SampleScatterPlot())}};
}

TEST(PlotsGoldenTest, EveryPlotHasItsGoldenBytes) {
  for (const auto& [name, svg] : AllPlots()) {
    EXPECT_TRUE(IsGolden(
        svg, absl::StrCat("tests/reports/plots/golden/", name, ".svg")));
  }
}

TEST(PlotsGoldenTest, BytesAreTheSameInEveryPlace) {
  const auto expected = AllPlots();
  ForEachPlace([&](const std::string& place) {
    EXPECT_TRUE(AllPlots() == expected) << place;
  });
}

}  // namespace
}  // namespace culturemert
