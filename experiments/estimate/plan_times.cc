#include "experiments/estimate/plan_times.h"

#include <unistd.h>

#include <cstdlib>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "experiments/estimate/calibration.h"
#include "experiments/estimate/gpus.h"
#include "tools/base/console/human.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr double kGiga = 1e9;
constexpr double kTera = 1e12;
// Actions whose work is a model's, which a GPU does: that in which all
// processes take part, and that which rank 0 does alone.
constexpr char kSharedAction[] = "pretrain";
constexpr char kLoneAction[] = "embed";

const Study& StudyToMeasure(const std::vector<Study>& studies) {
  for (const Study& study : studies) {
    for (const ModelConfig* model : study.config.NeededModels()) {
      if (model->kind == ModelKind::kPretrain) return study;
    }
  }
  return studies.front();
}

std::string TemporaryFolder() {
  const char* given = std::getenv("TMPDIR");
  return JoinPath(given == nullptr ? "/tmp" : given,
                  absl::StrCat("culturemert-calibration-", getpid(), "-",
                               absl::ToUnixNanos(absl::Now())));
}

std::string Explain(const Calibration& calibration, int threads) {
  return absl::StrFormat(
      "times: measured on this machine in %s, by a small piece of this study "
      "on %d threads\n(its matrix products reach %.0f GFLOP/s), one action "
      "after another; with --workers all of\nthem take less, with other work "
      "on the machine more\n",
      FormatDuration(calibration.seconds), threads,
      calibration.matrix_flops / kGiga);
}

std::string Explain(const PublishedGpu& gpu, int processes) {
  std::string text = absl::StrFormat(
      "pre-training and features of models: as if on one %s, at an assumed "
      "%.0f %% of the\n%.4g TFLOP/s of %s that its maker publishes; small "
      "models reach far less\n",
      gpu.title, 100 * kAssumedUtilisation, gpu.peak_flops / kTera,
      gpu.precision);
  if (processes > 1) {
    absl::StrAppend(&text, "pre-training: by ", processes,
                    " processes with one each, as if they never waited for "
                    "one another\n");
  }
  return text;
}

std::string ExplainProcesses(int processes) {
  return absl::StrCat(
      "these are times of one process: ", processes,
      " share its processors, and take about as long; with a\nGPU each, "
      "pre-training takes up to ",
      processes, " times less\n");
}

}  // namespace

absl::StatusOr<PlanTimes> EstimatePlanTimes(const StudyContext& context,
                                            const std::vector<Study>& studies,
                                            const EstimateOptions& options) {
  std::optional<PublishedGpu> gpu;
  if (!options.gpu.empty()) {
    ASSIGN_OR_RETURN(gpu, FindGpu(options.gpu));
  }
  PlanTimes times;
  const absl::StatusOr<Calibration> calibration =
      Calibrate(context, StudyToMeasure(studies).config, TemporaryFolder(),
                options.stop_requested);
  if (absl::IsCancelled(calibration.status())) return calibration.status();
  if (calibration.ok()) {
    times.speeds = ActionSpeeds::Fit(calibration->actions);
    times.explanation = Explain(*calibration, context.threads);
  } else {
    times.explanation =
        absl::StrCat("times: not known, because the measurement failed: ",
                     calibration.status().message(), "\n");
  }
  if (gpu.has_value()) {
    times.speeds.MoveToGpus(kSharedAction, *gpu, options.processes);
    times.speeds.MoveToGpus(kLoneAction, *gpu, 1);
    times.explanation += Explain(*gpu, options.processes);
  } else if (options.processes > 1) {
    times.explanation += ExplainProcesses(options.processes);
  }
  return times;
}

}  // namespace culturemert
