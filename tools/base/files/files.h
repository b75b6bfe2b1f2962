// The file seam: every read, write, rename and sync of the suite goes through a
// Files, so that a test can make any of them fail.
//
//   Files& files = Files::Real();
//   ASSIGN_OR_RETURN(const std::string text, files.Read("labels.csv"));
//   RETURN_IF_ERROR(files.WriteAtomically("record.json", json));
//
// The operations are written once, over the system calls (system_calls.h) of
// the machine (Real), of a file system in memory (MemoryFiles), or of either
// with faults put in (FaultyFiles).
//
// Errors. A message reads "cannot <what was tried> <path>: <reason>", and says
// what to do where that is not plain. Codes:
//   kInvalidArgument     an empty path, or one with a NUL byte
//   kNotFound            no such file or directory
//   kAlreadyExists       something is there that should not be
//   kPermissionDenied    the user may not, or the file system is read-only
//   kFailedPrecondition  a directory where a file is needed, or the other way
//                        round; a device or pipe; a directory that is not empty
//   kResourceExhausted   disk or quota full (with the bytes wanted and free),
//                        too many open files, a file larger than allowed
//   kDataLoss            the disk reports an error
//   kUnavailable         a lock that another process holds
//
// Paths are bytes, relative to the working directory when not absolute (see
// paths.h for what users type). All functions may be called from several
// threads at once.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_FILES_H_
#define CULTUREMERT_TOOLS_BASE_FILES_FILES_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/base/files/appendable_file.h"
#include "tools/base/files/atomic_writer.h"
#include "tools/base/files/file_lock.h"
#include "tools/base/files/mapped_file.h"
#include "tools/base/files/system_calls.h"

namespace culturemert {

// Symbolic links are followed: `kind` is never kSymbolicLink.
struct FileInfo {
  FileKind kind = FileKind::kOther;
  std::uint64_t size_bytes = 0;   // 0 unless a file
  std::uint32_t permissions = 0;  // as 0644
};

struct DirectoryEntry {
  std::string name;  // without the directory
  FileKind kind = FileKind::kOther;
  std::uint64_t size_bytes = 0;  // 0 unless a file
};

class Files {
 public:
  static constexpr std::uint64_t kNoLimit =
      std::numeric_limits<std::uint64_t>::max();

  virtual ~Files() = default;
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  // The machine's own file system; never destroyed.
  static Files& Real();

  // The whole contents. kResourceExhausted when they are larger than max_bytes
  // or than memory allows; kFailedPrecondition for all but regular files.
  absl::StatusOr<std::string> Read(absl::string_view path,
                                   std::uint64_t max_bytes = kNoLimit);

  // The whole contents without copying them; for large files.
  absl::StatusOr<std::unique_ptr<MappedFile>> Map(
      absl::string_view path, MapAccess access = MapAccess::kNormal);

  // Replaces or creates the file: whatever happens, a crash or a power failure
  // too, it holds the old contents or the new ones, whole, and after OK the new
  // ones (see AtomicWriter::Commit for the one error after which the new ones
  // are in place). Keeps the permission bits of a file it replaces; a new one
  // gets 0666 less the umask. A symbolic link stays, what it leads to is
  // replaced. The directory must exist. Other names (hard links) of a replaced
  // file keep the old contents. A device or pipe is refused.
  absl::Status WriteAtomically(absl::string_view path,
                               absl::string_view contents);

  // The same for contents that come bit by bit.
  absl::StatusOr<std::unique_ptr<AtomicWriter>> CreateAtomically(
      absl::string_view path);

  // Created when missing.
  absl::StatusOr<std::unique_ptr<AppendableFile>> OpenToAppend(
      absl::string_view path);

  // Sorted by the names' bytes, symbolic links followed. Shows the temporaries
  // of unfinished atomic writes too (IsTemporaryName in temporary_names.h).
  absl::StatusOr<std::vector<DirectoryEntry>> List(absl::string_view directory);

  absl::StatusOr<FileInfo> Info(absl::string_view path);

  // Whether Info succeeds.
  bool Exists(absl::string_view path);

  // With all missing parents, durably. OK when the directory exists.
  absl::Status CreateDirectories(absl::string_view path);

  // A file, a symbolic link (not what it leads to) or an empty directory,
  // durably.
  absl::Status Remove(absl::string_view path);

  // A file or a directory with all it holds; OK when there is none. Does not
  // follow symbolic links. Goes on to the next entry after an error and returns
  // the first. "/", "." and paths that end in ".." are kInvalidArgument.
  absl::Status RemoveTree(absl::string_view path);

  // Replaces a file, or an empty directory by a directory, at `to`. Durable
  // after OK. A rename between file systems is kInvalidArgument.
  absl::Status Rename(absl::string_view from, absl::string_view to);

  // Takes the lock that the file `path` is; see file_lock.h. Does not wait.
  absl::StatusOr<std::unique_ptr<FileLock>> Lock(absl::string_view path);

  // What this user may still write in the file system of `path` or, if that is
  // missing, of its nearest parent that is not.
  absl::StatusOr<std::uint64_t> FreeSpaceBytes(absl::string_view path);

  // Removes the temporaries that atomic writes and locks of crashed processes
  // left in the directory, by the same rule that tells a stale lock: those of
  // living processes and of other hosts stay. Returns how many it removed. A
  // later atomic write does not do this by itself, as it would have to list the
  // directory each time.
  absl::StatusOr<int> RemoveStaleTemporaries(absl::string_view directory);

  // For wrappers such as FaultyFiles.
  SystemCalls& system_calls() { return *calls_; }

 protected:
  explicit Files(std::unique_ptr<SystemCalls> calls);

 private:
  const std::unique_ptr<SystemCalls> calls_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_FILES_H_
