#include "experiments/training/held_out.h"

#include <algorithm>
#include <cstddef>

#include "absl/types/span.h"
#include "experiments/training/rank_sums.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

bool IsValidationDue(const ValidationConfig& config, std::int64_t done,
                     std::int64_t updates) {
  const std::int64_t times = std::min(config.times_per_stage, updates);
  // The number of times that are due by then steps up.
  return done * times / updates > (done - 1) * times / updates;
}

absl::StatusOr<double> HeldOutLoss(const StageLoss& loss,
                                   const TrainingData& held_out,
                                   std::int64_t segments,
                                   std::int64_t micro_batch_segments,
                                   ProcessGroup* processes) {
  // Every rank has sums, if only of nothing: all have the same books.
  PretrainingSums sums = loss.NoSums();
  const int rank = processes == nullptr ? 0 : processes->rank();
  const int ranks = processes == nullptr ? 1 : processes->size();
  const std::int64_t rows = micro_batch_segments;
  for (std::int64_t first = rank * rows; first < segments;
       first += ranks * rows) {
    SegmentBatch batch;
    for (std::int64_t row = 0; row < rows; ++row) {
      batch.segments.push_back(
          held_out.sampler->At(static_cast<std::uint64_t>(first + row)));
    }
    // Cut to the shortest, as in training.
    batch.samples = batch.segments.front().samples;
    for (const Segment& segment : batch.segments) {
      batch.samples = std::min(batch.samples, segment.samples);
    }
    batch.audio.resize(static_cast<std::size_t>(rows * batch.samples));
    for (std::int64_t row = 0; row < rows; ++row) {
      const Segment& segment = batch.segments[row];
      RETURN_IF_ERROR(held_out.audio->Read(
          segment.recording, segment.first_sample,
          absl::MakeSpan(batch.audio)
              .subspan(row * batch.samples, batch.samples)));
    }
    ASSIGN_OR_RETURN(const MicroBatch micro_batch,
                     CutMicroBatch(batch, 0, rows, first, *held_out.codes));
    ASSIGN_OR_RETURN(const PretrainingSums of_micro_batch,
                     loss.Validate(micro_batch));
    sums.Add(of_micro_batch);
  }
  ASSIGN_OR_RETURN(sums, SumOverRanks(sums, processes));
  return sums.loss / sums.masked_frames;
}

}  // namespace culturemert
