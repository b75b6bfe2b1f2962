#include "experiments/training/training_report.h"

#include <cmath>
#include <cstdio>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/base/console/human.h"
#include "tools/base/console/progress.h"
#include "tools/base/files/files.h"

namespace culturemert {
namespace {

constexpr double kFarDeviations = 5;

double Sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

// Codes that were right, of all books together.
double Accuracy(const PretrainingSums& sums) {
  return Sum(sums.correct) /
         (sums.masked_frames * static_cast<double>(sums.correct.size()));
}

// Resident memory now; 0 where the system does not tell.
double ResidentBytes() {
  constexpr double kPageBytes = 4096;
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  long pages = 0;
  long resident = 0;
  const int read = std::fscanf(file, "%ld %ld", &pages, &resident);
  std::fclose(file);
  return read == 2 ? kPageBytes * static_cast<double>(resident) : 0;
}

}  // namespace

std::vector<ScalarValue> MetricsOf(const UpdateReport& update) {
  const PretrainingSums& sums = update.sums;
  const double frames = sums.masked_frames;
  return {{"loss", sums.loss / frames},
          {"cross_entropy", Sum(sums.cross_entropy) / frames},
          {"cqt_error", sums.cqt_error / frames},
          {"feature_penalty", sums.feature_penalty / frames},
          {"code_accuracy", Accuracy(sums)},
          {"gradient_norm", update.gradient_norm},
          {"learning_rate", update.learning_rate}};
}

std::vector<ScalarValue> SpeedOf(const UpdateReport& update) {
  return {{"update_seconds", update.seconds},
          {"audio_seconds_per_second", update.audio_seconds / update.seconds},
          {"resident_bytes", ResidentBytes()}};
}

TrainingReport::TrainingReport(const TrainingConfig& config,
                               std::int64_t updates, bool is_quiet,
                               Console& console)
    : config_(config),
      all_updates_(updates),
      is_quiet_(is_quiet),
      console_(console) {}

void TrainingReport::Print(absl::string_view line) {
  if (!is_quiet_) console_.PrintLine(line);
}

void TrainingReport::Warn(absl::string_view text) {
  console_.PrintLine(absl::StrCat("warning: ", text));
}

void TrainingReport::Resume(absl::string_view stage, std::int64_t update) {
  done_ = update;
  Print(absl::StrCat("going on after update ", update, ", in ", stage));
}

void TrainingReport::BeginStage(absl::string_view stage, std::int64_t updates,
                                std::int64_t done) {
  stage_ = std::string(stage);
  stage_updates_ = updates;
  stage_done_ = done;
  printed_ = -absl::InfiniteDuration();
}

void TrainingReport::Update(const UpdateReport& update) {
  ++stage_done_;
  ++done_;
  ++timed_updates_;
  timed_seconds_ += update.seconds;
  audio_seconds_ += update.audio_seconds;
  const double loss = update.sums.loss / update.sums.masked_frames;
  const double loss_score = losses_.Score(loss);
  const double norm_score = norms_.Score(update.gradient_norm);
  if (loss_score > kFarDeviations || norm_score > kFarDeviations) {
    Warn(absl::StrFormat(
        "update %d: the loss is %.4g (%+.1f deviations), the gradient's norm "
        "%.3g (%+.1f)",
        done_ - 1, loss, loss_score, update.gradient_norm, norm_score));
  }
  const absl::Duration now = MonotonicNow();
  if (stage_done_ < stage_updates_ &&
      now - printed_ < absl::Seconds(config_.log_every_seconds)) {
    return;
  }
  printed_ = now;
  Print(Line(update));
}

std::string TrainingReport::Line(const UpdateReport& update) const {
  const PretrainingSums& sums = update.sums;
  const double frames = sums.masked_frames;
  const double seconds_each =
      timed_seconds_ / static_cast<double>(timed_updates_);
  const double hours_each = update.audio_seconds / 3600;
  return absl::StrFormat(
      "%s %d/%d  loss %.2f (codes %.2f, CQT %.2f, penalty %.3f)  %.1f %% right"
      "  rate %.1e  norm %.2f  %.1f segments/s  %.2f of %.2f h  %s left  %s",
      stage_, stage_done_, stage_updates_, sums.loss / frames,
      Sum(sums.cross_entropy) / frames, sums.cqt_error / frames,
      sums.feature_penalty / frames, 100 * Accuracy(sums), update.learning_rate,
      update.gradient_norm,
      audio_seconds_ / timed_seconds_ / config_.segment_seconds,
      hours_each * static_cast<double>(done_),
      hours_each * static_cast<double>(all_updates_),
      FormatDuration(seconds_each * static_cast<double>(all_updates_ - done_)),
      FormatBytes(static_cast<std::uint64_t>(ResidentBytes())));
}

void TrainingReport::Validation(double loss) {
  Print(absl::StrFormat("%s %d/%d  held-out loss %.3f", stage_, stage_done_,
                        stage_updates_, loss));
}

}  // namespace culturemert
