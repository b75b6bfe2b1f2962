#include "tools/base/files/real_system_calls.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <limits>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace culturemert {
namespace {

constexpr std::uint32_t kPermissionBits = 0777;

// −errno if a system call returned −1.
template <typename Number>
Number Checked(Number result) {
  return result < 0 ? static_cast<Number>(-errno) : result;
}

// O_NONBLOCK: a pipe that someone names is opened and refused, not waited for.
// It changes nothing for files.
int FlagsOf(OpenMode mode) {
  constexpr int kCommon = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  switch (mode) {
    case OpenMode::kRead:
      return kCommon | O_RDONLY;
    case OpenMode::kCreateNew:
      return kCommon | O_WRONLY | O_CREAT | O_EXCL;
    case OpenMode::kAppend:
      return kCommon | O_WRONLY | O_CREAT | O_APPEND;
  }
  return 0;
}

int AdviceOf(MapAccess access) {
  switch (access) {
    case MapAccess::kNormal:
      return POSIX_MADV_NORMAL;
    case MapAccess::kSequential:
      return POSIX_MADV_SEQUENTIAL;
    case MapAccess::kRandom:
      return POSIX_MADV_RANDOM;
  }
  return POSIX_MADV_NORMAL;
}

FileKind KindOf(mode_t mode) {
  if (S_ISREG(mode)) return FileKind::kFile;
  if (S_ISDIR(mode)) return FileKind::kDirectory;
  if (S_ISLNK(mode)) return FileKind::kSymbolicLink;
  return FileKind::kOther;
}

int Convert(int result, const struct stat& from, FileStatus* to) {
  if (result < 0) return -errno;
  to->kind = KindOf(from.st_mode);
  to->size_bytes = static_cast<std::uint64_t>(from.st_size);
  to->permissions = from.st_mode & kPermissionBits;
  to->device = from.st_dev;
  to->inode = from.st_ino;
  to->link_count = from.st_nlink;
  return 0;
}

// The first bytes of a small file of /proc; empty if it cannot be read.
std::string ReadProc(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return "";
  char buffer[1024];
  const ssize_t count = read(descriptor, buffer, sizeof(buffer));
  close(descriptor);
  return count < 0 ? "" : std::string(buffer, static_cast<std::size_t>(count));
}

std::string ReadLinkText(const char* path) {
  char buffer[4096];
  const ssize_t count = readlink(path, buffer, sizeof(buffer));
  return count < 0 ? "" : std::string(buffer, static_cast<std::size_t>(count));
}

struct ProcessStat {
  std::string state;
  std::uint64_t threads = 0;
  std::uint64_t start_ticks = 0;
};

// Fields 3, 20 and 22 of /proc/<pid>/stat, see proc(5). Field 2 is the
// program's name in parentheses, which may itself hold spaces and parentheses.
bool ReadProcessStat(std::int64_t pid, ProcessStat* result) {
  const std::string text = ReadProc(absl::StrCat("/proc/", pid, "/stat"));
  const std::size_t name_end = text.rfind(") ");
  if (name_end == std::string::npos) return false;
  const std::vector<absl::string_view> fields =
      absl::StrSplit(absl::string_view(text).substr(name_end + 2), ' ');
  if (fields.size() < 20) return false;
  result->state = std::string(fields[0]);
  return absl::SimpleAtoi(fields[17], &result->threads) &&
         absl::SimpleAtoi(fields[19], &result->start_ticks);
}

class RealSystemCalls : public SystemCalls {
 public:
  int Open(const std::string& path, OpenMode mode,
           std::uint32_t permissions) override {
    return Checked(open(path.c_str(), FlagsOf(mode), permissions));
  }

  std::int64_t Read(int descriptor, char* buffer,
                    std::size_t size_bytes) override {
    return Checked<std::int64_t>(read(descriptor, buffer, size_bytes));
  }

  std::int64_t Write(int descriptor, const char* data,
                     std::size_t size_bytes) override {
    return Checked<std::int64_t>(write(descriptor, data, size_bytes));
  }

  int SyncFile(int descriptor) override { return Checked(fsync(descriptor)); }

  int Close(int descriptor) override { return Checked(close(descriptor)); }

  int DescriptorStatus(int descriptor, FileStatus* status) override {
    struct stat found;
    return Convert(fstat(descriptor, &found), found, status);
  }

  int SetPermissions(int descriptor, std::uint32_t permissions) override {
    return Checked(fchmod(descriptor, permissions & kPermissionBits));
  }

  int LockDescriptor(int descriptor) override {
    return Checked(flock(descriptor, LOCK_EX | LOCK_NB));
  }

