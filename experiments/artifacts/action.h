// What an action is to the plan: the function that makes an artifact, and what
// it gets to work with.

#ifndef CULTUREMERT_EXPERIMENTS_ARTIFACTS_ACTION_H_
#define CULTUREMERT_EXPERIMENTS_ARTIFACTS_ACTION_H_

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/base/console/console.h"
#include "tools/base/console/progress.h"
#include "tools/base/files/files.h"

namespace culturemert {

// For one run of one action, and to be made by tests of actions too.
struct ActionContext {
  // Everything is read and written through it.
  Files* files = nullptr;
  // For people, in messages and progress: "makam · codes".
  std::string label;
  // The artifact's, in hexadecimal digits.
  std::string key;
  // What the action writes here is the artifact. It exists, and is empty unless
  // `is_resumed`. All files must be finished (AtomicWriter committed,
  // AppendableFile closed) when the action returns; they need not be synced.
  std::string directory;
  // For what only a resumed run needs (checkpoints); removed at the end.
  std::string scratch_directory;
  // The data directories of the inputs, by name. Only to be read.
  std::map<std::string, std::string> inputs;
  // Whether an earlier run of this very action was cut off and the directories
  // hold what it had written: any prefix of it, after a power failure too.
  // Never set for actions that are not resumable.
  bool is_resumed = false;
  // Whether to end soon, saving what a resumed run can use, and to return
  // kCancelled. May be empty; from any thread.
  std::function<bool()> stop_requested;
  Console* console = &Console::Stderr();
  bool is_quiet = false;  // Shows no progress.

  bool ShouldStop() const { return stop_requested && stop_requested(); }

  // The input's directory; kInternal if the plan gave the node none.
  absl::StatusOr<std::string> Input(absl::string_view name) const;

  // Of how far the action is, under its label. `total` in the unit, none if not
  // known.
  std::unique_ptr<Progress> NewProgress(const ProgressUnit& unit,
                                        std::optional<double> total = {}) const;
};

// What an action will take, as far as it is known before.
struct ActionCost {
  std::optional<double> seconds;  // On this machine.
  std::optional<double> steps;    // Of training.
  std::optional<double> audio_seconds;
  std::optional<double> flops;
  std::optional<double> output_bytes;
};

// Makes the artifact; returns facts about it for the manifest, an object.
using ActionFunction =
    std::function<absl::StatusOr<nlohmann::json>(const ActionContext&)>;

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ARTIFACTS_ACTION_H_
