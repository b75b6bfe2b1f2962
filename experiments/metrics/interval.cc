#include "experiments/metrics/interval.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "experiments/metrics/statistics.h"

namespace culturemert {
namespace {

std::vector<double> Defined(absl::Span<const double> values) {
  std::vector<double> defined;
  defined.reserve(values.size());
  for (double value : values) {
    if (!std::isnan(value)) defined.push_back(value);
  }
  return defined;
}

double Mean(absl::Span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) /
         static_cast<double>(values.size());
}

// The z-value of the share of `sorted` below their `mean`, equal ones counting
// half; finite.
double BiasCorrection(absl::Span<const double> sorted, double mean) {
  const auto [first, last] =
      std::equal_range(sorted.begin(), sorted.end(), mean);
  const double below = 0.5 * static_cast<double>((first - sorted.begin()) +
                                                 (last - sorted.begin()));
  const double count = static_cast<double>(sorted.size());
  return NormalQuantile(
      std::clamp(below / count, 1 / (count + 1), count / (count + 1)));
}

// A sixth of the skewness of the influences that the jackknife shows.
double Acceleration(absl::Span<const double> jackknife) {
  if (jackknife.empty()) return 0;
  const double mean = Mean(jackknife);
  double squares = 0;
  double cubes = 0;
  for (double value : jackknife) {
    const double influence = mean - value;
    squares += influence * influence;
    cubes += influence * influence * influence;
  }
  return squares > 0 ? cubes / (6 * squares * std::sqrt(squares)) : 0;
}

// The share of replicates below the end of the interval that would be at the
// normal quantile `z`.
double Adjusted(double z, double bias, double acceleration) {
  const double shifted = bias + z;
  const double stretch = 1 - acceleration * shifted;
  // The correction holds while the stretch is positive; beyond, the end is that
  // of all replicates.
  if (stretch <= 0) return shifted > 0 ? 1 : 0;
  return NormalCdf(bias + shifted / stretch);
}

}  // namespace

std::optional<Interval> CentredBcaInterval(double estimate,
                                           absl::Span<const double> replicates,
                                           absl::Span<const double> jackknife,
                                           double confidence) {
  std::vector<double> sorted = Defined(replicates);
  if (sorted.empty()) return std::nullopt;
  std::sort(sorted.begin(), sorted.end());
  const double mean = Mean(sorted);
  const double bias = BiasCorrection(sorted, mean);
  const double acceleration = Acceleration(Defined(jackknife));
  const double z = NormalQuantile(0.5 + 0.5 * confidence);
  const double shift = estimate - mean;
  return Interval{Quantile(sorted, Adjusted(-z, bias, acceleration)) + shift,
                  Quantile(sorted, Adjusted(z, bias, acceleration)) + shift};
}

}  // namespace culturemert