  int UnlockDescriptor(int descriptor) override {
    return Checked(flock(descriptor, LOCK_UN));
  }

  int Map(int descriptor, std::size_t size_bytes, MapAccess access,
          const std::uint8_t** address) override {
    void* mapped =
        mmap(nullptr, size_bytes, PROT_READ, MAP_SHARED, descriptor, 0);
    if (mapped == MAP_FAILED) return -errno;
    posix_madvise(mapped, size_bytes, AdviceOf(access));
    *address = static_cast<const std::uint8_t*>(mapped);
    return 0;
  }

  int Unmap(const std::uint8_t* address, std::size_t size_bytes) override {
    return Checked(munmap(const_cast<std::uint8_t*>(address), size_bytes));
  }

  int PathStatus(const std::string& path, LinkHandling links,
                 FileStatus* status) override {
    struct stat found;
    const int result = links == LinkHandling::kFollow
                           ? stat(path.c_str(), &found)
                           : lstat(path.c_str(), &found);
    return Convert(result, found, status);
  }

  int ReadLink(const std::string& path, std::string* target) override {
    char buffer[PATH_MAX];
    const ssize_t count = readlink(path.c_str(), buffer, sizeof(buffer));
    if (count < 0) return -errno;
    if (count == sizeof(buffer)) return -ENAMETOOLONG;
    target->assign(buffer, static_cast<std::size_t>(count));
    return 0;
  }

  int ListNames(const std::string& directory,
                std::vector<std::string>* names) override {
    DIR* stream = opendir(directory.c_str());
    if (stream == nullptr) return -errno;
    names->clear();
    errno = 0;
    while (const dirent* entry = readdir(stream)) {
      const absl::string_view name = entry->d_name;
      if (name != "." && name != "..") names->emplace_back(name);
      errno = 0;
    }
    const int result = -errno;
    closedir(stream);
    return result;
  }

  int Rename(const std::string& from, const std::string& to) override {
    return Checked(rename(from.c_str(), to.c_str()));
  }

  int Link(const std::string& existing, const std::string& created) override {
    return Checked(link(existing.c_str(), created.c_str()));
  }

  int RemoveFile(const std::string& path) override {
    return Checked(unlink(path.c_str()));
  }

  int MakeDirectory(const std::string& path) override {
    return Checked(mkdir(path.c_str(), 0777));
  }

  int RemoveDirectory(const std::string& path) override {
    return Checked(rmdir(path.c_str()));
  }

  int SyncDirectory(const std::string& path) override {
    const int descriptor =
        open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    const int result = Checked(fsync(descriptor));
    close(descriptor);
    return result == -EINVAL || result == -EOPNOTSUPP ? 0 : result;
  }

  int FreeSpace(const std::string& path, std::uint64_t* size_bytes) override {
    struct statvfs found;
    if (statvfs(path.c_str(), &found) < 0) return -errno;
    *size_bytes = static_cast<std::uint64_t>(found.f_bavail) * found.f_frsize;
    return 0;
  }

  ProcessIdentity ThisProcess() override {
    ProcessIdentity identity;
    char host[256] = {};
    if (gethostname(host, sizeof(host) - 1) == 0) identity.host = host;
    const std::string boot = ReadProc("/proc/sys/kernel/random/boot_id");
    identity.boot = std::string(absl::StripSuffix(boot, "\n"));
    identity.pid_namespace = ReadLinkText("/proc/self/ns/pid");
    identity.pid = getpid();
    ProcessStat stat;
    if (ReadProcessStat(identity.pid, &stat)) {
      identity.start_ticks = stat.start_ticks;
    }
    return identity;
  }

  int ProcessStartTicks(std::int64_t pid, std::uint64_t* start_ticks) override {
    if (pid <= 0 || pid > std::numeric_limits<pid_t>::max()) return -ESRCH;
    // EPERM tells of a living process of another user.
    if (kill(static_cast<pid_t>(pid), 0) < 0 && errno != EPERM) return -errno;
    ProcessStat stat;
    if (!ReadProcessStat(pid, &stat)) return -ENODATA;
    // Dead, but not yet waited for. A main thread that ended before the others
    // looks the same, but for their number.
    if ((stat.state == "Z" || stat.state == "X") && stat.threads <= 1) {
      return -ESRCH;
    }
    *start_ticks = stat.start_ticks;
    return 0;
  }

  std::int64_t NowSeconds() override { return std::time(nullptr); }
};

}  // namespace

std::unique_ptr<SystemCalls> MakeRealSystemCalls() {
  return std::make_unique<RealSystemCalls>();
}

}  // namespace culturemert
