// Runs an experiment:
//
//   tools/bazel run //experiments:multicultural_cpt
//   tools/bazel run //experiments:multicultural_cpt -- --help

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "experiments/artifacts/artifact_store.h"
#include "experiments/artifacts/plan_text.h"
#include "experiments/artifacts/runner.h"
#include "experiments/distributed/launch_processes.h"
#include "experiments/distributed/process_group.h"
#include "experiments/distributed/world.h"
#include "experiments/estimate/plan_times.h"
#include "experiments/study/definitions.h"
#include "experiments/study/record_assembly.h"
#include "experiments/study/shared_actions.h"
#include "experiments/study/study_plan.h"
#include "experiments/study/study_processes.h"
#include "experiments/study/study_workers.h"
#include "experiments/study/summary.h"
#include "experiments/training/stop_signals.h"
#include "models/device/device.h"
#include "tools/base/config/config.h"
#include "tools/base/config/reference.h"
#include "tools/base/console/console.h"
#include "tools/base/console/human.h"
#include "tools/base/console/logging.h"
#include "tools/base/files/paths.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/status/status_macros.h"

ABSL_FLAG(std::string, experiment, "multicultural_cpt",
          "which one; set by the Bazel target");
ABSL_FLAG(std::string, definitions, "",
          "folder of the experiments' definitions; set by the Bazel target");
ABSL_FLAG(std::string, profile, "mini",
          "smoke (seconds, for tests), mini (minutes, rendered music), paper "
          "(MERT-95M and real data)");
ABSL_FLAG(std::string, config, "",
          "JSON file over the profile and the definition; may be repeated");
ABSL_FLAG(std::string, set, "",
          "setting over everything, path=value; may be repeated; --settings "
          "lists them");
ABSL_FLAG(std::string, output_dir, "results",
          "where artifacts and records go; several processes and machines may "
          "share it");
ABSL_FLAG(std::string, data_root, "",
          "folder of the licensed data sets; else $CULTUREMERT_DATA_ROOT");
ABSL_FLAG(std::string, weights, "", "short for --set base.weights=PATH");
ABSL_FLAG(std::vector<std::string>, seeds, {},
          "of the probes, short for --set evaluation.seeds=[...]");
ABSL_FLAG(std::string, device, "auto", "auto, cpu, cuda or cuda:N");
ABSL_FLAG(int, threads, 0, "0: one a processor; at most 1024");
ABSL_FLAG(int, processes, 1,
          "so many train together on this machine, each on its share of the "
          "CPUs or its own GPU; torchrun and srun start them too");
ABSL_FLAG(int, workers, 0,
          "so many processes share the actions, and the threads; 0: one a "
          "thread for small models, else one");
ABSL_FLAG(bool, is_worker, false,
          "set by --workers: leaves the record to the one that started it");
ABSL_FLAG(std::string, only, "",
          "run only the actions that this RE2 matches, and what they need");
ABSL_FLAG(bool, dry_run, false,
          "show the plan, what is there of it, and what the rest would take; "
          "measures this machine for some seconds");
ABSL_FLAG(std::string, dry_run_gpu, "",
          "with --dry_run: a GPU, such as h100, that is to do what models do; "
          "another name lists those known");
ABSL_FLAG(bool, list, false, "list the plan's actions");
ABSL_FLAG(std::string, explain, "", "what an action's key is made of");
ABSL_FLAG(bool, settings, false, "every setting with its default, and stop");
ABSL_FLAG(bool, show_config, false, "the effective configuration, and stop");
ABSL_FLAG(bool, quiet, false, "no progress");

