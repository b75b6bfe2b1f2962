// What a person sees of a training: a line every few seconds.
//
//   stage1 12/90  loss 45.21 (codes 38.10, CQT 6.83, penalty 0.28)  8.4 % right
//   rate 1.0e-04  norm 3.2  21.3 segments/s  1.2 of 9.0 h  4 min left  1.8 GiB

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_TRAINING_REPORT_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_TRAINING_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "experiments/training/event_file.h"
#include "experiments/training/outliers.h"
#include "experiments/training/training_config.h"
#include "models/pretraining/pretraining_loss.h"
#include "tools/base/console/console.h"

namespace culturemert {

struct UpdateReport {
  PretrainingSums sums;
  double gradient_norm = 0;
  double learning_rate = 0;
  double audio_seconds = 0;
  double seconds = 0;
};

// The loss and its terms a hidden frame (cross-entropy in nats, summed over the
// books), the part of codes that were right over all books, the gradient's norm
// before clipping, the learning rate.
std::vector<ScalarValue> MetricsOf(const UpdateReport& update);

// Seconds an update, audio seconds a second, resident memory in bytes.
std::vector<ScalarValue> SpeedOf(const UpdateReport& update);

class TrainingReport {
 public:
  TrainingReport(const TrainingConfig& config, std::int64_t updates,
                 bool is_quiet, Console& console);

  void Warn(absl::string_view text);
  void Resume(absl::string_view stage, std::int64_t update);
  void BeginStage(absl::string_view stage, std::int64_t updates,
                  std::int64_t done);
  // Prints if it is time; marks a loss or norm far from those before it.
  void Update(const UpdateReport& update);
  void Validation(double loss);

 private:
  void Print(absl::string_view line);
  std::string Line(const UpdateReport& update) const;

  const TrainingConfig& config_;
  const std::int64_t all_updates_;
  const bool is_quiet_;
  Console& console_;
  std::string stage_;
  std::int64_t stage_updates_ = 0;
  std::int64_t stage_done_ = 0;
  std::int64_t done_ = 0;           // Of all.
  std::int64_t timed_updates_ = 0;  // Of this run.
  double timed_seconds_ = 0;
  double audio_seconds_ = 0;
  absl::Duration printed_ = -absl::InfiniteDuration();
  OutlierDetector losses_;
  OutlierDetector norms_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_TRAINING_REPORT_H_
