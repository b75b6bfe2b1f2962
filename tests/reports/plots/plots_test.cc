#include <cstddef>
#include <limits>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/reports/plots/markup_check.h"
#include "tests/reports/plots/sample_plots.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr char kHostile[] = "</title><script>alert('1')</script>\"&\xFF\x01";

std::vector<std::string> SamplePlots() {
  return {DrawForestPlot(SampleForestPlot()),
          DrawHeatMap(SampleHeatMap()),
          DrawLineChart(SampleLambdaCurve()),
          DrawLineChart(SampleTrainingCurves()),
          DrawLineChart(SampleLayerProfile()),
          DrawLineChart(SampleScalingCurve()),
          DrawScatterPlot(SampleScatterPlot())};
}

std::vector<std::string> HostilePlots() {
  const PlotText text = {kHostile, kHostile, kHostile};
  ForestPlot forest = {text,     kHostile,
                       kHostile, kHostile,
                       1,        {{kHostile, {{kHostile, 1, {}, {}, false}}}}};
  HeatMap map;
  map.text = text;
  map.row_label = map.column_label = map.note = kHostile;
  map.rows = map.columns = {kHostile};
  LineChart chart = {text,
                     kHostile,
                     kHostile,
                     AxisKind::kLinear,
                     {{kHostile, {1, 2}, {1, 2}, {}, {}}},
                     {{kHostile, 1}}};
  ScatterPlot scatter = {
      text, kHostile, kHostile, {{kHostile, {{kHostile, 1, 2}}}}, 6};
  return {DrawForestPlot(forest), DrawHeatMap(map), DrawLineChart(chart),
          DrawScatterPlot(scatter)};
}

std::vector<std::string> EmptyPlots() {
  return {DrawForestPlot({}), DrawHeatMap({}), DrawLineChart({}),
          DrawScatterPlot({})};
}

TEST(PlotsTest, EveryPlotIsWellFormed) {
  for (const auto& plots : {SamplePlots(), HostilePlots(), EmptyPlots()}) {
    for (const std::string& svg : plots) {
      EXPECT_EQ(CheckMarkup(svg).problem, "") << svg.substr(0, 400);
    }
  }
}

TEST(PlotsTest, NoPlotHoldsAScriptALinkOrAnythingFromElsewhere) {
  const std::set<std::string> known = {"svg",  "title", "desc", "rect",
                                       "text", "line",  "path", "g"};
  for (const auto& plots : {SamplePlots(), HostilePlots()}) {
    for (const std::string& svg : plots) {
      for (const MarkupElement& element : CheckMarkup(svg).elements) {
        EXPECT_EQ(known.count(element.name), 1u) << element.name;
        for (const auto& [name, value] : element.attributes) {
          EXPECT_FALSE(absl::StartsWith(name, "on")) << name;
          EXPECT_FALSE(absl::StrContains(name, "href")) << name;
          EXPECT_FALSE(absl::StrContains(value, "url(")) << value;
        }
      }
    }
  }
}

TEST(PlotsTest, EndlessTextsAreCutOff) {
  LineChart chart = SampleLambdaCurve();
  const std::size_t size = DrawLineChart(chart).size();
  for (int i = 0; i < 500000; ++i) chart.x_label += "on ";
  for (int i = 0; i < 500000; ++i) chart.references[0].label += "λ";
  EXPECT_LT(DrawLineChart(chart).size(), size + 1000);
  chart.text.title = chart.x_label;  // Whole in the title element alone.
  EXPECT_LT(DrawLineChart(chart).size(), size + chart.x_label.size() + 1000);
}

TEST(PlotsTest, ScreenReadersFindATitleAndADescription) {
  for (const std::string& svg : SamplePlots()) {
    const std::vector<MarkupElement> elements = CheckMarkup(svg).elements;
    ASSERT_GE(elements.size(), 3u);
    EXPECT_EQ(elements[0].Attribute("role"), "img");
    EXPECT_EQ(elements[1].name, "title");
    EXPECT_EQ(elements[2].name, "desc");
    EXPECT_EQ(elements[0].Attribute("aria-labelledby"),
              absl::StrCat(elements[1].Attribute("id"), " ",
                           elements[2].Attribute("id")));
  }
}

