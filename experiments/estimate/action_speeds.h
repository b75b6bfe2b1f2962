// How long actions take, from how long some small ones took.

#ifndef CULTUREMERT_EXPERIMENTS_ESTIMATE_ACTION_SPEEDS_H_
#define CULTUREMERT_EXPERIMENTS_ESTIMATE_ACTION_SPEEDS_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "experiments/artifacts/action.h"
#include "experiments/estimate/gpus.h"

namespace culturemert {

// An action that was run.
struct MeasuredAction {
  std::string action;  // PlanNode::action
  ActionCost cost;     // Its `seconds` are not looked at.
  double seconds = 0;
};

// Actions are alike if they have the same name and the same measure: that of
// floating-point operations where the cost tells them, else that of audio, else
// none.
class ActionSpeeds {
 public:
  ActionSpeeds() = default;

  // Through like actions, the line of least squares: what each takes at least,
  // and what its amount adds. Where the line makes no sense (it falls, or
  // starts below zero, or all amounts are the same), seconds are in proportion
  // to the amount; where no amount is known or all are zero, as many as the
  // mean.
  static ActionSpeeds Fit(absl::Span<const MeasuredAction> measured);

  // What actions of this name take instead on so many of the GPU, by their
  // floating-point operations at kAssumedUtilisation of its peak.
  void MoveToGpus(absl::string_view action, const PublishedGpu& gpu, int count);

  // None for actions unlike all that were measured or moved.
  std::optional<double> Seconds(absl::string_view action,
                                const ActionCost& cost) const;

 private:
  enum class Measure { kFlops, kAudio, kNone };
  using Kind = std::pair<std::string, Measure>;
  struct Line {
    double start = 0;
    double slope = 0;
  };

  static std::pair<Measure, double> AmountOf(const ActionCost& cost);
  // Of (amount, seconds).
  static Line FitLine(absl::Span<const std::pair<double, double>> points);

  std::map<Kind, Line> lines_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ESTIMATE_ACTION_SPEEDS_H_
