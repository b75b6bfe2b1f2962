// The system calls of FaultyFiles. Internal to Files.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_FAULTY_SYSTEM_CALLS_H_
#define CULTUREMERT_TOOLS_BASE_FILES_FAULTY_SYSTEM_CALLS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tools/base/files/faulty_files.h"
#include "tools/base/files/system_calls.h"

namespace culturemert {

class FaultySystemCalls : public SystemCalls {
 public:
  explicit FaultySystemCalls(SystemCalls& below) : below_(below) {}

  int Open(const std::string& path, OpenMode mode,
           std::uint32_t permissions) override;
  std::int64_t Read(int descriptor, char* buffer,
                    std::size_t size_bytes) override;
  std::int64_t Write(int descriptor, const char* data,
                     std::size_t size_bytes) override;
  int SyncFile(int descriptor) override;
  int Close(int descriptor) override;
  int DescriptorStatus(int descriptor, FileStatus* status) override;
  int SetPermissions(int descriptor, std::uint32_t permissions) override;
  int LockDescriptor(int descriptor) override;
  int UnlockDescriptor(int descriptor) override;
  int Map(int descriptor, std::size_t size_bytes, MapAccess access,
          const std::uint8_t** address) override;
  int Unmap(const std::uint8_t* address, std::size_t size_bytes) override;
  int PathStatus(const std::string& path, LinkHandling links,
                 FileStatus* status) override;
  int ReadLink(const std::string& path, std::string* target) override;
  int ListNames(const std::string& directory,
                std::vector<std::string>* names) override;
  int Rename(const std::string& from, const std::string& to) override;
  int Link(const std::string& existing, const std::string& created) override;
  int RemoveFile(const std::string& path) override;
  int MakeDirectory(const std::string& path) override;
  int RemoveDirectory(const std::string& path) override;
  int SyncDirectory(const std::string& path) override;
  int FreeSpace(const std::string& path, std::uint64_t* size_bytes) override;
  ProcessIdentity ThisProcess() override;
  int ProcessStartTicks(std::int64_t pid, std::uint64_t* start_ticks) override;
  std::int64_t NowSeconds() override;

  // See FaultyFiles.
  void FailCall(std::size_t index, Fault fault);
  void FailCall(SystemCall kind, std::size_t index, Fault fault);
  void Crash();
  bool crashed() const;
  std::size_t faults_met() const;
  std::vector<FaultyFiles::Call> calls() const;
  void Reset();

 private:
  // Counts the call and returns the fault it meets, if any.
  std::optional<Fault> Enter(SystemCall kind, const std::string& path);
  // As Enter, for a call on a descriptor.
  std::optional<Fault> Enter(SystemCall kind, int descriptor);
  // Does the call below unless it fails.
  template <typename Where, typename Below>
  auto Do(SystemCall kind, const Where& where, const Below& below);
  // The same for reads and writes.
  template <typename Below>
  std::int64_t Move(SystemCall kind, int descriptor, std::size_t size_bytes,
                    const Below& below);

  SystemCalls& below_;
  mutable std::mutex mutex_;
  std::vector<FaultyFiles::Call> calls_;
  std::map<SystemCall, std::size_t> counts_;
  std::map<std::size_t, Fault> faults_;
  std::map<SystemCall, std::map<std::size_t, Fault>> faults_by_kind_;
  std::map<int, std::string> paths_;  // of open descriptors
  std::size_t faults_met_ = 0;
  bool crashed_ = false;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_FAULTY_SYSTEM_CALLS_H_
