#include "reports/site/series_plots.h"

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "reports/plots/line_chart.h"
#include "reports/tables/number_text.h"

namespace culturemert {
namespace {

// Name, label of x, label of y.
using ChartKey = std::tuple<std::string, std::string, std::string>;

std::string TitleOf(const std::string& name) {
  if (name == "training_loss") return "Training loss";
  if (name == "held_out_loss") return "Held-out loss";
  return absl::StrReplaceAll(name, {{"_", " "}});
}

std::string Describe(const LineChart& chart) {
  std::string text = "A line chart.";
  for (const ChartLine& line : chart.lines) {
    absl::StrAppend(&text, " ", line.label, ": from ",
                    FixedText(line.y.front(), 3), " to ",
                    FixedText(line.y.back(), 3), ".");
  }
  return text;
}

}  // namespace

std::vector<SitePlot> MakeSeriesPlots(const Study& study,
                                      absl::string_view data) {
  std::map<ChartKey, LineChart> charts;
  for (const StudySeries& line : study.series) {
    const SeriesRecord& series = *line.series;
    if (series.y.size() < 2) continue;
    LineChart& chart = charts[{series.name, series.x_label, series.y_label}];
    chart.lines.push_back(
        {series.label, series.x, series.y, series.low, series.high});
  }
  std::vector<SitePlot> plots;
  for (auto& [key, chart] : charts) {
    const auto& [name, x_label, y_label] = key;
    chart.text.id =
        PlotId(study, absl::StrCat("series-", plots.size() + 1, "-", name));
    chart.text.title = absl::StrCat(TitleOf(name), TitleEnd(study, data));
    chart.text.description = Describe(chart);
    chart.x_label = x_label;
    chart.y_label = y_label;
    plots.push_back({chart.text.id, chart.text.title, "", DrawLineChart(chart),
                     std::nullopt});
  }
  return plots;
}

}  // namespace culturemert
