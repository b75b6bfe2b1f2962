// A line chart: training curves, a λ sweep, a profile over layers, gains by the
// amount of data.

#ifndef CULTUREMERT_REPORTS_PLOTS_LINE_CHART_H_
#define CULTUREMERT_REPORTS_PLOTS_LINE_CHART_H_

#include <string>
#include <vector>

#include "reports/plots/axis.h"
#include "reports/plots/svg.h"

namespace culturemert {

// The lists run in parallel; a point that one of them lacks, or that cannot be
// drawn (IsDrawable), is left out.
struct ChartLine {
  std::string label;
  std::vector<double> x;
  std::vector<double> y;
  std::vector<double> low;  // Ends of intervals; or both empty.
  std::vector<double> high;
};

// A height to compare with.
struct ReferenceLine {
  std::string label;
  double y = 0;
};

struct LineChart {
  PlotText text;
  std::string x_label;  // With the unit.
  std::string y_label;
  AxisKind x_kind = AxisKind::kLinear;
  std::vector<ChartLine> lines;
  std::vector<ReferenceLine> references;
};

// Lines of up to 40 points show each point's shape and interval; longer ones a
// few shapes along the way and the interval as a band. The description counts
// the points left out.
std::string DrawLineChart(const LineChart& chart);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_PLOTS_LINE_CHART_H_
