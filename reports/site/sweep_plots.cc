#include "reports/site/sweep_plots.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "reports/plots/line_chart.h"
#include "reports/site/study_choices.h"
#include "reports/statistics/average.h"
#include "reports/tables/number_text.h"

namespace culturemert {
namespace {

constexpr std::array<Metric, 2> kAveraged = {Metric::kRocAuc,
                                             Metric::kAveragePrecision};

// In per cent; nothing where there is no average.
void AddPoint(double x, const std::optional<Average>& average,
              ChartLine* line) {
  if (!average.has_value()) return;
  line->x.push_back(x);
  line->y.push_back(100 * average->mean);
  // What is no number is not drawn.
  const double half_width = 100 * average->half_width.value_or(
                                      std::numeric_limits<double>::quiet_NaN());
  line->low.push_back(line->y.back() - half_width);
  line->high.push_back(line->y.back() + half_width);
}

SitePlot Drawn(LineChart chart, std::string caption) {
  std::string text = "A line chart.";
  for (const ChartLine& line : chart.lines) {
    absl::StrAppend(&text, " ", line.label, ":");
    for (std::size_t i = 0; i < line.x.size(); ++i) {
      absl::StrAppend(&text, " ", FixedText(line.y[i], 1), " at ",
                      FixedText(line.x[i], 2), ";");
    }
    text.back() = '.';
  }
  chart.text.description = std::move(text);
  return {chart.text.id, chart.text.title, std::move(caption),
          DrawLineChart(chart), std::nullopt};
}

std::optional<std::size_t> FirstOf(const Study& study, ModelRole role) {
  for (std::size_t i = 0; i < study.models.size(); ++i) {
    if (study.models[i].role == role) return i;
  }
  return std::nullopt;
}

bool IsOnLambdaCurve(const StudyModel& model) {
  return (model.role == ModelRole::kMerged ||
          model.role == ModelRole::kMergeScale) &&
         model.setup.merge_scale.has_value();
}

ChartLine LambdaLine(const Study& study, Origin origin, bool is_western) {
  const std::vector<std::size_t> datasets =
      DatasetsOf(study, origin, is_western);
  ChartLine line;
  line.label = GroupLabel(study, origin, is_western);
  std::optional<std::size_t> base;
  for (std::size_t i = 0; i < study.models.size(); ++i) {
    const StudyModel& model = study.models[i];
    if (!IsOnLambdaCurve(model)) continue;
    AddPoint(*model.setup.merge_scale,
             AverageMetric(study, i, datasets, kAveraged), &line);
    if (!base.has_value()) base = model.base;
  }
  // Nothing added to the base is the base.
  if (base.has_value()) {
    AddPoint(0, AverageMetric(study, *base, datasets, kAveraged), &line);
  }
  return line;
}

// What the main result reaches on the datasets of an origin.
void AddMainResult(const Study& study, Origin origin, LineChart* chart) {
  const std::optional<std::size_t> adapted =
      FirstOf(study, ModelRole::kAdapted);
  if (!adapted.has_value()) return;
  const std::optional<Average> average = AverageMetric(
      study, *adapted, DatasetsOf(study, origin, false), kAveraged);
  if (!average.has_value()) return;
  chart->references.push_back({absl::StrCat(study.models[*adapted].name, ", ",
                                            GroupLabel(study, origin, false)),
                               100 * average->mean});
}

std::optional<SitePlot> LambdaCurve(const Study& study,
                                    absl::string_view data) {
  LineChart chart;
  for (const Origin origin : OriginsIn(study)) {
    for (const bool is_western : {false, true}) {
      ChartLine line = LambdaLine(study, origin, is_western);
      if (line.x.size() > 1) chart.lines.push_back(std::move(line));
    }
    AddMainResult(study, origin, &chart);
  }
  const auto scales =
      std::count_if(study.models.begin(), study.models.end(), IsOnLambdaCurve);
  if (chart.lines.empty() || scales < 2) return std::nullopt;
  chart.text.id = PlotId(study, "lambda");
  chart.text.title =
      absl::StrCat("Task arithmetic by λ", TitleEnd(study, data));
  chart.x_label = "λ";
  chart.y_label = "average of ROC-AUC and AP, %";
  return Drawn(std::move(chart), "λ = 0 is the base model.");
}

std::string LayerChartName(const Study& study, const std::string& weights) {
  for (const StudyModel& model : study.models) {
    if (model.role != ModelRole::kLayer && model.weights_key == weights) {
      return model.name;
    }
  }
  return "probed model";
}

std::vector<SitePlot> LayerProfiles(const Study& study,
                                    absl::string_view data) {
  std::vector<std::string> weights;
  std::map<std::string, std::vector<ChartLine>> lines;
  for (std::size_t i = 0; i < study.models.size(); ++i) {
    const StudyModel& model = study.models[i];
    if (model.role != ModelRole::kLayer || !model.setup.layer) continue;
    std::vector<ChartLine>& of_weights = lines[model.weights_key];
    if (of_weights.empty()) weights.push_back(model.weights_key);
    of_weights.resize(study.datasets.size());
    for (std::size_t k = 0; k < study.datasets.size(); ++k) {
      const MetricResult* const result =
          study.FindMetric(i, k, Metric::kRocAuc);
      if (result == nullptr) continue;
      of_weights[k].label = DatasetLabel(study, k);
      of_weights[k].x.push_back(*model.setup.layer);
      of_weights[k].y.push_back(100 * result->mean);
    }
  }
  std::vector<SitePlot> plots;
  for (const std::string& key : weights) {
    LineChart chart;
    for (ChartLine& line : lines[key]) {
      if (line.x.size() > 1) chart.lines.push_back(std::move(line));
    }
    if (chart.lines.empty()) continue;
    chart.text.id = PlotId(study, absl::StrCat("layers-", plots.size() + 1));
    chart.text.title =
        absl::StrCat("ROC-AUC by layer: ", LayerChartName(study, key),
                     TitleEnd(study, data));
    chart.x_label = "layer (0: the front-end's output)";
    chart.y_label = "ROC-AUC, %";
    chart.x_kind = AxisKind::kInteger;
    plots.push_back(Drawn(std::move(chart), "A probe a layer."));
  }
  return plots;
}

// The model that the fractions are fractions of.
std::optional<std::size_t> WholeOf(const Study& study,
                                   const StudyModel& fraction) {
  for (std::size_t i = 0; i < study.models.size(); ++i) {
    const StudyModel& model = study.models[i];
    if (model.role == ModelRole::kAdapted && model.base == fraction.base &&
        model.setup.cultures == fraction.setup.cultures) {
      return i;
    }
  }
  return std::nullopt;
}

ChartLine ScalingLine(const Study& study, Origin origin) {
  const std::vector<std::size_t> datasets = DatasetsOf(study, origin, false);
  ChartLine line;
  line.label = GroupLabel(study, origin, false);
  std::optional<std::size_t> whole;
  for (std::size_t i = 0; i < study.models.size(); ++i) {
    const StudyModel& model = study.models[i];
    if (model.role != ModelRole::kFraction || !model.base) continue;
    AddPoint(100 * model.setup.fraction,
             AverageDifference(study, i, *model.base, datasets, kAveraged),
             &line);
    if (!whole.has_value()) whole = WholeOf(study, model);
  }
  if (whole.has_value()) {
    AddPoint(100,
             AverageDifference(study, *whole, *study.models[*whole].base,
                               datasets, kAveraged),
             &line);
  }
  return line;
}

std::optional<SitePlot> ScalingCurve(const Study& study,
                                     absl::string_view data) {
  LineChart chart;
  for (const Origin origin : OriginsIn(study)) {
    ChartLine line = ScalingLine(study, origin);
    if (line.x.size() > 1) chart.lines.push_back(std::move(line));
  }
  if (chart.lines.empty()) return std::nullopt;
  chart.references.push_back({"base", 0});
  chart.text.id = PlotId(study, "scaling");
  chart.text.title =
      absl::StrCat("Gain by amount of recordings", TitleEnd(study, data));
  chart.x_label = "recordings pre-trained on, % (logarithmic)";
  chart.y_label = "gain over the base, average of ROC-AUC and AP, points";
  chart.x_kind = AxisKind::kLogarithmic;
  return Drawn(std::move(chart), "Whiskers are 95 % intervals.");
}

}  // namespace

std::vector<SitePlot> MakeSweepPlots(const Study& study,
                                     absl::string_view data) {
  std::vector<SitePlot> plots;
  if (std::optional<SitePlot> curve = LambdaCurve(study, data)) {
    plots.push_back(*std::move(curve));
  }
  for (SitePlot& profile : LayerProfiles(study, data)) {
    plots.push_back(std::move(profile));
  }
  if (std::optional<SitePlot> curve = ScalingCurve(study, data)) {
    plots.push_back(*std::move(curve));
  }
  return plots;
}

}  // namespace culturemert
