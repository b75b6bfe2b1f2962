// Which segments make up a batch, and which of them are read on which rank.
//
// A batch is what one step sees over all ranks: batch k has the segments
// number k * G to (k + 1) * G - 1 of the whole training, where
// G = batch_segments. Of its W ranks, rank r reads the r-th of W equal runs.
// So row j of batch k on rank r is segment number
//
//   n = k * G + r * (G / W) + j,    0 <= j < G / W,
//
// which is SegmentSampler::At(n): index n mod E of epoch n / E, where E =
// segments_per_epoch(). The ranks' batches, one after the other, are the batch
// of a single rank, whatever W is. Batches run across the ends of epochs, and
// all have the same number of rows.

#ifndef CULTUREMERT_DATASETS_SAMPLING_BATCH_PLAN_H_
#define CULTUREMERT_DATASETS_SAMPLING_BATCH_PLAN_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "datasets/sampling/segment.h"
#include "datasets/sampling/segment_sampler.h"

namespace culturemert {

struct BatchSlicing {
  std::int64_t batch_segments = 16;  // G, of all ranks together: 1 to 2^20.
  int rank = 0;                      // 0 to world_size - 1.
  int world_size = 1;                // W: a divisor of batch_segments.
};

// One rank's part of a batch.
struct BatchPlan {
  std::uint64_t batch = 0;
  // T: the samples of every row. Where the sampler has segments that are not
  // whole, that of the shortest of the G segments, on this rank or another (as
  // fairseq with pad_audio false, but for the whole batch, so that the ranks'
  // batches fit together); the others are cut at their end.
  std::int64_t samples = 0;
  std::vector<Segment> segments;  // One a row, each of T samples.
};

// All members are safe to call from any thread.
class BatchPlanner {
 public:
  // `sampler` must outlive the planner. kInvalidArgument when the slicing is
  // out of range or the ranks cannot share a batch evenly.
  static absl::StatusOr<BatchPlanner> Create(const SegmentSampler& sampler,
                                             const BatchSlicing& slicing);

  // Rows on this rank: G / W.
  std::int64_t rows() const { return rows_; }

  // Part of batch `batch`; about a microsecond a row, or, where the sampler has
  // segments that are not whole, a segment of the batch.
  BatchPlan Plan(std::uint64_t batch) const;

 private:
  BatchPlanner(const SegmentSampler& sampler, const BatchSlicing& slicing);

  const SegmentSampler* sampler_;
  std::int64_t batch_segments_;
  std::int64_t rows_;
  std::int64_t first_row_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SAMPLING_BATCH_PLAN_H_
