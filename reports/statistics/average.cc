#include "reports/statistics/average.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "experiments/metrics/statistics.h"
#include "experiments/records/record.h"

namespace culturemert {
namespace {

// One number a part: the mean of a metric of a dataset, or its difference.
struct Part {
  double mean = 0;
  std::vector<double> values;  // One a seed.
  const std::vector<std::uint64_t>* seeds = nullptr;
  std::optional<double> half_width;
};

std::optional<double> HalfWidth(const std::optional<double>& low,
                                const std::optional<double>& high) {
  if (!low.has_value() || !high.has_value()) return std::nullopt;
  return (*high - *low) / 2;
}

std::optional<Part> MetricPart(const Study& study, std::size_t model,
                               std::size_t dataset, Metric metric) {
  const MetricResult* const result = study.FindMetric(model, dataset, metric);
  if (result == nullptr) return std::nullopt;
  return Part{result->mean, result->values,
              &study.results[model][dataset]->seeds,
              HalfWidth(result->low, result->high)};
}

std::optional<Part> DifferencePart(const Study& study, std::size_t model,
                                   std::size_t against, std::size_t dataset,
                                   Metric metric) {
  std::optional<Part> part = MetricPart(study, model, dataset, metric);
  const std::optional<Part> other = MetricPart(study, against, dataset, metric);
  if (!part.has_value() || !other.has_value()) return std::nullopt;
  part->mean -= other->mean;
  if (*part->seeds == *other->seeds &&
      part->values.size() == other->values.size()) {
    for (std::size_t i = 0; i < part->values.size(); ++i) {
      part->values[i] -= other->values[i];
    }
  } else {
    part->values.clear();
  }
  const ComparisonRecord* const comparison =
      study.FindComparison(model, against, dataset, metric);
  part->half_width = comparison == nullptr
                         ? std::nullopt
                         : HalfWidth(comparison->low, comparison->high);
  return part;
}

std::optional<double> DeviationOfMeans(const std::vector<Part>& parts) {
  const Part& first = parts.front();
  for (const Part& part : parts) {
    if (*part.seeds != *first.seeds ||
        part.values.size() != first.seeds->size()) {
      return std::nullopt;
    }
  }
  std::vector<double> means(first.values.size());
  for (std::size_t i = 0; i < means.size(); ++i) {
    for (const Part& part : parts) means[i] += part.values[i];
    means[i] /= static_cast<double>(parts.size());
  }
  const std::optional<Summary> summary = Summarize(means);
  return summary.has_value() ? summary->deviation : std::nullopt;
}

// `make` gives the part of a dataset and metric, or none.
template <typename MakePart>
std::optional<Average> AverageParts(absl::Span<const std::size_t> datasets,
                                    absl::Span<const Metric> metrics,
                                    const MakePart& make) {
  std::vector<Part> parts;
  double squares = 0;
  bool has_interval = true;
  for (const std::size_t dataset : datasets) {
    double half_width = 0;
    for (const Metric metric : metrics) {
      std::optional<Part> part = make(dataset, metric);
      if (!part.has_value()) return std::nullopt;
      has_interval = has_interval && part->half_width.has_value();
      half_width += part->half_width.value_or(0);
      parts.push_back(*std::move(part));
    }
    half_width /= static_cast<double>(metrics.size());
    squares += half_width * half_width;
  }
  if (parts.empty()) return std::nullopt;
  Average average;
  for (const Part& part : parts) average.mean += part.mean;
  average.mean /= static_cast<double>(parts.size());
  average.deviation = DeviationOfMeans(parts);
  if (has_interval) {
    average.half_width =
        std::sqrt(squares) / static_cast<double>(datasets.size());
  }
  return average;
}

}  // namespace

std::optional<Average> AverageMetric(const Study& study, std::size_t model,
                                     absl::Span<const std::size_t> datasets,
                                     absl::Span<const Metric> metrics) {
  return AverageParts(datasets, metrics,
                      [&](std::size_t dataset, Metric metric) {
                        return MetricPart(study, model, dataset, metric);
                      });
}

std::optional<Average> AverageDifference(const Study& study, std::size_t model,
                                         std::size_t against,
                                         absl::Span<const std::size_t> datasets,
                                         absl::Span<const Metric> metrics) {
  return AverageParts(
      datasets, metrics, [&](std::size_t dataset, Metric metric) {
        return DifferencePart(study, model, against, dataset, metric);
      });
}

}  // namespace culturemert
