#include "experiments/estimate/action_speeds.h"

namespace culturemert {

std::pair<ActionSpeeds::Measure, double> ActionSpeeds::AmountOf(
    const ActionCost& cost) {
  if (cost.flops.has_value()) return {Measure::kFlops, *cost.flops};
  if (cost.audio_seconds.has_value()) {
    return {Measure::kAudio, *cost.audio_seconds};
  }
  return {Measure::kNone, 0};
}

ActionSpeeds::Line ActionSpeeds::FitLine(
    absl::Span<const std::pair<double, double>> points) {
  const auto count = static_cast<double>(points.size());
  double amounts = 0;
  double seconds = 0;
  for (const auto& [amount, time] : points) {
    amounts += amount;
    seconds += time;
  }
  if (amounts == 0) return {seconds / count, 0};
  // About the means: amounts can be above 10^12.
  double variance = 0;
  double covariance = 0;
  for (const auto& [amount, time] : points) {
    const double distance = amount - amounts / count;
    variance += distance * distance;
    covariance += distance * (time - seconds / count);
  }
  const double slope = variance > 0 ? covariance / variance : 0;
  const double start = (seconds - slope * amounts) / count;
  if (slope <= 0 || start < 0) return {0, seconds / amounts};
  return {start, slope};
}

ActionSpeeds ActionSpeeds::Fit(absl::Span<const MeasuredAction> measured) {
  std::map<Kind, std::vector<std::pair<double, double>>> points;
  for (const MeasuredAction& one : measured) {
    const auto [measure, amount] = AmountOf(one.cost);
    points[{one.action, measure}].push_back({amount, one.seconds});
  }
  ActionSpeeds speeds;
  for (const auto& [kind, of_kind] : points) {
    speeds.lines_[kind] = FitLine(of_kind);
  }
  return speeds;
}

void ActionSpeeds::MoveToGpus(absl::string_view action, const PublishedGpu& gpu,
                              int count) {
  lines_[{std::string(action), Measure::kFlops}] = {
      0, 1 / (gpu.peak_flops * kAssumedUtilisation * count)};
}

std::optional<double> ActionSpeeds::Seconds(absl::string_view action,
                                            const ActionCost& cost) const {
  const auto [measure, amount] = AmountOf(cost);
  const auto line = lines_.find({std::string(action), measure});
  if (line == lines_.end()) return std::nullopt;
  return line->second.start + line->second.slope * amount;
}

}  // namespace culturemert
