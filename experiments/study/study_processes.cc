#include "experiments/study/study_processes.h"

#include <c10/core/Device.h>

#include <chrono>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "experiments/distributed/launch_processes.h"
#include "experiments/study/process_logs.h"
#include "models/device/device.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// Between two calls ranks read sets, weights and checkpoints. Lost ranks are
// noticed by their silence, long before.
constexpr std::chrono::minutes kLongestWait(10);

absl::StatusOr<c10::Device> DeviceOfRank(const std::string& name,
                                         const World& world) {
  if (absl::StartsWith(name, "cuda:")) {
    return absl::InvalidArgumentError(
        absl::StrCat("--device=", name, " is one GPU, and ", world.size,
                     " processes need one each; give --device=cuda"));
  }
  ASSIGN_OR_RETURN(const c10::Device device,
                   Annotate(SelectDevice(name), "--device"));
  if (device.is_cpu()) return device;
  return Annotate(
      SelectDevice(absl::StrCat("cuda:", world.local_rank)),
      absl::StrCat("rank ", world.rank, " is process ", world.local_rank,
                   " of this machine and takes the GPU of that number; start "
                   "as many processes as there are GPUs, or give "
                   "--device=cpu"));
}

}  // namespace

absl::Status CheckProcesses(int processes, int cpus, const World& world) {
  const int most = kMostProcessesPerCpu * cpus;
  if (processes < 1 || processes > most) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--processes: found ", processes, ", expected 1 to ", most, ", ",
        kMostProcessesPerCpu, " for each CPU of this process"));
  }
  if (processes > 1 && world.size > 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--processes=", processes, ", but a launcher has started ", world.size,
        " processes already, of which this is rank ", world.rank,
        "; use one of the two: leave --processes out, or unset RANK and "
        "WORLD_SIZE"));
  }
  return absl::OkStatus();
}

absl::Status LaunchStudy(Files& files, int processes,
                         std::vector<std::string> arguments,
                         const std::string& output) {
  LaunchOptions options;
  options.processes = processes;
  options.arguments = std::move(arguments);
  options.arguments.push_back("--processes=1");
  ASSIGN_OR_RETURN(options.log_directory,
                   MakeLogFolder(files, output, "ranks"));
  RETURN_IF_ERROR(LaunchProcesses(options));
  return RemoveLogFolder(files, options.log_directory);
}

absl::StatusOr<std::unique_ptr<ProcessGroup>> JoinProcesses(
    const World& world, StudyContext& context) {
  ASSIGN_OR_RETURN(const c10::Device device,
                   DeviceOfRank(context.device, world));
  ProcessGroupOptions options;
  options.device = device;
  options.timeout = kLongestWait;
  ASSIGN_OR_RETURN(std::unique_ptr<ProcessGroup> processes,
                   ProcessGroup::Connect(world, options));
  context.device = device.str();
  context.processes = processes.get();
  context.local_processes = world.local_size;
  return processes;
}

}  // namespace culturemert
