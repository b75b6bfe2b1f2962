#include "experiments/distributed/world.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "experiments/distributed/slurm_node_list.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr int kMaxSize = 1 << 16;
constexpr int kFirstSlurmPort = 15000;
constexpr int kSlurmPorts = 17000;  // Up to where Linux' ephemeral ports begin.

// Variables of one launcher; problems are kept until status() is asked for.
class Variables {
 public:
  Variables(const GetEnvironment& get, absl::string_view launcher)
      : get_(get), launcher_(launcher) {}

  std::string Text(const std::string& name) {
    const std::optional<std::string> value = get_(name);
    if (!value.has_value()) {
      missing_.push_back(name);
    } else if (value->empty()) {
      problems_.push_back(absl::StrCat(name, " is empty"));
    }
    return value.value_or("");
  }

  int Number(const std::string& name, int at_least, int at_most) {
    const std::string text = Text(name);
    if (text.empty()) return at_least;
    int number = 0;
    if (!absl::SimpleAtoi(text, &number) || number < at_least ||
        number > at_most) {
      problems_.push_back(absl::StrCat(name, "=", text, " is not a number of ",
                                       at_least, " to ", at_most));
      return at_least;
    }
    return number;
  }

  void Require(bool holds, absl::string_view otherwise) {
    if (!holds && missing_.empty() && problems_.empty()) {
      problems_.emplace_back(otherwise);
    }
  }

  absl::Status status() const {
    std::vector<std::string> all = problems_;
    for (const std::string& name : missing_) {
      all.push_back(absl::StrCat(name, " is not set, but others of ", launcher_,
                                 "'s variables are"));
    }
    if (all.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        "environment: ", absl::StrJoin(all, "; "), "; start all processes by ",
        launcher_, ", or unset its variables for a single process"));
  }

 private:
  const GetEnvironment& get_;
  const std::string launcher_;
  std::vector<std::string> missing_;
  std::vector<std::string> problems_;
};

bool AnyIsSet(const GetEnvironment& get,
              const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (get(name).has_value()) return true;
  }
  return false;
}

void ReadRanks(Variables& variables, const std::string& rank,
               const std::string& size, const std::string& local_rank,
               World& world) {
  world.rank = variables.Number(rank, 0, kMaxSize - 1);
  world.size = variables.Number(size, 1, kMaxSize);
  world.local_rank = variables.Number(local_rank, 0, kMaxSize - 1);
  variables.Require(world.rank < world.size,
                    absl::StrCat(rank, "=", world.rank, " is not below ", size,
                                 "=", world.size));
  variables.Require(world.local_rank <= world.rank,
                    absl::StrCat(local_rank, "=", world.local_rank,
                                 " is above ", rank, "=", world.rank));
}

void ReadLeader(Variables& variables, World& world) {
  world.leader_host = variables.Text("MASTER_ADDR");
  world.leader_port = variables.Number("MASTER_PORT", 1, 65535);
}

absl::StatusOr<World> TorchrunWorld(const GetEnvironment& get) {
  Variables variables(get, "torchrun");
  World world;
  ReadRanks(variables, "RANK", "WORLD_SIZE", "LOCAL_RANK", world);
  if (get("LOCAL_WORLD_SIZE").has_value()) {
    world.local_size = variables.Number("LOCAL_WORLD_SIZE", 1, kMaxSize);
  }
  if (world.size > 1 || get("MASTER_ADDR").has_value()) {
    ReadLeader(variables, world);
  }
  world.launcher_keeps_store =
      get("TORCHELASTIC_USE_AGENT_STORE").value_or("") == "True";
  // A restarted attempt must not read what the attempt before left in the
  // launcher's store.
  world.run = absl::StrCat(get("TORCHELASTIC_RUN_ID").value_or("torchrun"), ".",
                           get("TORCHELASTIC_RESTART_COUNT").value_or("0"));
  RETURN_IF_ERROR(variables.status());
  return world;
}

int SlurmPort(const std::string& job, const std::string& step) {
  std::uint64_t job_number = 0;
  std::uint64_t step_number = 0;
  if (!absl::SimpleAtoi(job, &job_number)) return 0;
  // Steps of one job that run at the same time get neighbouring ports.
  if (!absl::SimpleAtoi(step, &step_number)) step_number = 0;
  return kFirstSlurmPort +
         static_cast<int>((job_number % kSlurmPorts + step_number) %
                          kSlurmPorts);
}

absl::StatusOr<World> SlurmWorld(const GetEnvironment& get) {
  Variables variables(get, "srun");
  World world;
  ReadRanks(variables, "SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID", world);
  const std::string job = get("SLURM_JOB_ID").value_or("");
  const std::string step = get("SLURM_STEP_ID").value_or("0");
  world.run = absl::StrCat("slurm.", job, ".", step);
  if (world.size == 1) {
    RETURN_IF_ERROR(variables.status());
    return world;
  }
  if (AnyIsSet(get, {"MASTER_ADDR", "MASTER_PORT"})) {
    ReadLeader(variables, world);
    RETURN_IF_ERROR(variables.status());
    return world;
  }
  world.leader_port = SlurmPort(variables.Text("SLURM_JOB_ID"), step);
  variables.Require(world.leader_port != 0,
                    absl::StrCat("SLURM_JOB_ID=", job, " is not a number"));
  const std::string name = get("SLURM_STEP_NODELIST").has_value()
                               ? "SLURM_STEP_NODELIST"
                               : "SLURM_JOB_NODELIST";
  const std::string nodes = variables.Text(name);
  RETURN_IF_ERROR(variables.status());
  ASSIGN_OR_RETURN(world.leader_host,
                   Annotate(FirstSlurmHost(nodes),
                            absl::StrCat("environment: ", name, "=", nodes)));
  return world;
}

}  // namespace

std::optional<std::string> ProcessEnvironment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

absl::StatusOr<World> WorldFromEnvironment(const GetEnvironment& get) {
  if (AnyIsSet(get, {"RANK", "WORLD_SIZE", "LOCAL_RANK"})) {
    return TorchrunWorld(get);
  }
  if (AnyIsSet(get, {"SLURM_PROCID"})) {
    const bool in_batch_script = get("SLURM_PROCID").value_or("") == "0" &&
                                 !get("SLURM_NTASKS").has_value();
    return in_batch_script ? World{} : SlurmWorld(get);
  }
  if (AnyIsSet(get, {"MASTER_ADDR", "MASTER_PORT"})) return TorchrunWorld(get);
  return World{};
}

}  // namespace culturemert
