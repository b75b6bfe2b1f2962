// What a training writes while it runs: one record an update, for people and
// programs.
//
//   metrics.jsonl          what depends on nothing but the configuration: the
//                          same bytes however often the run was interrupted
//   speed.jsonl            times and memory
//   events.out.tfevents.*  both, for `tensorboard --logdir`

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_METRICS_LOG_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_METRICS_LOG_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "experiments/training/event_file.h"
#include "tools/base/files/files.h"
#include "tools/base/formats/json_lines.h"

namespace culturemert {

class MetricsLog {
 public:
  // Goes on in `folder`, which must exist, after update number `last_update`
  // (-1: from the start): records of later updates, which a crash has undone,
  // are removed. Errors: those of Files and JsonLines.
  static absl::StatusOr<std::unique_ptr<MetricsLog>> Open(
      Files& files, absl::string_view folder, std::int64_t last_update,
      double wall_time_seconds);

  // Handed to the system before it returns. Names become keys, and tags in
  // TensorBoard; "update" is added. Values must be finite.
  absl::Status Write(std::int64_t update, double wall_time_seconds,
                     absl::string_view stage,
                     absl::Span<const ScalarValue> metrics,
                     absl::Span<const ScalarValue> speed);

 private:
  MetricsLog() = default;

  std::unique_ptr<JsonLinesWriter> metrics_;
  std::unique_ptr<JsonLinesWriter> speed_;
  std::unique_ptr<EventFile> events_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_METRICS_LOG_H_
