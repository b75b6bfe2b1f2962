#include "reports/plots/axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "reports/plots/characters.h"
#include "reports/tables/number_text.h"

namespace culturemert {
namespace {

constexpr double kLargest = 1e12;
constexpr double kNarrowest = 1e-6;
// Nine decimals show no less.
constexpr double kSmallestLogarithmic = 1e-9;
constexpr double kNarrowestShare = 1e-9;
constexpr std::array<int, 3> kSteps = {1, 2, 5};

// factor * 10^exponent.
struct Step {
  int factor = 1;
  int exponent = 0;

  double value() const { return factor * std::pow(10.0, exponent); }
  int decimals() const { return std::clamp(-exponent, 0, 9); }

  // i steps, rounded but once where a step is a fraction.
  double Multiple(double i) const {
    return exponent < 0 ? i * factor / std::pow(10.0, -exponent) : i * value();
  }
};

double TicksIn(double low, double high, const Step& step) {
  return std::floor(high / step.value()) - std::ceil(low / step.value()) + 1;
}

Step SmallestStep(double low, double high, int max_ticks, int min_exponent) {
  const int around = static_cast<int>(
      std::floor(std::log10((high - low) / std::max(1, max_ticks))));
  for (int exponent = std::max(min_exponent, around - 1);; ++exponent) {
    for (const int factor : kSteps) {
      const Step step = {factor, exponent};
      if (TicksIn(low, high, step) <= max_ticks) return step;
    }
  }
}

Tick TickAt(double value, int decimals) {
  return {value, WithMinusSign(FixedText(value, decimals))};
}

}  // namespace

bool IsDrawable(double value) {
  return std::isfinite(value) && std::abs(value) <= kLargest;
}

void DataRange::Add(double value) {
  if (!IsDrawable(value)) return;
  low_ = is_empty_ ? value : std::min(low_, value);
  high_ = is_empty_ ? value : std::max(high_, value);
  is_empty_ = false;
}

DataRange DataRange::Widened(double share) const {
  DataRange wide = *this;
  if (is_empty_) wide.high_ = 1;
  wide.is_empty_ = false;
  const double magnitude = std::max(std::abs(wide.low_), std::abs(wide.high_));
  const double narrowest = std::max(kNarrowest, magnitude * kNarrowestShare);
  if (wide.high_ - wide.low_ < narrowest) {
    const double room =
        magnitude > 0 ? std::max(magnitude * 0.1, kNarrowest) : 1;
    wide.low_ -= room;
    wide.high_ += room;
  }
  const double room = (wide.high_ - wide.low_) * share;
  wide.low_ -= room;
  wide.high_ += room;
  return wide;
}

Axis::Axis(const DataRange& range, AxisKind kind, double start, double end,
           int max_ticks)
    : kind_(kind), start_(start), end_(end) {
  const DataRange wide = range.Widened(0);
  low_ = wide.low();
  high_ = wide.high();
  if (kind_ == AxisKind::kLogarithmic && low_ < kSmallestLogarithmic) {
    kind_ = AxisKind::kLinear;
  }
  if (kind_ == AxisKind::kLogarithmic) {
    MakeLogarithmicTicks(max_ticks);
  } else {
    MakeLinearTicks(max_ticks);
  }
}

double Axis::Warped(double value) const {
  return kind_ == AxisKind::kLogarithmic ? std::log10(value) : value;
}

double Axis::Place(double value) const {
  const double share =
      (Warped(value) - Warped(low_)) / (Warped(high_) - Warped(low_));
  return start_ + share * (end_ - start_);
}

void Axis::MakeLinearTicks(int max_ticks) {
  const int min_exponent = kind_ == AxisKind::kInteger ? 0 : -9;
  const Step step = SmallestStep(low_, high_, max_ticks, min_exponent);
  const double first = std::ceil(low_ / step.value());
  const double count = TicksIn(low_, high_, step);
  for (int i = 0; i < count; ++i) {
    const double value = step.Multiple(first + i);
    ticks_.push_back(TickAt(value, step.decimals()));
  }
}

// At 1, 2 and 5 times each power of ten, or at powers of ten alone where those
// are too many; linear ticks where too few of either lie in the range.
void Axis::MakeLogarithmicTicks(int max_ticks) {
  const int first = static_cast<int>(std::floor(std::log10(low_)));
  const int last = static_cast<int>(std::ceil(std::log10(high_)));
  for (const bool with_steps : {true, false}) {
    ticks_.clear();
    for (int exponent = first; exponent <= last; ++exponent) {
      for (const int factor : kSteps) {
        if (!with_steps && factor != 1) continue;
        const Step step = {factor, exponent};
        const double value = step.Multiple(1);
        if (value < low_ || value > high_) continue;
        ticks_.push_back(TickAt(value, step.decimals()));
      }
    }
    if (static_cast<int>(ticks_.size()) <= max_ticks) break;
  }
  const int count = static_cast<int>(ticks_.size());
  if (count < 2) {
    ticks_.clear();
    MakeLinearTicks(max_ticks);
  } else if (count > max_ticks) {
    const int every = (count + max_ticks - 1) / max_ticks;
    std::vector<Tick> fewer;
    for (int i = 0; i < count; i += every) fewer.push_back(ticks_[i]);
    ticks_ = std::move(fewer);
  }
}

}  // namespace culturemert
