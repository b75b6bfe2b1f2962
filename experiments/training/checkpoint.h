// Checkpoints: everything a training needs to go on to the same bits.
//
//   ASSIGN_OR_RETURN(auto checkpoints, CheckpointStore::Open(files, folder,
//   {})); for (const std::string& warning : checkpoints->warnings()) ... if
//   (checkpoints->latest().has_value()) ...   // go on from it
//   RETURN_IF_ERROR(checkpoints->Save(progress, tensors));
//
// A checkpoint is a folder,
//
//   update-00000120/state.safetensors   all tensors
//   update-00000120/manifest.json       format and version, progress, size and
//                                       XXH3-128 of state.safetensors, and of
//                                       the manifest itself
//
// written under a temporary name, synced, and renamed: it is there whole or not
// at all. Before it is used it is read and compared with its checksum; one that
// differs is named, and the one before it is used.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_CHECKPOINT_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_CHECKPOINT_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/tensors/named_tensors.h"
#include "tools/base/files/files.h"

namespace culturemert {

struct CheckpointProgress {
  // Updates of the whole training so far, over all stages: the order of
  // checkpoints. At least 0.
  std::int64_t update = 0;
  // Of the held-out segments, where it was measured just now.
  std::optional<double> validation_loss;
  // What else the training has to know: an object.
  nlohmann::json details = nlohmann::json::object();
};

struct Checkpoint {
  std::string folder;
  CheckpointProgress progress;
  NamedTensors tensors;  // Read-only, in the mapped file.
};

struct CheckpointOptions {
  // How many of the latest stay, beside the one of the lowest validation loss.
  std::int64_t keep_last = 2;
};

// Of one process; the training's own lock keeps others away. Not for several
// threads at once.
class CheckpointStore {
 public:
  // Creates the folder, removes what a crash left half-written, and reads the
  // latest checkpoint that is intact. Errors: those of Files.
  static absl::StatusOr<std::unique_ptr<CheckpointStore>> Open(
      Files& files, absl::string_view folder, const CheckpointOptions& options);

  // Waits for a checkpoint that is being written.
  ~CheckpointStore();
  CheckpointStore(const CheckpointStore&) = delete;
  CheckpointStore& operator=(const CheckpointStore&) = delete;

  // What Open found; nothing where there is none.
  const std::optional<Checkpoint>& latest() const { return latest_; }

  // The damaged ones, and what is wrong with them; a sentence each.
  const std::vector<std::string>& warnings() const { return warnings_; }

  // Forgets `latest` and with it the mapped file.
  void ForgetLatest() { latest_.reset(); }

  // Makes room for copies of such tensors while training goes on, so that the
  // first Save need not: a gigabyte of memory that was never written to takes a
  // second to get. Waits first for the checkpoint before, and returns its error
  // if it had one.
  absl::Status Prepare(const NamedTensors& tensors);

  // Copies the tensors and returns; they are written while training goes on.
  // Waits first for the checkpoint before, and returns its error if it had one.
  absl::Status Save(const CheckpointProgress& progress,
                    const NamedTensors& tensors);

  // Without waiting: the error of the last Save, if it has failed by now.
  absl::Status Check();

  // Until the last Save is on the disk, or its error: kResourceExhausted when
  // the disk is full, with the bytes needed. The checkpoints before are intact
  // whatever it is.
  absl::Status Wait();

 private:
  struct Kept {
    std::string name;
    std::optional<double> validation_loss;
  };

  CheckpointStore(Files& files, absl::string_view folder,
                  const CheckpointOptions& options);

  absl::Status Read();
  absl::Status ReadOne(Kept& kept);
  absl::Status StartThread(std::function<void()> work);
  void MakeBuffers(const NamedTensors& tensors);
  absl::Status Copy(const NamedTensors& tensors);
  absl::Status Write(const CheckpointProgress& progress);
  absl::Status WriteFolder(const CheckpointProgress& progress,
                           const std::string& folder);
  absl::Status Remove(const std::string& name);
  absl::Status RemoveOld();

  Files& files_;
  const std::string folder_;
  const CheckpointOptions options_;
  std::optional<Checkpoint> latest_;
  std::vector<std::string> warnings_;
  NamedTensors copies_;  // In memory that stays from one Save to the next.
  // The writing thread's while it runs.
  std::vector<Kept> kept_;  // By update.
  absl::Status written_;
  std::atomic<bool> has_failed_{false};
  std::thread writing_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_CHECKPOINT_H_