namespace culturemert {
namespace {

constexpr int kUsageExitCode = 2;

// The values of flags that may be given several times.
struct RepeatedFlags {
  std::vector<std::string> configs;
  std::vector<std::string> settings;
};

// Takes "--name=value" and "--name value" out of the arguments.
std::vector<std::string> TakeFlag(absl::string_view name,
                                  std::vector<char*>& arguments) {
  const std::string flag = absl::StrCat("--", name);
  std::vector<std::string> values;
  std::vector<char*> rest;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const absl::string_view argument = arguments[i];
    if (argument == flag && i + 1 < arguments.size()) {
      values.emplace_back(arguments[++i]);
    } else if (absl::StartsWith(argument, absl::StrCat(flag, "="))) {
      values.emplace_back(argument.substr(flag.size() + 1));
    } else {
      rest.push_back(arguments[i]);
    }
  }
  arguments = std::move(rest);
  return values;
}

std::string WorkspacePath(const std::string& path) {
  const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  return workspace == nullptr ? path : JoinPath(workspace, path);
}

// The default is a folder of the workspace, whatever the user's directory.
std::string OutputDirectory() {
  const std::string given = absl::GetFlag(FLAGS_output_dir);
  return given == "results" ? WorkspacePath(given) : ResolveUserPath(given);
}

std::string DataRoot() {
  const std::string given = absl::GetFlag(FLAGS_data_root);
  if (!given.empty()) return ResolveUserPath(given);
  const char* environment = std::getenv("CULTUREMERT_DATA_ROOT");
  return environment == nullptr ? "" : ResolveUserPath(environment);
}

DefinitionSource Source(const RepeatedFlags& flags) {
  DefinitionSource source;
  source.folder = absl::GetFlag(FLAGS_definitions);
  source.profile = absl::GetFlag(FLAGS_profile);
  for (const std::string& path : flags.configs) {
    source.files.push_back(ResolveUserPath(path));
  }
  source.settings = flags.settings;
  if (!absl::GetFlag(FLAGS_weights).empty()) {
    source.settings.push_back(
        absl::StrCat("base.weights=", absl::GetFlag(FLAGS_weights)));
  }
  if (!absl::GetFlag(FLAGS_seeds).empty()) {
    source.settings.push_back(
        absl::StrCat("evaluation.seeds=[",
                     absl::StrJoin(absl::GetFlag(FLAGS_seeds), ","), "]"));
  }
  return source;
}

absl::Status CheckThreads(const StudyContext& context) {
  if (context.threads < 1 || context.threads > ThreadPool::kMaxSize) {
    return absl::InvalidArgumentError(
        absl::StrCat("--threads: found ", context.threads, ", expected 0 to ",
                     ThreadPool::kMaxSize));
  }
  return absl::OkStatus();
}

// What would otherwise come out in the middle of the work.
absl::Status CheckMachine(const StudyContext& context) {
  RETURN_IF_ERROR(CheckThreads(context));
  return Annotate(SelectDevice(context.device).status(), "--device");
}

StudyContext Context() {
  StudyContext context;
  context.data_root = DataRoot();
  context.mini_folder = JoinPath(
      Dirname(Dirname(absl::GetFlag(FLAGS_definitions))), "models/mini_base");
  context.device = absl::GetFlag(FLAGS_device);
  const int threads = absl::GetFlag(FLAGS_threads);
  context.threads = threads == 0 ? ThreadPool::DefaultSize() : threads;
  return context;
}

// `processes`: that are to train together.
absl::StatusOr<std::string> DryRun(const StudyContext& context,
                                   const std::vector<Study>& studies,
                                   const Plan& plan, ArtifactStore& store,
                                   int processes) {
  RETURN_IF_ERROR(CheckMachine(context));
  at::set_num_threads(context.threads);
  const StopSignals stop;
  EstimateOptions options;
  options.gpu = absl::GetFlag(FLAGS_dry_run_gpu);
  options.processes = processes;
  options.stop_requested = [&stop] { return stop.received() != 0; };
  ASSIGN_OR_RETURN(const PlanTimes times,
                   EstimatePlanTimes(context, studies, options));
  ASSIGN_OR_RETURN(
      const std::string text,
      FormatPlan(plan, store, absl::GetFlag(FLAGS_only),
                 Console::Stderr().charset(),
                 [&times](absl::string_view action, const ActionCost& cost) {
                   return times.speeds.Seconds(action, cost);
                 }));
  return absl::StrCat(text, times.explanation);
}

absl::Status Show(const StudyContext& context,
                  const std::vector<Study>& studies, const Plan& plan,
                  ArtifactStore& store, int processes, bool* is_shown) {
  *is_shown = true;
  if (absl::GetFlag(FLAGS_list)) {
    std::cout << FormatPlanList(plan);
  } else if (!absl::GetFlag(FLAGS_explain).empty()) {
    ASSIGN_OR_RETURN(const std::string text,
                     ExplainKey(plan, store, absl::GetFlag(FLAGS_explain)));
    std::cout << text;
  } else if (absl::GetFlag(FLAGS_dry_run)) {
    ASSIGN_OR_RETURN(const std::string text,
                     DryRun(context, studies, plan, store, processes));
    std::cout << text;
  } else {
    *is_shown = false;
  }
  return absl::OkStatus();
}

absl::Status WriteRecords(const StudyContext& context,
                          const std::vector<Study>& studies,
                          const std::vector<Plan>& plans, ArtifactStore& store,
                          absl::Time started, const std::string& output) {
  for (std::size_t i = 0; i < studies.size(); ++i) {
    StudyRun run;
    run.experiment = studies[i].experiment;
    run.profile = absl::GetFlag(FLAGS_profile);
    run.started = started;
    ASSIGN_OR_RETURN(const WrittenRecord written,
                     WriteStudyRecord(context, studies[i].config, plans[i],
                                      store, run, JoinPath(output, "records")));
    std::cout << "\n"
              << FormatSummary(written.stored.record) << "\nrecord"
              << (written.was_there ? " (as before)" : "") << ": "
              << written.stored.path << "\n";
    if (!studies[i].config.next.empty()) {
      std::cout << "next: " << studies[i].config.next << "\n";
    }
  }
  return absl::OkStatus();
}

bool IsOnlyShown() {
  return absl::GetFlag(FLAGS_settings) || absl::GetFlag(FLAGS_show_config) ||
         absl::GetFlag(FLAGS_list) || absl::GetFlag(FLAGS_dry_run) ||
         !absl::GetFlag(FLAGS_explain).empty();
}

// Processes that share the plan, this one included.
absl::StatusOr<int> WorkerCount(const std::vector<Study>& studies,
                                const StudyContext& context, bool is_ranked) {
  const int given = absl::GetFlag(FLAGS_workers);
  if (given < 0 || given > kMostWorkers) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--workers: found ", given, ", expected 0 to ", kMostWorkers));
  }
  if (given > 1 && is_ranked) {
    return absl::InvalidArgumentError(
        "--workers is for one process alone: with --processes, torchrun or "
        "Slurm all of them take part in each training");
  }
  if (given == 0 && (is_ranked || IsOnlyShown())) return 1;
  ASSIGN_OR_RETURN(const c10::Device device,
                   Annotate(SelectDevice(context.device), "--device"));
  std::vector<const ExperimentConfig*> configs;
  for (const Study& study : studies) configs.push_back(&study.config);
  return WorkersFor(given, context, device.is_cpu(), configs);
}

