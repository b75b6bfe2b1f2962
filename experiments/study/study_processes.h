// The processes of one experiment: started by --processes=N, torchrun or Slurm.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_STUDY_PROCESSES_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_STUDY_PROCESSES_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "experiments/distributed/process_group.h"
#include "experiments/distributed/world.h"
#include "experiments/study/study_context.h"
#include "tools/base/files/files.h"

namespace culturemert {

// More than so many processes a CPU only take turns.
inline constexpr int kMostProcessesPerCpu = 4;

// kInvalidArgument for fewer than one process, for more than
// kMostProcessesPerCpu * `cpus`, and for several where a launcher has started
// several already (`world`).
absl::Status CheckProcesses(int processes, int cpus, const World& world);

// Starts this program, with `arguments` (after its name) and --processes=1,
// `processes` times, and waits for all. What others than rank 0 print is in
// <output>/ranks/<...>/rank<R>.log, removed at a good end. The errors of
// LaunchProcesses.
absl::Status LaunchStudy(Files& files, int processes,
                         std::vector<std::string> arguments,
                         const std::string& output);

// Meets the other ranks of a world of several, and puts into `context` what
// this rank computes with: `processes` (what is returned), `local_processes`,
// and for `device` the GPU of its local rank where it was "cuda", or "auto" and
// there is one. kInvalidArgument for "cuda:N"; kNotFound where this machine has
// fewer GPUs than ranks; the errors of SelectDevice and ProcessGroup.
absl::StatusOr<std::unique_ptr<ProcessGroup>> JoinProcesses(
    const World& world, StudyContext& context);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_STUDY_PROCESSES_H_
