// From numbers to places in a drawing, with round numbers to mark on the way.

#ifndef CULTUREMERT_REPORTS_PLOTS_AXIS_H_
#define CULTUREMERT_REPORTS_PLOTS_AXIS_H_

#include <string>
#include <vector>

namespace culturemert {

// Whether a plot can show `value`: finite, and no larger than 1e12 in
// magnitude.
bool IsDrawable(double value);

// The smallest range with all drawable numbers added to it; others are left
// out.
class DataRange {
 public:
  void Add(double value);
  bool is_empty() const { return is_empty_; }
  double low() const { return low_; }
  double high() const { return high_; }

  // Wider by `share` of its width at either end, and never so narrow that ticks
  // could not be told apart; 0 to 1 if empty.
  DataRange Widened(double share) const;

 private:
  bool is_empty_ = true;
  double low_ = 0;
  double high_ = 0;
};

struct Tick {
  double value = 0;
  std::string text;
};

enum class AxisKind {
  kLinear,
  kInteger,      // Ticks at whole numbers only.
  kLogarithmic,  // Over positive ranges.
};

class Axis {
 public:
  // Spreads `range`, widened as above by nothing, from `start` to `end`, where
  // `end` may be the smaller. At most `max_ticks`, at least 2, at 1, 2 or 5
  // times powers of ten. Logarithmic over a range below
  // 1e-9 is linear.
  Axis(const DataRange& range, AxisKind kind, double start, double end,
       int max_ticks);

  double Place(double value) const;
  const std::vector<Tick>& ticks() const { return ticks_; }
  double low() const { return low_; }
  double high() const { return high_; }

 private:
  double Warped(double value) const;
  void MakeLinearTicks(int max_ticks);
  void MakeLogarithmicTicks(int max_ticks);

  AxisKind kind_;
  double low_;
  double high_;
  double start_;
  double end_;
  std::vector<Tick> ticks_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_PLOTS_AXIS_H_
