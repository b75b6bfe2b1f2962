#include "datasets/sampling/batch_plan.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace culturemert {
namespace {

constexpr std::int64_t kMaxBatchSegments = std::int64_t{1} << 20;

}  // namespace

absl::StatusOr<BatchPlanner> BatchPlanner::Create(const SegmentSampler& sampler,
                                                  const BatchSlicing& slicing) {
  if (slicing.batch_segments < 1 ||
      slicing.batch_segments > kMaxBatchSegments) {
    return absl::InvalidArgumentError(
        absl::StrCat("batch_segments is ", slicing.batch_segments,
                     ", but must be from 1 to ", kMaxBatchSegments));
  }
  if (slicing.world_size < 1 || slicing.rank < 0 ||
      slicing.rank >= slicing.world_size) {
    return absl::InvalidArgumentError(
        absl::StrCat("rank ", slicing.rank, " of ", slicing.world_size,
                     " does not exist; ranks go from 0 to world_size - 1"));
  }
  if (slicing.batch_segments % slicing.world_size != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a batch of ", slicing.batch_segments,
        " segments cannot be shared evenly by ", slicing.world_size,
        " ranks; make batch_segments a multiple of their number"));
  }
  return BatchPlanner(sampler, slicing);
}

BatchPlanner::BatchPlanner(const SegmentSampler& sampler,
                           const BatchSlicing& slicing)
    : sampler_(&sampler),
      batch_segments_(slicing.batch_segments),
      rows_(slicing.batch_segments / slicing.world_size),
      first_row_(slicing.rank * rows_) {}

BatchPlan BatchPlanner::Plan(std::uint64_t batch) const {
  const std::uint64_t first = batch * batch_segments_;
  BatchPlan plan;
  plan.batch = batch;
  plan.samples = sampler_->segment_samples();
  plan.segments.reserve(rows_);
  for (std::int64_t row = first_row_; row < first_row_ + rows_; ++row) {
    plan.segments.push_back(sampler_->At(first + row));
    plan.samples = std::min(plan.samples, plan.segments.back().samples);
  }
  if (sampler_->shortest_segment_samples() < sampler_->segment_samples()) {
    for (std::int64_t i = 0; i < batch_segments_; ++i) {
      if (i >= first_row_ && i < first_row_ + rows_) continue;
      plan.samples = std::min(plan.samples, sampler_->At(first + i).samples);
    }
  }
  for (Segment& segment : plan.segments) segment.samples = plan.samples;
  return plan;
}

}  // namespace culturemert
