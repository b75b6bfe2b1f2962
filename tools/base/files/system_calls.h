// The system calls that Files stands on, as an interface: the machine's own
// (real_system_calls.h), a file system in memory (memory_files.h), and one that
// fails on purpose (faulty_files.h).
//
// They speak as POSIX does. A call returns a value of at least 0 on success and
// −errno on failure (so no call touches the global errno). Reads and writes may
// move fewer bytes than asked for, and calls named so below may return −EINTR:
// whoever calls must loop. Only the code below Files calls them directly.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_SYSTEM_CALLS_H_
#define CULTUREMERT_TOOLS_BASE_FILES_SYSTEM_CALLS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace culturemert {

// What a path leads to. kOther: a device, a pipe, a socket, or (in a listing) a
// symbolic link that leads nowhere.
enum class FileKind { kFile, kDirectory, kSymbolicLink, kOther };

// How a mapped file will be read; only a hint to the operating system.
enum class MapAccess { kNormal, kSequential, kRandom };

// kRead: an existing file. kCreateNew: to write; −EEXIST if the path exists.
// kAppend: to write at the end; created when missing.
enum class OpenMode { kRead, kCreateNew, kAppend };

enum class LinkHandling { kFollow, kDoNotFollow };

struct FileStatus {
  FileKind kind = FileKind::kOther;
  std::uint64_t size_bytes = 0;
  std::uint32_t permissions = 0;  // the lower nine bits of st_mode
  std::uint64_t device = 0;       // (device, inode) tells files apart
  std::uint64_t inode = 0;
  std::uint64_t link_count = 0;
};

// Who a process is, for as long as disks remember. A process id alone is used
// again by other processes; together with the machine's boot and the process's
// start time it is not. Unknown parts are empty or 0.
struct ProcessIdentity {
  std::string host;           // as gethostname says
  std::string boot;           // differs after every start of the machine
  std::string pid_namespace;  // containers have their own process ids
  std::int64_t pid = 0;
  std::uint64_t start_ticks = 0;  // clock ticks from boot to process start
};

class SystemCalls {
 public:
  virtual ~SystemCalls() = default;

  // Descriptors. Open, Read, Write, SyncFile, Close and LockDescriptor may
  // return −EINTR. After Close the descriptor is gone, whatever it returned.
  virtual int Open(const std::string& path, OpenMode mode,
                   std::uint32_t permissions) = 0;
  virtual std::int64_t Read(int descriptor, char* buffer,
                            std::size_t size_bytes) = 0;
  virtual std::int64_t Write(int descriptor, const char* data,
                             std::size_t size_bytes) = 0;
  virtual int SyncFile(int descriptor) = 0;
  virtual int Close(int descriptor) = 0;
  virtual int DescriptorStatus(int descriptor, FileStatus* status) = 0;
  virtual int SetPermissions(int descriptor, std::uint32_t permissions) = 0;

  // flock(2), exclusive and without waiting: −EWOULDBLOCK when another
  // descriptor holds it. Ends with UnlockDescriptor or Close.
  virtual int LockDescriptor(int descriptor) = 0;
  virtual int UnlockDescriptor(int descriptor) = 0;

  // Maps the first size_bytes (at least 1) of the file to read.
  virtual int Map(int descriptor, std::size_t size_bytes, MapAccess access,
                  const std::uint8_t** address) = 0;
  virtual int Unmap(const std::uint8_t* address, std::size_t size_bytes) = 0;

  // Paths.
  virtual int PathStatus(const std::string& path, LinkHandling links,
                         FileStatus* status) = 0;
  // −EINVAL when the path is not a symbolic link.
  virtual int ReadLink(const std::string& path, std::string* target) = 0;
  // In no particular order, without "." and "..".
  virtual int ListNames(const std::string& directory,
                        std::vector<std::string>* names) = 0;
  virtual int Rename(const std::string& from, const std::string& to) = 0;
  // A second name for a file; −EEXIST if `created` exists.
  virtual int Link(const std::string& existing, const std::string& created) = 0;
  virtual int RemoveFile(const std::string& path) = 0;
  virtual int MakeDirectory(const std::string& path) = 0;
  virtual int RemoveDirectory(const std::string& path) = 0;
  // Makes the directory's entries durable, not what they lead to. May return
  // −EINTR. 0 where the file system knows no such thing.
  virtual int SyncDirectory(const std::string& path) = 0;
  virtual int FreeSpace(const std::string& path, std::uint64_t* size_bytes) = 0;

  // The world around.
  virtual ProcessIdentity ThisProcess() = 0;
  // −ESRCH when no such process lives, another error when it cannot be told.
  virtual int ProcessStartTicks(std::int64_t pid,
                                std::uint64_t* start_ticks) = 0;
  // Seconds since 1970-01-01 UTC.
  virtual std::int64_t NowSeconds() = 0;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_SYSTEM_CALLS_H_
