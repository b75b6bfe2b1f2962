// Several processes on this machine without another launcher: --processes=N.
// The program starts itself N times, in the environment that torchrun would
// give it. Free of LibTorch.

#ifndef CULTUREMERT_EXPERIMENTS_DISTRIBUTED_LAUNCH_PROCESSES_H_
#define CULTUREMERT_EXPERIMENTS_DISTRIBUTED_LAUNCH_PROCESSES_H_

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace culturemert {

struct LaunchOptions {
  int processes = 1;
  // The program, and its arguments after its name; without --processes.
  std::string program = "/proc/self/exe";
  std::vector<std::string> arguments;
  // An existing directory. Rank 0 writes to this process' standard output and
  // error; all others to rank<R>.log here, made anew. Nobody has an input.
  std::string log_directory;
  // After a process has ended badly: how long the others may take to notice,
  // and then, after SIGTERM, to end, before SIGKILL.
  std::chrono::milliseconds grace{3000};
};

// Starts the processes and returns when all have ended. SIGTERM and SIGINT to
// this process are passed on to all of them; they end, by SIGTERM, with this
// process too. Call it from the main thread, before other threads are started.
//
// Each process gets RANK, LOCAL_RANK, WORLD_SIZE, LOCAL_WORLD_SIZE,
// MASTER_ADDR=127.0.0.1, a free port in MASTER_PORT, and, unless it is set,
// OMP_NUM_THREADS: its share of the CPUs.
//
// OK if all ended with exit code 0. kAborted: the rank that ended badly first,
// its exit code or signal, and the last lines of its log. kInvalidArgument:
// fewer than one process. kFailedPrecondition: this process is itself one of
// several that a launcher started (RANK is set). Otherwise what the system says
// of the program or the logs.
absl::Status LaunchProcesses(const LaunchOptions& options);

// Of an error of LaunchProcesses: the exit code of rank 0, unless that is 0 or
// it was killed; then that of the rank that ended badly first. None where that
// was killed too.
std::optional<int> ExitCodeOfLaunch(const absl::Status& status);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_DISTRIBUTED_LAUNCH_PROCESSES_H_
