// A heat map of signed numbers: each cell a colour, a number, and a triangle
// that points up above zero and down below it.

#ifndef CULTUREMERT_REPORTS_PLOTS_HEAT_MAP_H_
#define CULTUREMERT_REPORTS_PLOTS_HEAT_MAP_H_

#include <optional>
#include <string>
#include <vector>

#include "reports/plots/svg.h"

namespace culturemert {

struct HeatCell {
  std::optional<double> value;  // None: nothing is known.
  bool is_significant = false;  // "*" behind the number.
  bool is_framed = false;
};

struct HeatMap {
  PlotText text;
  std::string row_label;  // What the rows are.
  std::string column_label;
  std::string note;  // Below: the unit, what stars and frames mean.
  int decimals = 1;
  bool is_signed = true;  // "+" and triangles; else zero is the palest.
  std::vector<std::string> rows;
  std::vector<std::string> columns;
  std::vector<std::vector<HeatCell>> cells;  // [rows][columns]; lacking: none.
};

// The colours reach from the largest magnitude below zero to the same above.
std::string DrawHeatMap(const HeatMap& map);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_PLOTS_HEAT_MAP_H_
