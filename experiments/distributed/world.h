// Which of several processes this one is, and where they meet. Free of
// LibTorch.

#ifndef CULTUREMERT_EXPERIMENTS_DISTRIBUTED_WORLD_H_
#define CULTUREMERT_EXPERIMENTS_DISTRIBUTED_WORLD_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace culturemert {

// The processes that train one model together: its ranks 0 to size - 1.
struct World {
  int rank = 0;
  int size = 1;
  int local_rank = 0;  // Among the processes of this machine: which GPU.
  // The processes of this machine, which share its CPUs; 1 where the launcher
  // does not say, as Slurm, which gives each its own.
  int local_size = 1;
  // Where the ranks meet; empty and 0 for one process. Rank 0 runs there.
  std::string leader_host;
  int leader_port = 0;
  // A launcher (torchrun) keeps a store at that port already; otherwise rank 0
  // opens one.
  bool launcher_keeps_store = false;
  // Processes of another run that come to the same port are not mistaken for
  // ranks of this one.
  std::string run;
};

// The value of an environment variable, none if it is not set.
using GetEnvironment =
    std::function<std::optional<std::string>(const std::string& name)>;
std::optional<std::string> ProcessEnvironment(const std::string& name);

// The world that the launcher of this process describes. In this order:
//   torchrun, --processes   RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR,
//                           MASTER_PORT (LOCAL_WORLD_SIZE,
//                           TORCHELASTIC_USE_AGENT_STORE,
//                           TORCHELASTIC_RUN_ID, TORCHELASTIC_RESTART_COUNT)
//   srun                    SLURM_PROCID, SLURM_NTASKS, SLURM_LOCALID;
//                           leader: MASTER_ADDR and MASTER_PORT if set, else
//                           the first host of SLURM_STEP_NODELIST or
//                           SLURM_JOB_NODELIST and a port in 15000 to 31999
//                           made of SLURM_JOB_ID and SLURM_STEP_ID
//   neither                 one process
// A batch script of Slurm that starts the program without srun (SLURM_PROCID=0
// and no SLURM_NTASKS) is one process. kInvalidArgument, naming the variables
// and what they hold, if some are missing, no numbers or contradict each other.
absl::StatusOr<World> WorldFromEnvironment(
    const GetEnvironment& get = ProcessEnvironment);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_DISTRIBUTED_WORLD_H_
