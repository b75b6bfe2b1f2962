#include "tests/reports/plots/sample_plots.h"

#include "absl/strings/str_cat.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

// In (-1, 1), the same on every machine.
double Noise(int line, int i) {
  constexpr RandomStream kRandom(1, StreamId("sample plots"));
  return 2 * kRandom.Substream(line).UniformDouble(i) - 1;
}

}  // namespace

ForestPlot SampleForestPlot() {
  ForestPlot plot;
  plot.text = {"forest", "Gain over the base model, ROC-AUC",
               "Three models on six sets."};
  plot.x_label = "difference from the base, points";
  plot.significant_label = "p < 0.05 (Holm)";
  plot.other_label = "not significant";
  plot.groups = {
      {"CultureMERT",
       {{"Turkish-makam", 5.4, 4.1, 6.9, true},
        {"Hindustani", 3.1, 0.2, 6.0, false},
        {"Carnatic", 4.9, 3.0, 7.1, true},
        {"Lyra", 6.2, -0.4, 12.7, false},
        {"MagnaTagATune", -0.05, -0.31, 0.2, false},
        {"FMA medium with a title that is rather long", 0.4, {}, {}, false}}},
      {"Task arithmetic, λ = 0.2",
       {{"Turkish-makam", 4.2, 2.9, 5.5, true},
        {"Λύρα", -3.5, -6.5, -0.6, true}}}};
  return plot;
}

HeatMap SampleHeatMap() {
  HeatMap map;
  map.text = {"transfer", "Transfer between cultures, ROC-AUC",
              "Gains of single-culture models on every set."};
  map.row_label = "adapted to";
  map.column_label = "tested on";
  map.note = "points over the base · * p < 0.05 (Holm) · frame: own culture";
  map.rows = {"Turkish-makam", "Hindustani", "Carnatic", "Lyra"};
  map.columns = {"Turkish-makam", "Hindustani",    "Carnatic",
                 "Lyra",          "MagnaTagATune", "FMA"};
  map.cells = {
      {{5.1, true, true}, {1.2}, {0.3}, {2.0, true}, {-0.4}, {-0.2}},
      {{0.8}, {4.4, true, true}, {2.6, true}, {-1.3}, {-0.9, true}, {0}},
      {{-2.1, true}, {1.9}, {6.3, true, true}, {}, {-0.1}, {0.2}},
      {{1.5}, {-0.7}, {0.1}, {3.9, false, true}}};
  return map;
}

LineChart SampleLambdaCurve() {
  LineChart chart;
  chart.text = {"lambda", "Task arithmetic by λ",
                "The average rises to λ = 0.2 and then falls."};
  chart.x_label = "λ";
  chart.y_label = "average of ROC-AUC and AP, %";
  chart.lines = {{"non-Western sets",
                  {0, 0.1, 0.2, 0.3, 0.4, 0.5},
                  {66.4, 69.3, 70.9, 70.2, 68.0, 64.1},
                  {64.9, 68.0, 69.7, 68.9, 66.4, 62.2},
                  {67.9, 70.6, 72.1, 71.5, 69.6, 66.0}},
                 {"Western sets",
                  {0, 0.1, 0.2, 0.3, 0.4, 0.5},
                  {68.8, 68.9, 68.6, 67.7, 66.1, 63.0},
                  {},
                  {}}};
  chart.references = {{"CultureMERT", 71.2}};
  return chart;
}

LineChart SampleTrainingCurves() {
  LineChart chart;
  chart.text = {"training", "Training loss", "Loss of three pre-trainings."};
  chart.x_label = "update";
  chart.y_label = "loss a hidden frame, nats";
  for (int line = 0; line < 3; ++line) {
    ChartLine& curve = chart.lines.emplace_back();
    curve.label = absl::StrCat("pre-training ", line);
    for (int i = 0; i < 200; ++i) {
      curve.x.push_back(50 * i);
      curve.y.push_back(4 + line * 0.3 + 3 / (1 + i * 0.05) +
                        0.1 * Noise(line, i));
      if (line > 0) continue;
      curve.low.push_back(curve.y.back() - 0.3);
      curve.high.push_back(curve.y.back() + 0.3);
    }
  }
  return chart;
}

LineChart SampleLayerProfile() {
  LineChart chart;
  chart.text = {"layers", "ROC-AUC by layer", "Twelve layers, ten models."};
  chart.x_label = "layer (0: front-end)";
  chart.y_label = "ROC-AUC, %";
  chart.x_kind = AxisKind::kInteger;
  for (int line = 0; line < 10; ++line) {
    ChartLine& profile = chart.lines.emplace_back();
    profile.label = absl::StrCat("model ", line);
    for (int layer = 0; layer <= 12; ++layer) {
      profile.x.push_back(layer);
      profile.y.push_back(60 + 2 * line + 0.3 * layer * (14 - layer));
    }
  }
  return chart;
}

LineChart SampleScalingCurve() {
  LineChart chart;
  chart.text = {"scaling", "Gain by hours of music", "Gains rise with hours."};
  chart.x_label = "hours of pre-training audio";
  chart.y_label = "gain over the base, points";
  chart.x_kind = AxisKind::kLogarithmic;
  chart.lines = {{"CultureMERT",
                  {20, 50, 100, 200},
                  {1.1, 2.9, 4.0, 4.9},
                  {0.2, 1.8, 3.0, 4.0},
                  {2.0, 4.0, 5.1, 5.9}}};
  return chart;
}

ScatterPlot SampleScatterPlot() {
  ScatterPlot plot;
  plot.text = {"tags", "Turkish-makam, ROC-AUC by tag",
               "Most tags lie above the diagonal."};
  plot.x_label = "base model, %";
  plot.y_label = "CultureMERT, %";
  for (int group = 0; group < 4; ++group) {
    ScatterGroup& points = plot.groups.emplace_back();
    points.label = absl::StrCat("group ", group);
    for (int i = 0; i < 12; ++i) {
      const double base = 75 + 18 * Noise(10 + group, i);
      const double gain = 3 + 6 * Noise(20 + group, i);
      points.points.push_back(
          {absl::StrCat("tag ", group, ".", i), base, base + gain});
    }
  }
  return plot;
}

}  // namespace culturemert
