// A scatter plot of the same things measured twice, beside the diagonal where
// both are equal: each tag's score under the base and under an adapted model.

#ifndef CULTUREMERT_REPORTS_PLOTS_SCATTER_PLOT_H_
#define CULTUREMERT_REPORTS_PLOTS_SCATTER_PLOT_H_

#include <string>
#include <vector>

#include "reports/plots/svg.h"

namespace culturemert {

struct ScatterPoint {
  std::string label;
  double x = 0;
  double y = 0;
};

struct ScatterGroup {
  std::string label;
  std::vector<ScatterPoint> points;
};

struct ScatterPlot {
  PlotText text;
  std::string x_label;  // With the unit, which both axes share.
  std::string y_label;
  std::vector<ScatterGroup> groups;
  int labelled = 6;  // So many points farthest from the diagonal are named.
};

// Both axes span the same range. A name that finds no free place is left out;
// the description counts the points that cannot be drawn (IsDrawable).
std::string DrawScatterPlot(const ScatterPlot& plot);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_PLOTS_SCATTER_PLOT_H_
