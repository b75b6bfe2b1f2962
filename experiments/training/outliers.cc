#include "experiments/training/outliers.h"

#include <cmath>

namespace culturemert {

double OutlierDetector::Score(double value) {
  if (values_.size() < window_) {
    values_.push_back(value);
    return 0;
  }
  double mean = 0;
  for (const double before : values_) mean += before;
  mean /= static_cast<double>(window_);
  double variance = 0;
  for (const double before : values_) {
    variance += (before - mean) * (before - mean);
  }
  variance /= static_cast<double>(window_);
  values_[next_] = value;
  next_ = (next_ + 1) % window_;
  return variance > 0 ? (value - mean) / std::sqrt(variance) : 0;
}

}  // namespace culturemert
