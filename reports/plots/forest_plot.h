// A forest plot: differences with their intervals, a line each, beside zero.

#ifndef CULTUREMERT_REPORTS_PLOTS_FOREST_PLOT_H_
#define CULTUREMERT_REPORTS_PLOTS_FOREST_PLOT_H_

#include <optional>
#include <string>
#include <vector>

#include "reports/plots/svg.h"

namespace culturemert {

struct ForestRow {
  std::string label;
  double value = 0;
  std::optional<double> low;  // Of an interval; both or none.
  std::optional<double> high;
  bool is_significant = false;  // Filled; others are hollow.
};

struct ForestGroup {
  std::string title;
  std::vector<ForestRow> rows;
};

struct ForestPlot {
  PlotText text;
  std::string x_label;            // With the unit.
  std::string significant_label;  // What a filled shape says: "p < 0.05".
  std::string other_label;        // What a hollow one says.
  int decimals = 1;               // Of the numbers beside the rows.
  std::vector<ForestGroup> groups;
};

// Rows whose value cannot be drawn (IsDrawable) stand without a mark; the
// description counts them.
std::string DrawForestPlot(const ForestPlot& plot);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_PLOTS_FOREST_PLOT_H_
