// A model's metrics on many resampled sets of recordings: what bootstrap,
// jackknife and permutation have in common.

#ifndef CULTUREMERT_EXPERIMENTS_METRICS_RESAMPLING_H_
#define CULTUREMERT_EXPERIMENTS_METRICS_RESAMPLING_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "experiments/metrics/labelled_scores.h"
#include "experiments/metrics/metric.h"
#include "experiments/metrics/weighted_metrics.h"
#include "tools/base/parallel/thread_pool.h"

namespace culturemert {

// A model's scores, each tag sorted once.
struct RankedScores {
  std::size_t elements = 0;  // Rows that can be weighted.
  std::size_t tags = 0;
  std::vector<WeightedTag> seeds_tags;  // [seeds, tags]
};

// Elements are the recordings.
absl::StatusOr<RankedScores> RankScores(ThreadPool& pool,
                                        const LabelledScores& scores);

// For exchanging the rows of two models of the same task: elements are the
// recordings with the first model's scores, then again with the second's. Each
// score is replaced by its mid-rank among its model's scores of this seed and
// tag; decisions stay those of the scores. kInvalidArgument above
// kMaxScoredRecordings elements.
absl::StatusOr<RankedScores> RankBoth(ThreadPool& pool,
                                      const LabelledScores& first,
                                      const LabelledScores& second);

// The metrics of each set of tags in each replicate.
class ReplicateValues {
 public:
  ReplicateValues(std::size_t sets, std::int64_t replicates);

  std::int64_t replicates() const { return replicates_; }

  // [replicates]; NaN where the metric is undefined.
  absl::Span<const double> Of(std::size_t set, Metric metric) const;
  absl::Span<double> Of(std::size_t set, Metric metric);

 private:
  std::int64_t replicates_;
  std::vector<double> values_;  // [sets, metrics, replicates]
};

// Sets the weights, all 0 before, of the replicates [first, first + count),
// count <= kLanes, in the lanes from 0 on: [elements, kLanes]. Called from
// several threads at once.
using FillWeights = absl::FunctionRef<void(std::int64_t first, int count,
                                           absl::Span<Weight> weights)>;

// A value is the mean over the seeds. The tags that have both classes among the
// weighted elements make the macro means of a replicate; where there are none,
// these are NaN. The same for any number of threads. kResourceExhausted if the
// values would need more than 4 GiB.
absl::StatusOr<ReplicateValues> EvaluateReplicates(
    ThreadPool& pool, const RankedScores& scores, absl::Span<const TagSet> sets,
    std::int64_t replicates, FillWeights fill);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_METRICS_RESAMPLING_H_