// A launcher's is that of its processes.
int ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return 0;
  return ExitCodeOfLaunch(status).value_or(
      absl::IsInvalidArgument(status) ? kUsageExitCode : 1);
}

// By this process, if it is rank 0; `group` is null for one process alone.
absl::Status RunOrServe(const Plan& plan, ArtifactStore& store,
                        ProcessGroup* group) {
  StopSignals stop;
  const auto stop_requested = [&stop] { return stop.received() != 0; };
  if (group != nullptr && group->rank() > 0) {
    return ServeRankZero(plan, *group, store.files(), stop_requested);
  }
  RunOptions options;
  options.only = absl::GetFlag(FLAGS_only);
  options.stop_requested = stop_requested;
  options.is_quiet = absl::GetFlag(FLAGS_quiet);
  const absl::Status status = RunPlan(plan, store, options).status();
  // Where they cannot be told, they have ended.
  if (group != nullptr) DismissRanks(*group).IgnoreError();
  return status;
}

// `arguments`: those of the command line.
absl::Status Run(const RepeatedFlags& flags,
                 const std::vector<std::string>& arguments) {
  const absl::Time started = absl::Now();
  ASSIGN_OR_RETURN(const World world, WorldFromEnvironment());
  const int processes = absl::GetFlag(FLAGS_processes);
  RETURN_IF_ERROR(CheckProcesses(processes, ThreadPool::DefaultSize(), world));
  if (world.rank > 0 && IsOnlyShown()) return absl::OkStatus();
  const DefinitionSource source = Source(flags);
  if (absl::GetFlag(FLAGS_settings)) {
    std::cout << ConfigHelp<ExperimentConfig>(
        Console::Stderr().width_columns());
    return absl::OkStatus();
  }
  StudyContext context = Context();
  ASSIGN_OR_RETURN(
      const std::vector<Study> studies,
      LoadStudies(*context.files, absl::GetFlag(FLAGS_experiment), source));
  if (absl::GetFlag(FLAGS_show_config)) {
    for (const Study& study : studies) {
      ASSIGN_OR_RETURN(const std::string text, PrintConfig(study.config));
      std::cout << text;
    }
    return absl::OkStatus();
  }
  const std::string output = OutputDirectory();
  std::unique_ptr<ProcessGroup> group;
  if (!IsOnlyShown()) {
    RETURN_IF_ERROR(CheckThreads(context));
    if (processes > 1) {
      return LaunchStudy(*context.files, processes, arguments, output);
    }
    if (world.size > 1) {
      ASSIGN_OR_RETURN(group, JoinProcesses(world, context));
    }
  }
  ASSIGN_OR_RETURN(const int worker_count,
                   WorkerCount(studies, context, group != nullptr));
  context.threads = std::max(1, context.threads / worker_count);
  std::vector<Plan> plans;
  for (const Study& study : studies) {
    ASSIGN_OR_RETURN(Plan plan, MakeStudyPlan(context, study.config));
    plans.push_back(std::move(plan));
  }
  const Plan plan = Plan::Union(plans);
  ArtifactStore store(*context.files, JoinPath(output, "artifacts"));
  bool is_shown = false;
  RETURN_IF_ERROR(Show(context, studies, plan, store,
                       std::max(processes, world.size), &is_shown));
  if (is_shown) return absl::OkStatus();
  RETURN_IF_ERROR(CheckMachine(context));
  at::set_num_threads(context.threads);
  std::unique_ptr<StudyWorkers> workers;
  if (worker_count > 1) {
    ASSIGN_OR_RETURN(workers,
                     StudyWorkers::Start(*context.files, worker_count - 1,
                                         context.threads, arguments, output));
  }
  RETURN_IF_ERROR(RunOrServe(plan, store, group.get()));
  // All is done: nothing is left for them.
  if (workers != nullptr) RETURN_IF_ERROR(workers->Stop());
  if (!absl::GetFlag(FLAGS_only).empty() || world.rank > 0 ||
      absl::GetFlag(FLAGS_is_worker)) {
    return absl::OkStatus();
  }
  return WriteRecords(context, studies, plans, store, started, output);
}

}  // namespace
}  // namespace culturemert

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "runs an experiment of the suite; every flag has a default");
  std::vector<char*> arguments(argv, argv + argc);
  culturemert::RepeatedFlags flags;
  flags.configs = culturemert::TakeFlag("config", arguments);
  flags.settings = culturemert::TakeFlag("set", arguments);
  const std::vector<char*> rest = absl::ParseCommandLine(
      static_cast<int>(arguments.size()), arguments.data());
  if (rest.size() > 1) {
    culturemert::LogError(
        absl::StrCat("\"", rest[1], "\" is no flag; --help lists them"));
    return culturemert::kUsageExitCode;
  }
  const absl::Status status = culturemert::Run(flags, {argv + 1, argv + argc});
  if (!status.ok()) culturemert::LogError(status.message());
  return culturemert::ExitCodeOf(status);
}
