#include "experiments/estimate/calibration.h"

#include <c10/core/Device.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "experiments/artifacts/artifact_store.h"
#include "experiments/artifacts/plan.h"
#include "experiments/artifacts/runner.h"
#include "experiments/estimate/calibration_study.h"
#include "experiments/study/study_plan.h"
#include "experiments/training/matrix_speed.h"
#include "tools/base/console/progress.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr CalibrationSize kSmall = {8, 2, 4, 1};
constexpr CalibrationSize kLarge = {20, 4, 10, 2};
// Of what a large matrix product reaches, what an update of a small model does,
// and how long one may take.
constexpr double kTypicalUtilisation = 0.3;
constexpr double kAffordableSeconds = 2;
// A first run that takes longer is the only one.
constexpr absl::Duration kPatience = absl::Seconds(10);

// Runs the plan in a store of its own, and tells what each action took.
absl::StatusOr<std::vector<MeasuredAction>> Measure(
    const StudyContext& context, const ExperimentConfig& study,
    const std::string& folder, const std::function<bool()>& stop_requested) {
  ASSIGN_OR_RETURN(const Plan plan, MakeStudyPlan(context, study));
  ArtifactStore store(*context.files, folder);
  Console::Options nowhere;
  nowhere.write = [](absl::string_view) {};
  Console console(std::move(nowhere));
  RunOptions options;
  options.keep_going = true;
  options.stop_requested = stop_requested;
  options.print = [](absl::string_view) {};
  options.warn = [](absl::string_view) {};
  options.console = &console;
  options.is_quiet = true;
  const absl::Duration begun = MonotonicNow();
  const absl::Status status = RunPlan(plan, store, options).status();
  if (stop_requested && stop_requested()) {
    return absl::CancelledError("stopped as asked while times were measured");
  }
  double overhead = absl::ToDoubleSeconds(MonotonicNow() - begun);
  std::vector<MeasuredAction> measured;
  for (const Plan::Node& node : plan.nodes()) {
    const absl::StatusOr<ArtifactManifest> manifest =
        store.Find(node.artifact(), Verification::kSizes);
    if (!manifest.ok()) continue;
    ASSIGN_OR_RETURN(ActionCost cost, EstimateCost(node));
    measured.push_back(
        {node.recipe.action, std::move(cost), manifest->wall_seconds});
  }
  if (measured.empty()) RETURN_IF_ERROR(status);
  // Keys, checksums, synchronising with the disk: alike for all.
  for (const MeasuredAction& one : measured) overhead -= one.seconds;
  for (MeasuredAction& one : measured) {
    one.seconds += overhead / static_cast<double>(measured.size());
  }
  return measured;
}

absl::Status MeasureSizes(const StudyContext& context,
                          const ExperimentConfig& config, double affordable,
                          const std::string& folder,
                          const std::function<bool()>& stop_requested,
                          Calibration& calibration) {
  const absl::Duration begun = MonotonicNow();
  ASSIGN_OR_RETURN(const SmallStudy small,
                   CalibrationStudy(context, config, kSmall, affordable));
  ASSIGN_OR_RETURN(calibration.actions,
                   Measure(context, small.config, JoinPath(folder, "first"),
                           stop_requested));
  const absl::Duration taken = MonotonicNow() - begun;
  if (small.is_cut || taken > kPatience) return absl::OkStatus();
  // The first run contains what happens once in a process; it is left out.
  ASSIGN_OR_RETURN(calibration.actions,
                   Measure(context, small.config, JoinPath(folder, "small"),
                           stop_requested));
  ASSIGN_OR_RETURN(const SmallStudy large,
                   CalibrationStudy(context, config, kLarge, affordable));
  ASSIGN_OR_RETURN(const std::vector<MeasuredAction> of_large,
                   Measure(context, large.config, JoinPath(folder, "large"),
                           stop_requested));
  calibration.actions.insert(calibration.actions.end(), of_large.begin(),
                             of_large.end());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Calibration> Calibrate(
    const StudyContext& context, const ExperimentConfig& config,
    const std::string& folder, const std::function<bool()>& stop_requested) {
  const absl::Duration begun = MonotonicNow();
  Files& files = *context.files;
  if (!absl::IsNotFound(files.Info(folder).status())) {
    return absl::AlreadyExistsError(
        absl::StrCat(folder, " is there already; it is to be made"));
  }
  Calibration calibration;
  ASSIGN_OR_RETURN(
      calibration.matrix_flops,
      MeasureMatrixFlops(c10::Device(c10::kCPU), c10::ScalarType::Float));
  const double affordable =
      calibration.matrix_flops * kTypicalUtilisation * kAffordableSeconds;
  RETURN_IF_ERROR(files.CreateDirectories(folder));
  const absl::Status measured = MeasureSizes(
      context, config, affordable, folder, stop_requested, calibration);
  const absl::Status removed = files.RemoveTree(folder);
  RETURN_IF_ERROR(measured);
  RETURN_IF_ERROR(removed);
  calibration.seconds = absl::ToDoubleSeconds(MonotonicNow() - begun);
  return calibration;
}

}  // namespace culturemert