TEST(PlotsTest, NoCoordinateIsAnythingButANumber) {
  ForestPlot forest = SampleForestPlot();
  forest.groups[0].rows[0].value = kNan;
  forest.groups[0].rows[1].low = -kInfinity;
  forest.groups[0].rows[2].value = 1e300;
  HeatMap map = SampleHeatMap();
  map.cells[0][0].value = kInfinity;
  LineChart chart = SampleLambdaCurve();
  chart.lines[0].y[1] = kNan;
  chart.lines[0].low[2] = -kInfinity;
  chart.lines[1].x[0] = 1e300;
  chart.references[0].y = kNan;
  ScatterPlot scatter = SampleScatterPlot();
  scatter.groups[0].points[0].x = kNan;
  for (const std::string& svg :
       {DrawForestPlot(forest), DrawHeatMap(map), DrawLineChart(chart),
        DrawScatterPlot(scatter)}) {
    for (const MarkupElement& element : CheckMarkup(svg).elements) {
      for (const auto& [name, value] : element.attributes) {
        EXPECT_FALSE(absl::StrContains(value, "nan")) << name << value;
        EXPECT_FALSE(absl::StrContains(value, "inf")) << name << value;
        EXPECT_LT(value.size(), 20000u);
      }
    }
  }
}

TEST(PlotsTest, WhatIsLeftOutIsSaid) {
  LineChart chart = SampleLambdaCurve();
  chart.lines[0].y[1] = kNan;
  chart.lines[1].x.push_back(3);  // Without a y.
  EXPECT_THAT(DrawLineChart(chart),
              HasSubstr("Points that could not be drawn: 2."));
  EXPECT_THAT(DrawLineChart(SampleLambdaCurve()), Not(HasSubstr("could not")));
  ForestPlot forest = SampleForestPlot();
  forest.groups[0].rows[0].value = kNan;
  EXPECT_THAT(DrawForestPlot(forest),
              HasSubstr("Rows without a value to draw: 1."));
  EXPECT_THAT(DrawForestPlot(forest), HasSubstr(">no value<"));
}

TEST(PlotsTest, LinesToCompareWithHaveTheirValuesInTheLegend) {
  EXPECT_THAT(DrawLineChart(SampleLambdaCurve()),
              HasSubstr(">CultureMERT: 71.2<"));
}

TEST(PlotsTest, ALogarithmicAxisLeavesOutWhatIsNotAboveZero) {
  LineChart chart = SampleScalingCurve();
  chart.lines[0].x[0] = 0;
  EXPECT_THAT(DrawLineChart(chart),
              HasSubstr("Points that could not be drawn: 1."));
}

TEST(PlotsTest, PointsOfALineAreDrawnFromLeftToRight) {
  LineChart sorted = SampleLambdaCurve();
  sorted.lines = {{"line", {1, 2, 3}, {5, 6, 4}, {}, {}}};
  LineChart shuffled = sorted;
  shuffled.lines = {{"line", {3, 1, 2}, {4, 5, 6}, {}, {}}};
  EXPECT_EQ(DrawLineChart(shuffled), DrawLineChart(sorted));
}

TEST(PlotsTest, NoTwoOf64SeriesLookAlike) {
  std::set<std::tuple<std::size_t, std::size_t, std::size_t>> looks;
  for (std::size_t i = 0; i < 64; ++i) {
    looks.insert({i % 8, SeriesDash(i), SeriesShape(i)});
  }
  EXPECT_EQ(looks.size(), 64u);
}

TEST(PlotsTest, NeighbouringSeriesDifferWithoutColour) {
  for (std::size_t i = 0; i < 63; ++i) {
    EXPECT_NE(SeriesDash(i), SeriesDash(i + 1));
    EXPECT_NE(SeriesShape(i), SeriesShape(i + 1));
  }
}

TEST(PlotsTest, SignificanceIsAFillingNotAColour) {
  ForestPlot plot = SampleForestPlot();
  plot.groups = {{"group", {{"row", 1, 0.5, 1.5, true}}}};
  const std::string filled = DrawForestPlot(plot);
  plot.groups[0].rows[0].is_significant = false;
  const std::string hollow = DrawForestPlot(plot);
  EXPECT_NE(filled, hollow);
  EXPECT_THAT(hollow, HasSubstr("class=\"plot-hollow\""));
}

TEST(PlotsTest, TheDirectionOfACellIsAShapeAndASign) {
  HeatMap map = SampleHeatMap();
  map.rows = map.columns = {"a"};
  map.cells = {{{-1.5}}};
  const std::string below = DrawHeatMap(map);
  EXPECT_THAT(below, HasSubstr(">−1.5<"));
  EXPECT_THAT(below, HasSubstr("l4.5 -7h-9z"));
  map.cells = {{{1.5, true}}};
  const std::string above = DrawHeatMap(map);
  EXPECT_THAT(above, HasSubstr(">+1.5*<"));
  EXPECT_THAT(above, HasSubstr("m0 -7l4.5 7h-9z"));
}

}  // namespace
}  // namespace culturemert
