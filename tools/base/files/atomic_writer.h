// A file that appears whole or not at all.
//
// The bytes go to a temporary in the same directory. Commit syncs and closes
// it, renames it over the path and syncs the directory, so that at every
// moment, a power failure's included, the path holds its old contents or the
// new ones.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_ATOMIC_WRITER_H_
#define CULTUREMERT_TOOLS_BASE_FILES_ATOMIC_WRITER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/base/files/buffered_writer.h"
#include "tools/base/files/system_calls.h"

namespace culturemert {

// Made by Files::CreateAtomically, which it must not outlive.
class AtomicWriter {
 public:
  static absl::StatusOr<std::unique_ptr<AtomicWriter>> Create(
      SystemCalls& calls, absl::string_view path);

  // Uncommitted, it removes its temporary and leaves the path as it was.
  ~AtomicWriter();
  AtomicWriter(const AtomicWriter&) = delete;
  AtomicWriter& operator=(const AtomicWriter&) = delete;

  // kResourceExhausted when the disk is full, kFailedPrecondition after Commit.
  // After an error every later call returns it again.
  absl::Status Append(absl::string_view data);

  // Puts the file in place, durably. On an error the temporary is removed and
  // the path keeps its old contents, with one exception: when only syncing the
  // directory fails, the new contents are already in place, whole, but might
  // not survive a power failure. To be called once.
  absl::Status Commit();

 private:
  AtomicWriter(SystemCalls& calls, std::string path, std::string target,
               std::string temporary, int descriptor);

  void RemoveTemporary();

  SystemCalls& calls_;
  const std::string path_;       // as the caller named it
  const std::string target_;     // path_ with symbolic links followed
  const std::string temporary_;  // beside target_
  BufferedWriter writer_;
  bool committed_ = false;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_ATOMIC_WRITER_H_
