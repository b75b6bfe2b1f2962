// The metrics of automatic tagging, and tables with a value for each.

#ifndef CULTUREMERT_EXPERIMENTS_METRICS_METRIC_H_
#define CULTUREMERT_EXPERIMENTS_METRICS_METRIC_H_

#include <array>
#include <cstddef>

#include "absl/strings/string_view.h"

namespace culturemert {

// Over a set of tags; tag_metrics.h defines each for one tag. "Macro" is the
// unweighted mean over the scored tags of the set: those that some recordings
// carry and some do not.
enum class Metric {
  kRocAuc,            // macro
  kAveragePrecision,  // macro
  kMacroF1,           // at the threshold 0.5
  kMicroF1,           // of the decisions of all the set's tags, pooled
};

inline constexpr std::array<Metric, 4> kMetrics = {
    Metric::kRocAuc, Metric::kAveragePrecision, Metric::kMacroF1,
    Metric::kMicroF1};

// "roc_auc", "average_precision", "macro_f1", "micro_f1": in files.
constexpr absl::string_view MetricName(Metric metric) {
  switch (metric) {
    case Metric::kRocAuc:
      return "roc_auc";
    case Metric::kAveragePrecision:
      return "average_precision";
    case Metric::kMacroF1:
      return "macro_f1";
    case Metric::kMicroF1:
      return "micro_f1";
  }
  return "";
}

// "ROC-AUC", "AP", "macro F1", "micro F1": for people.
constexpr absl::string_view MetricTitle(Metric metric) {
  switch (metric) {
    case Metric::kRocAuc:
      return "ROC-AUC";
    case Metric::kAveragePrecision:
      return "AP";
    case Metric::kMacroF1:
      return "macro F1";
    case Metric::kMicroF1:
      return "micro F1";
  }
  return "";
}

// A T for every metric.
template <typename T>
class PerMetric {
 public:
  T& operator[](Metric metric) {
    return values_[static_cast<std::size_t>(metric)];
  }
  const T& operator[](Metric metric) const {
    return values_[static_cast<std::size_t>(metric)];
  }

 private:
  std::array<T, kMetrics.size()> values_ = {};
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_METRICS_METRIC_H_
