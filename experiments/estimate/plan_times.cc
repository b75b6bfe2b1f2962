#include "experiments/estimate/plan_times.h"

#include <unistd.h>

#include <cstdlib>
#include <optional>

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
// Actions whose work is a model's, which a GPU does.
constexpr const char* kModelActions[] = {"pretrain", "embed"};

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
      "on %d threads\n(its matrix products reach %.0f GFLOP/s); with other "
      "work on the machine they are longer\n",
      FormatDuration(calibration.seconds), threads,
      calibration.matrix_flops / kGiga);
}

std::string Explain(const PublishedGpu& gpu) {
  return absl::StrFormat(
      "pre-training and features of models: as if on one %s, at an assumed "
      "%.0f %% of the\n%.4g TFLOP/s of %s that its maker publishes; small "
      "models reach far less\n",
      gpu.title, 100 * kAssumedUtilisation, gpu.peak_flops / kTera,
      gpu.precision);
}

}  // namespace

absl::StatusOr<PlanTimes> EstimatePlanTimes(const StudyContext& context,
                                            const std::vector<Study>& studies,
                                            absl::string_view gpu) {
  std::optional<PublishedGpu> chosen;
  if (!gpu.empty()) {
    ASSIGN_OR_RETURN(chosen, FindGpu(gpu));
  }
  PlanTimes times;
  const absl::StatusOr<Calibration> calibration =
      Calibrate(context, StudyToMeasure(studies).config, TemporaryFolder());
  if (calibration.ok()) {
    times.speeds = ActionSpeeds::Fit(calibration->actions);
    times.explanation = Explain(*calibration, context.threads);
  } else {
    times.explanation =
        absl::StrCat("times: not known, because the measurement failed: ",
                     calibration.status().message(), "\n");
  }
  if (chosen.has_value()) {
    for (const char* action : kModelActions) {
      times.speeds.MoveToGpu(action, *chosen);
    }
    times.explanation += Explain(*chosen);
  }
  return times;
}

}  // namespace culturemert
