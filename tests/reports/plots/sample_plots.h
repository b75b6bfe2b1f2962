// One plot of each kind, as the suite's reports have them.

#ifndef CULTUREMERT_TESTS_REPORTS_PLOTS_SAMPLE_PLOTS_H_
#define CULTUREMERT_TESTS_REPORTS_PLOTS_SAMPLE_PLOTS_H_

#include "reports/plots/forest_plot.h"
#include "reports/plots/heat_map.h"
#include "reports/plots/line_chart.h"
#include "reports/plots/scatter_plot.h"

namespace culturemert {

ForestPlot SampleForestPlot();
HeatMap SampleHeatMap();
LineChart SampleLambdaCurve();     // A line with intervals, and references.
LineChart SampleTrainingCurves();  // Long lines, one with a band.
LineChart SampleLayerProfile();    // Whole numbers along the axis.
LineChart SampleScalingCurve();    // Logarithmic.
ScatterPlot SampleScatterPlot();

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_REPORTS_PLOTS_SAMPLE_PLOTS_H_
