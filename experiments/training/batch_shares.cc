#include "experiments/training/batch_shares.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

absl::Status CheckStage(const StageConfig& stage, const StageBatches& batches,
                        int processes) {
  const std::int64_t shared = processes * batches.micro_batch_segments;
  if (batches.segments % shared == 0) return absl::OkStatus();
  std::string advice =
      absl::StrCat("choose batch_seconds as a multiple of ",
                   static_cast<double>(shared) * batches.segment_seconds);
  if (batches.segments % processes == 0) {
    absl::StrAppend(&advice,
                    ", or micro_batch_segments=", batches.segments / processes);
  }
  return absl::InvalidArgumentError(
      absl::StrCat(stage.name, ": a batch of ", batches.segments,
                   " segments cannot be shared by ", processes,
                   " processes in micro-batches of ",
                   batches.micro_batch_segments, "; ", advice));
}

}  // namespace

absl::Status CheckBatchShares(const TrainingConfig& config, int processes) {
  for (const StageConfig& stage : config.stages) {
    RETURN_IF_ERROR(CheckStage(stage, BatchesOf(config, stage), processes));
  }
  return absl::OkStatus();
}

}  // namespace culturemert
