// What the lines, shapes and fillings of a plot stand for.

#ifndef CULTUREMERT_REPORTS_PLOTS_LEGEND_H_
#define CULTUREMERT_REPORTS_PLOTS_LEGEND_H_

#include <cstddef>
#include <string>

#include "absl/types/span.h"
#include "reports/plots/svg.h"

namespace culturemert {

struct LegendEntry {
  std::string label;
  std::size_t series = 0;  // Its colour, dash and shape.
  bool has_line = false;
  bool has_marker = true;
  bool is_filled = true;
  bool is_reference = false;  // A dashed line of no series, nothing else.
};

// Draws the entries in rows across the whole drawing, from `top` on; returns
// where they end.
double DrawLegend(Svg& svg, double top, absl::Span<const LegendEntry> entries);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_PLOTS_LEGEND_H_
