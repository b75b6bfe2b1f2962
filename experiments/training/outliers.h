// Tells when a number is far from those before it, as a loss that jumps.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_OUTLIERS_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_OUTLIERS_H_

#include <cstddef>
#include <vector>

namespace culturemert {

// The last `window` values, and how many of their standard deviations the next
// one is from their mean.
class OutlierDetector {
 public:
  explicit OutlierDetector(std::size_t window = 128) : window_(window) {}

  // The z-score of `value` among the values before it, and remembers it. 0
  // until the window is full, and where they are all the same.
  double Score(double value);

 private:
  std::size_t window_;
  std::vector<double> values_;  // A ring once it is full.
  std::size_t next_ = 0;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_OUTLIERS_H_
