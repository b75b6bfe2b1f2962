#include "experiments/training/training_report.h"

#include <cmath>
#include <cstdio>
#include <numeric>
#include <utility>

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

// Resident memory now, without that of mapped files, which the system takes
// back when it needs it; 0 where it does not tell.
double MemoryBytes() {
  constexpr double kPageBytes = 4096;
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  long pages = 0;
  long resident = 0;
  long of_files = 0;
  const int read =
      std::fscanf(file, "%ld %ld %ld", &pages, &resident, &of_files);
  std::fclose(file);
  return read == 3 ? kPageBytes * static_cast<double>(resident - of_files) : 0;
}

std::string Utilisation(const UpdateReport& update, double peak_flops) {
  const double flops = update.flops / update.seconds;
  std::string text = absl::StrFormat("%.3g GFLOP/s", flops / 1e9);
  if (peak_flops > 0) {
    absl::StrAppendFormat(&text, " (%.0f %%)", 100 * flops / peak_flops);
  }
  return text;
}

// The loss of an update and what it is made of, in words.
std::string LossTerms(const UpdateReport& update) {
  const PretrainingSums& sums = update.sums;
  const double frames = sums.masked_frames;
  if (update.objective == StageObjective::kSpectrogramRegression) {
    return absl::StrFormat("loss %.3f (spectrogram %.3f, penalty %.3f)",
                           sums.loss / frames, sums.cqt_error / frames,
                           sums.feature_penalty / frames);
  }
  return absl::StrFormat(
      "loss %.2f (codes %.2f, CQT %.2f, penalty %.3f)  %.1f %% right",
      sums.loss / frames, Sum(sums.cross_entropy) / frames,
      sums.cqt_error / frames, sums.feature_penalty / frames,
      100 * Accuracy(sums));
}

}  // namespace

std::vector<ScalarValue> MetricsOf(const UpdateReport& update) {
  const PretrainingSums& sums = update.sums;
  const double frames = sums.masked_frames;
  std::vector<ScalarValue> metrics = {{"loss", sums.loss / frames}};
  if (update.objective == StageObjective::kMaskedPrediction) {
    metrics.push_back({"cross_entropy", Sum(sums.cross_entropy) / frames});
    metrics.push_back({"cqt_error", sums.cqt_error / frames});
    metrics.push_back({"code_accuracy", Accuracy(sums)});
  } else {
    metrics.push_back({"spectrogram_error", sums.cqt_error / frames});
  }
  metrics.push_back({"feature_penalty", sums.feature_penalty / frames});
  metrics.push_back({"gradient_norm", update.gradient_norm});
  metrics.push_back({"learning_rate", update.learning_rate});
  return metrics;
}

std::vector<ScalarValue> SpeedOf(const UpdateReport& update,
                                 double peak_flops) {
  const double flops = update.flops / update.seconds;
  std::vector<ScalarValue> speed = {
      {"update_seconds", update.seconds},
      {"waiting_seconds", update.waiting_seconds},
      {"audio_seconds_per_second", update.audio_seconds / update.seconds},
      {"flop_per_second", flops},
      {"memory_bytes", MemoryBytes()}};
  if (peak_flops > 0) speed.push_back({"utilisation", flops / peak_flops});
  return speed;
}

TrainingReport::TrainingReport(std::vector<ReportedStage> stages,
                               double every_seconds, double peak_flops,
                               bool is_quiet, Console& console)
    : stages_(std::move(stages)),
      every_seconds_(every_seconds),
      peak_flops_(peak_flops),
      is_quiet_(is_quiet),
      console_(console) {
  if (peak_flops_ > 0) {
    Print(absl::StrFormat(
        "utilisation is measured against a large matrix product: %.3g GFLOP/s",
        peak_flops_ / 1e9));
  }
}

double TrainingReport::AllAudioSeconds() const {
  double seconds = 0;
  for (const ReportedStage& stage : stages_) {
    seconds += stage.batches.seconds() * static_cast<double>(stage.updates);
  }
  return seconds;
}

double TrainingReport::AudioSecondsDone() const {
  double seconds =
      stages_[stage_].batches.seconds() * static_cast<double>(stage_done_);
  for (std::size_t i = 0; i < stage_; ++i) {
    seconds +=
        stages_[i].batches.seconds() * static_cast<double>(stages_[i].updates);
  }
  return seconds;
}

std::int64_t TrainingReport::UpdatesDone() const {
  std::int64_t updates = stage_done_;
  for (std::size_t i = 0; i < stage_; ++i) updates += stages_[i].updates;
  return updates;
}

void TrainingReport::Print(absl::string_view line) {
  if (!is_quiet_) console_.PrintLine(line);
}

void TrainingReport::Warn(absl::string_view text) {
  console_.PrintLine(absl::StrCat("warning: ", text));
}

void TrainingReport::Resume(std::size_t stage, std::int64_t done) {
  stage_ = stage;
  stage_done_ = done;
  Print(absl::StrCat("going on after update ", UpdatesDone(), ", in ",
                     stages_[stage].name));
}

void TrainingReport::BeginStage(std::size_t stage, std::int64_t done) {
  stage_ = stage;
  stage_done_ = done;
  printed_ = -absl::InfiniteDuration();
  losses_ = OutlierDetector();
  norms_ = OutlierDetector();
}

void TrainingReport::Update(const UpdateReport& update) {
  ++stage_done_;
  timed_seconds_ += update.seconds;
  timed_audio_seconds_ += update.audio_seconds;
  const double loss = update.sums.loss / update.sums.masked_frames;
  const double loss_score = losses_.Score(loss);
  const double norm_score = norms_.Score(update.gradient_norm);
  if (loss_score > kFarDeviations || norm_score > kFarDeviations) {
    Warn(absl::StrFormat(
        "update %d: the loss is %.4g (%+.1f deviations), the gradient's norm "
        "%.3g (%+.1f)",
        UpdatesDone() - 1, loss, loss_score, update.gradient_norm, norm_score));
  }
  const absl::Duration now = MonotonicNow();
  if (stage_done_ < stages_[stage_].updates &&
      now - printed_ < absl::Seconds(every_seconds_)) {
    return;
  }
  printed_ = now;
  Print(Line(update));
}

std::string TrainingReport::Line(const UpdateReport& update) const {
  const ReportedStage& stage = stages_[stage_];
  const double all = AllAudioSeconds();
  const double done = AudioSecondsDone();
  const double audio_rate = timed_audio_seconds_ / timed_seconds_;
  return absl::StrFormat(
      "%s %d/%d  %s  rate %.1e  norm %.2f  %.1f segments/s  %.2f of %.2f h  "
      "%s left  %s  %s",
      stage.name, stage_done_, stage.updates, LossTerms(update),
      update.learning_rate, update.gradient_norm,
      update.audio_seconds / update.seconds / stage.batches.segment_seconds,
      done / 3600, all / 3600, FormatDuration((all - done) / audio_rate),
      FormatBytes(static_cast<std::uint64_t>(MemoryBytes())),
      Utilisation(update, peak_flops_));
}

void TrainingReport::Validation(double loss) {
  Print(absl::StrFormat("%s %d/%d  held-out loss %.3f", stages_[stage_].name,
                        stage_done_, stages_[stage_].updates, loss));
}

}  // namespace culturemert
