// A lock that several processes agree on by a file: the file's presence is the
// lock, its text says who holds it.
//
// Text, written by FormatLockOwner (lock_owner.h):
//
//   culturemert lock 1
//   host <name>
//   pid <number>
//   boot <the machine's boot id>
//   pid_namespace <id>
//   start_ticks <the process's start time>
//   since <UTC time>
//   number <which lock of the process>
//
// How it is taken. The text goes to a temporary, is synced, and is linked to
// the lock's path by link(2), which fails if the path exists, on NFS too. So a
// lock is never seen empty or half written.
//
// When it is stale. A lock is stale when its holder is known to be dead: it ran
// on this host (by name) before the machine's last boot, or in this pid
// namespace under a process id that is now free or another process's (by start
// time). A lock of another host or container is never stale, nor is one whose
// text cannot be read: the error says who holds it, since when, and which file
// to remove by hand. Machines that share a disk must differ in their host
// names.
//
// How a stale lock is taken over. Between "it is stale" and "remove it" another
// process may have done both and hold the lock; renaming the stale file aside
// has the same gap. So a taker first takes flock(2) on the stale file it has
// judged, then checks that the path still leads to that very file, and only
// then renames its own file over it. Only a taker ever changes an existing lock
// whose holder is dead, and only one can have the flock, which ends with the
// process whatever happens. All who may judge a lock stale are on one machine,
// so a flock that is only seen there (as on NFS mounted with nolock) is enough.
// Where flock does not exist, a stale lock is reported and not taken over.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_FILE_LOCK_H_
#define CULTUREMERT_TOOLS_BASE_FILES_FILE_LOCK_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/base/files/system_calls.h"

namespace culturemert {

// Made by Files::Lock, which it must not outlive.
class FileLock {
 public:
  // Does not wait. kUnavailable when another process (or this one) holds the
  // lock, kFailedPrecondition when the file there is no lock or damaged.
  static absl::StatusOr<std::unique_ptr<FileLock>> Acquire(
      SystemCalls& calls, absl::string_view path);

  // Removes the lock's file if it is still this lock's own. A forked child's
  // copy removes nothing.
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  const std::string& path() const { return path_; }

 private:
  FileLock(SystemCalls& calls, std::string path, std::string text,
           std::int64_t pid);

  SystemCalls& calls_;
  const std::string path_;
  const std::string text_;
  const std::int64_t pid_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_FILE_LOCK_H_
