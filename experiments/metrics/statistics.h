// Summaries of a few numbers, quantiles, and the normal distribution.

#ifndef CULTUREMERT_EXPERIMENTS_METRICS_STATISTICS_H_
#define CULTUREMERT_EXPERIMENTS_METRICS_STATISTICS_H_

#include <optional>
#include <vector>

#include "absl/types/span.h"

namespace culturemert {

struct Summary {
  double mean = 0;
  // The sample standard deviation, with n - 1 below; none of one value.
  std::optional<double> deviation;
};

// None of no values.
std::optional<Summary> Summarize(absl::Span<const double> values);

// The value that a share `probability` in [0, 1] of `sorted`, which rises and
// is not empty, lies below, with linear interpolation between neighbours: type
// 7 of Hyndman and Fan (1996), NumPy's default.
double Quantile(absl::Span<const double> sorted, double probability);

// The standard normal distribution function, and its inverse on (0, 1) within
// 1e-12.
double NormalCdf(double z);
double NormalQuantile(double probability);

// Holm's step-down adjustment ("A simple sequentially rejective multiple test
// procedure", Scandinavian Journal of Statistics 6, 1979) of the p-values of a
// family of tests, in their order: rejecting those at or below alpha keeps the
// chance of any false rejection in the family at or below alpha.
std::vector<double> HolmAdjust(absl::Span<const double> p_values);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_METRICS_STATISTICS_H_
