// Means over datasets and metrics, and how far from the base they are.
//
// The paper's average of a model is the plain mean of its twelve numbers: six
// datasets, two metrics each. Its gain is the mean of the differences from the
// base over the four non-Western sets and both metrics.

#ifndef CULTUREMERT_REPORTS_STATISTICS_AVERAGE_H_
#define CULTUREMERT_REPORTS_STATISTICS_AVERAGE_H_

#include <cstddef>
#include <optional>

#include "absl/types/span.h"
#include "experiments/metrics/metric.h"
#include "reports/statistics/report_data.h"

namespace culturemert {

struct Average {
  double mean = 0;
  // Over the seeds: of each seed's mean, by n - 1. None for one seed, and
  // where results are not of the same seeds.
  std::optional<double> deviation;
  // Half of a 95 % interval. Recordings of different datasets are independent,
  // so squared half-widths add up over datasets; metrics of one dataset are
  // computed from the same recordings, so their half-widths are averaged, as
  // if they moved together. It is therefore an upper bound where they do not.
  // None where a part has no interval.
  std::optional<double> half_width;
};

// Of a model's metrics. None if any is missing, or if there are none.
std::optional<Average> AverageMetric(const Study& study, std::size_t model,
                                     absl::Span<const std::size_t> datasets,
                                     absl::Span<const Metric> metrics);

// Of the differences of `model` from `against`: means from the results, the
// half-width from their comparisons. None as above.
std::optional<Average> AverageDifference(const Study& study, std::size_t model,
                                         std::size_t against,
                                         absl::Span<const std::size_t> datasets,
                                         absl::Span<const Metric> metrics);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_STATISTICS_AVERAGE_H_
