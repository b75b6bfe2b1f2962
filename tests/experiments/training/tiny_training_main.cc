// Trains the tiny model in a folder, saving after every update, and writes its
// weights there at the end; ends in order when a signal asks for it.
//
//   tiny_training_main FOLDER

#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "experiments/training/stop_signals.h"
#include "tests/experiments/training/tiny_training.h"
#include "tools/base/files/files.h"

int main(int argc, char** argv) {
  using namespace culturemert;
  if (argc != 2) return 2;
  const std::string folder = argv[1];
  const StopSignals signals;
  TinyTraining tiny;
  TrainingConfig config = TinyTraining::Config();
  config.checkpoint.every_updates = 1;
  TrainerOptions options;
  options.folder = folder;
  options.identity = "tiny";
  options.is_quiet = true;
  options.should_stop = [&] { return signals.received() != 0; };
  const auto outcome = tiny.Run(config, options);
  if (!outcome.ok()) {
    std::cerr << outcome.status().message() << "\n";
    return 1;
  }
  if (!outcome->is_finished) return 0;
  const absl::Status written = options.files->WriteAtomically(
      absl::StrCat(folder, "/weights"), tiny.Weights());
  return written.ok() ? 0 : 1;
}
