// Trains the tiny model in a folder, saving after every update, and writes its
// weights there at the end; ends in order when a signal asks for it, or after
// so many updates. As many processes as its launcher says.
//
//   tiny_training_main FOLDER [UPDATES]

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "experiments/distributed/process_group.h"
#include "experiments/distributed/world.h"
#include "experiments/training/stop_signals.h"
#include "tests/experiments/training/tiny_training.h"
#include "tools/base/files/files.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

absl::Status RunTinyTraining(const std::string& folder, std::int64_t updates) {
  const StopSignals signals;
  ASSIGN_OR_RETURN(const World world, WorldFromEnvironment());
  ASSIGN_OR_RETURN(const std::unique_ptr<ProcessGroup> processes,
                   ProcessGroup::Connect(world, ProcessGroupOptions()));
  TinyTraining tiny;
  TrainingConfig config = TinyTraining::Config();
  config.checkpoint.every_updates = 1;
  TrainerOptions options;
  options.folder = folder;
  options.identity = "tiny";
  options.processes = processes.get();
  options.is_quiet = true;
  options.should_stop = [&] {
    return signals.received() != 0 || --updates == 0;
  };
  ASSIGN_OR_RETURN(const TrainingOutcome outcome, tiny.Run(config, options));
  if (!outcome.is_finished || world.rank != 0) return absl::OkStatus();
  return options.files->WriteAtomically(absl::StrCat(folder, "/weights"),
                                        tiny.Weights());
}

}  // namespace
}  // namespace culturemert

int main(int argc, char** argv) {
  std::int64_t updates = 1 << 20;
  if (argc < 2 || (argc > 2 && !absl::SimpleAtoi(argv[2], &updates))) return 2;
  const absl::Status status = culturemert::RunTinyTraining(argv[1], updates);
  if (status.ok()) return 0;
  std::cerr << status.message() << "\n";
  return 1;
}
