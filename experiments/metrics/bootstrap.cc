#include "experiments/metrics/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "experiments/metrics/resampling.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr std::int64_t kMaxReplicates = 10'000'000;
constexpr std::size_t kMaxJackknifeParts = 10'000;

// What intervals are computed from.
struct Resampled {
  ReplicateValues estimate;  // One replicate: the set itself.
  ReplicateValues bootstrap;
  ReplicateValues jackknife;
};

absl::StatusOr<Resampled> Resample(ThreadPool& pool, const RankedScores& scores,
                                   absl::Span<const TagSet> sets,
                                   const ResamplingOptions& options) {
  const std::size_t recordings = scores.elements;
  const RandomStream stream(options.seed, StreamId("bootstrap"));
  // A recording is drawn more than 255 times with a chance below 10^-490.
  const auto draw = [&](std::int64_t first, int count,
                        absl::Span<Weight> weights) {
    for (int lane = 0; lane < count; ++lane) {
      const RandomStream draws = stream.Substream(first + lane);
      for (std::size_t place = 0; place < recordings; ++place) {
        ++weights[draws.UniformInt(place, recordings) * kLanes + lane];
      }
    }
  };
  const std::size_t parts = std::min(recordings, kMaxJackknifeParts);
  const auto leave_out = [&](std::int64_t first, int count,
                             absl::Span<Weight> weights) {
    std::fill(weights.begin(), weights.end(), Weight{1});
    for (int lane = 0; lane < count; ++lane) {
      for (std::size_t i = first + lane; i < recordings; i += parts) {
        weights[i * kLanes + lane] = 0;
      }
    }
  };
  const auto keep_all = [](std::int64_t, int, absl::Span<Weight> weights) {
    std::fill(weights.begin(), weights.end(), Weight{1});
  };
  ASSIGN_OR_RETURN(ReplicateValues estimate,
                   EvaluateReplicates(pool, scores, sets, 1, keep_all));
  ASSIGN_OR_RETURN(
      ReplicateValues bootstrap,
      EvaluateReplicates(pool, scores, sets, options.replicates, draw));
  ASSIGN_OR_RETURN(
      ReplicateValues jackknife,
      EvaluateReplicates(pool, scores, sets, static_cast<std::int64_t>(parts),
                         leave_out));
  return Resampled{std::move(estimate), std::move(bootstrap),
                   std::move(jackknife)};
}

void Subtract(std::size_t sets, const ReplicateValues& from,
              ReplicateValues* values) {
  for (std::size_t set = 0; set < sets; ++set) {
    for (Metric metric : kMetrics) {
      const absl::Span<const double> subtrahend = from.Of(set, metric);
      const absl::Span<double> difference = values->Of(set, metric);
      for (std::size_t i = 0; i < difference.size(); ++i) {
        difference[i] -= subtrahend[i];
      }
    }
  }
}

// The intervals of all sets, cut to [lowest, 1].
absl::StatusOr<std::vector<SetIntervals>> MakeIntervals(
    ThreadPool& pool, absl::Span<const TagSet> sets, const Resampled& resampled,
    double confidence, double lowest) {
  std::vector<SetIntervals> results(sets.size());
  RETURN_IF_ERROR(ParallelFor(
      pool, static_cast<std::int64_t>(sets.size()), [&](std::int64_t set) {
        results[set].name = sets[set].name;
        for (Metric metric : kMetrics) {
          const double estimate = resampled.estimate.Of(set, metric)[0];
          if (std::isnan(estimate)) continue;
          std::optional<Interval> interval = CentredBcaInterval(
              estimate, resampled.bootstrap.Of(set, metric),
              resampled.jackknife.Of(set, metric), confidence);
          if (!interval.has_value()) continue;
          results[set].intervals[metric] =
              Interval{std::clamp(interval->low, lowest, 1.0),
                       std::clamp(interval->high, lowest, 1.0)};
        }
        return absl::OkStatus();
      }));
  return results;
}

// The sets that results are wanted of.
absl::StatusOr<TagSets> WantedSets(const LabelledScores& scores,
                                   const TagGroups& groups,
                                   const ResamplingOptions& options) {
  RETURN_IF_ERROR(CheckResamplingOptions(options));
  RETURN_IF_ERROR(CheckLabelledScores(scores));
  return MakeTagSets(scores.tags, groups, options.per_tag);
}

}  // namespace

absl::Status CheckResamplingOptions(const ResamplingOptions& options) {
  if (options.replicates < 1 || options.replicates > kMaxReplicates) {
    return absl::InvalidArgumentError(
        absl::StrCat("replicates: ", options.replicates, " is not from 1 to ",
                     kMaxReplicates));
  }
  if (!(options.confidence > 0 && options.confidence < 1)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "confidence: ", options.confidence, " is not between 0 and 1"));
  }
  return absl::OkStatus();
}

absl::StatusOr<TagSetResults<SetIntervals>> BootstrapIntervals(
    ThreadPool& pool, const LabelledScores& scores, const TagGroups& groups,
    const ResamplingOptions& options) {
  ASSIGN_OR_RETURN(const TagSets sets, WantedSets(scores, groups, options));
  ASSIGN_OR_RETURN(const RankedScores ranked, RankScores(pool, scores));
  ASSIGN_OR_RETURN(const Resampled resampled,
                   Resample(pool, ranked, sets.sets, options));
  ASSIGN_OR_RETURN(std::vector<SetIntervals> intervals,
                   MakeIntervals(pool, sets.sets, resampled, options.confidence,
                                 /*lowest=*/0));
  return SplitResults(sets, std::move(intervals));
}

absl::StatusOr<TagSetResults<SetIntervals>> BootstrapDifferences(
    ThreadPool& pool, const LabelledScores& model,
    const LabelledScores& reference, const TagGroups& groups,
    const ResamplingOptions& options) {
  ASSIGN_OR_RETURN(const TagSets sets, WantedSets(model, groups, options));
  RETURN_IF_ERROR(CheckLabelledScores(reference));
  RETURN_IF_ERROR(CheckSameTask(model, reference));
  ASSIGN_OR_RETURN(const RankedScores first, RankScores(pool, model));
  ASSIGN_OR_RETURN(Resampled difference,
                   Resample(pool, first, sets.sets, options));
  ASSIGN_OR_RETURN(const RankedScores second, RankScores(pool, reference));
  ASSIGN_OR_RETURN(const Resampled subtrahend,
                   Resample(pool, second, sets.sets, options));
  const std::size_t count = sets.sets.size();
  Subtract(count, subtrahend.estimate, &difference.estimate);
  Subtract(count, subtrahend.bootstrap, &difference.bootstrap);
  Subtract(count, subtrahend.jackknife, &difference.jackknife);
  ASSIGN_OR_RETURN(std::vector<SetIntervals> intervals,
                   MakeIntervals(pool, sets.sets, difference,
                                 options.confidence, /*lowest=*/-1));
  return SplitResults(sets, std::move(intervals));
}

}  // namespace culturemert
