// What an update saw whose loss or gradient was not finite, for whoever looks
// for the reason: JSON with the update's number, stage and batch, its loss and
// gradient norm, and its segments.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_FAILED_UPDATE_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_FAILED_UPDATE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "datasets/sampling/segment_loader.h"
#include "tools/base/files/files.h"

namespace culturemert {

struct FailedUpdate {
  std::int64_t update = 0;  // Of the whole training,
  std::string stage;
  std::int64_t stage_update = 0;  // and of its stage.
  double loss = 0;
  double gradient_norm = 0;
};

// Replaces the file at `path`. Errors: those of Files.
absl::Status WriteFailedUpdate(Files& files, absl::string_view path,
                               const FailedUpdate& failed,
                               const SegmentBatch& batch);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_FAILED_UPDATE_H_
