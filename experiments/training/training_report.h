// What a person sees of a training: a line every few seconds.
//
//   stage1 12/90  loss 45.21 (codes 38.10, CQT 6.83, penalty 0.28)  8.4 % right
//   rate 1.0e-04  norm 3.2  21.3 segments/s  1.2 of 9.0 h  4 min left  1.8 GiB

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_TRAINING_REPORT_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_TRAINING_REPORT_H_

#include <cstddef>
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
  StageObjective objective = StageObjective::kMaskedPrediction;
  PretrainingSums sums;
  double gradient_norm = 0;
  double learning_rate = 0;
  double audio_seconds = 0;
  double flops = 0;  // Of all processes.
  double seconds = 0;
  double waiting_seconds = 0;  // Of these, for data.
};

// The loss and its terms a hidden frame (cross-entropy in nats, summed over the
// books), the part of codes that were right over all books, the gradient's norm
// before clipping, the learning rate. Of spectrogram regression the loss and
// its terms a frame.
std::vector<ScalarValue> MetricsOf(const UpdateReport& update);

// Seconds an update, those of them that data were waited for, audio seconds a
// second, floating-point operations a second and what part that is of
// `peak_flops` a second (left out where that is 0), resident memory in bytes
// without mapped files.
std::vector<ScalarValue> SpeedOf(const UpdateReport& update, double peak_flops);

struct ReportedStage {
  std::string name;
  StageObjective objective = StageObjective::kMaskedPrediction;
  std::int64_t updates = 0;
  StageBatches batches;
};

class TrainingReport {
 public:
  // A line at most every `every_seconds`; none but warnings where it is quiet.
  // `peak_flops`: of all processes' matrix products in a second; 0 if unknown.
  TrainingReport(std::vector<ReportedStage> stages, double every_seconds,
                 double peak_flops, bool is_quiet, Console& console);

  void Warn(absl::string_view text);
  // `done` updates of the stage were done before.
  void Resume(std::size_t stage, std::int64_t done);
  void BeginStage(std::size_t stage, std::int64_t done);
  // Prints if it is time; marks a loss or norm far from those before it.
  void Update(const UpdateReport& update);
  void Validation(double loss);

 private:
  void Print(absl::string_view line);
  std::string Line(const UpdateReport& update) const;

  // Of all stages, to the end and until now.
  double AllAudioSeconds() const;
  double AudioSecondsDone() const;
  std::int64_t UpdatesDone() const;

  const std::vector<ReportedStage> stages_;
  const double every_seconds_;
  const double peak_flops_;
  const bool is_quiet_;
  Console& console_;
  std::size_t stage_ = 0;
  std::int64_t stage_done_ = 0;
  double timed_seconds_ = 0;  // Of this run.
  double timed_audio_seconds_ = 0;
  absl::Duration printed_ = -absl::InfiniteDuration();
  OutlierDetector losses_;
  OutlierDetector norms_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_TRAINING_REPORT_H_
