#include <clocale>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <locale>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "reports/plots/forest_plot.h"
#include "reports/plots/heat_map.h"
#include "reports/plots/line_chart.h"
#include "reports/plots/scatter_plot.h"
#include "tests/reports/plots/sample_plots.h"

namespace culturemert {
namespace {

// As in Turkish and Greek: a decimal comma, and points between thousands.
class CommaNumbers : public std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

bool update_golden = false;

std::vector<std::pair<std::string, std::string>> AllPlots() {
  return {{"forest", DrawForestPlot(SampleForestPlot())},
          {"transfer", DrawHeatMap(SampleHeatMap())},
          {"lambda", DrawLineChart(SampleLambdaCurve())},
          {"training", DrawLineChart(SampleTrainingCurves())},
          {"layers", DrawLineChart(SampleLayerProfile())},
          {"scaling", DrawLineChart(SampleScalingCurve())},
          {"tags", DrawScatterPlot(SampleScatterPlot())}};
}

std::string GoldenPath(const std::string& name) {
  return absl::StrCat("tests/reports/plots/golden/", name, ".svg");
}

TEST(PlotsGoldenTest, EveryPlotHasItsGoldenBytes) {
  for (const auto& [name, svg] : AllPlots()) {
    SCOPED_TRACE(name);
    if (update_golden) {
      const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
      ASSERT_NE(workspace, nullptr) << "--update_golden needs bazel run";
      std::ofstream file(absl::StrCat(workspace, "/", GoldenPath(name)),
                         std::ios::binary);
      file << svg;
      ASSERT_TRUE(file.flush().good());
      continue;
    }
    std::ifstream file(GoldenPath(name), std::ios::binary);
    const std::string golden((std::istreambuf_iterator<char>(file)),
                             std::istreambuf_iterator<char>());
    EXPECT_TRUE(svg == golden) << "look at it, and if this is meant, run "
                                  "--update_golden";
  }
}

TEST(PlotsGoldenTest, BytesAreTheSameInEveryLocale) {
  const auto expected = AllPlots();
  const std::locale classic = std::locale::global(
      std::locale(std::locale::classic(), new CommaNumbers));
  EXPECT_TRUE(AllPlots() == expected) << "C++";
  std::locale::global(classic);
  // Those that are installed.
  for (const char* locale : {"tr_TR.UTF-8", "el_GR.UTF-8", "de_DE.UTF-8"}) {
    std::setlocale(LC_ALL, locale);
    EXPECT_TRUE(AllPlots() == expected) << locale;
  }
  std::setlocale(LC_ALL, "C");
}

}  // namespace
}  // namespace culturemert

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  culturemert::update_golden =
      argc > 1 && std::string(argv[1]) == "--update_golden";
  return RUN_ALL_TESTS();
}
