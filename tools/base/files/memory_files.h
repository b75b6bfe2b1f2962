// A file system in memory for tests: the same operations as Files::Real(), and
// crashes on demand.
//
// What a disk would have forgotten is known exactly. A file's bytes are durable
// after the file was synced, a directory's entries (names made, renamed or
// removed) after the directory was; Crash drops the rest.
//
// There are no symbolic links, no users and no permission checks; permission
// bits are kept. Relative paths start at "/", the only directory at first.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_MEMORY_FILES_H_
#define CULTUREMERT_TOOLS_BASE_FILES_MEMORY_FILES_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "tools/base/files/files.h"

namespace culturemert {

class MemorySystemCalls;

enum class CrashMode {
  // The process died, the machine did not: nothing is lost.
  kProcessKilled,
  // The power failed: all that was not synced is lost.
  kUnsyncedLost,
  // The power failed after the disk had written the directories, as disks like
  // to do first: names are as they were last, unsynced bytes are lost. This
  // shows a rename before its file was synced.
  kUnsyncedBytesLost,
};

class MemoryFiles : public Files {
 public:
  MemoryFiles();
  ~MemoryFiles() override;

  // As if the process had died in this moment and another one had started: all
  // descriptors are closed, what the mode says is lost, and the calling process
  // counts as a new one, so that locks held before are stale.
  void Crash(CrashMode mode);

  // Makes all bytes and names durable.
  void SyncAll();

  // The disk is full when all files together reach this size; unlimited at
  // first. May be set below what is in use.
  void set_capacity_bytes(std::uint64_t capacity_bytes);

  // Descriptors not closed yet, and maps not unmapped; 0 when nothing leaks.
  std::size_t open_descriptors() const;
  std::size_t open_maps() const;

 private:
  explicit MemoryFiles(std::unique_ptr<MemorySystemCalls> calls);

  MemorySystemCalls* const memory_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_MEMORY_FILES_H_
