// The system calls of MemoryFiles. Internal to Files.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_MEMORY_SYSTEM_CALLS_H_
#define CULTUREMERT_TOOLS_BASE_FILES_MEMORY_SYSTEM_CALLS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tools/base/files/system_calls.h"

namespace culturemert {

// Each node (a file or directory) keeps what is seen now apart from what a disk
// would still know after a power failure. All functions may be called from
// several threads.
class MemorySystemCalls : public SystemCalls {
 public:
  MemorySystemCalls();

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

  // See MemoryFiles.
  void RestartProcess();
  void RestartMachine();
  void DropUnsyncedNames();
  void DropUnsyncedBytes();
  void SyncAll();
  void set_capacity_bytes(std::uint64_t capacity_bytes);
  std::size_t open_descriptors() const;
  std::size_t open_maps() const;

 private:
  struct Node;
  using NodePointer = std::shared_ptr<Node>;
  using Entries = std::map<std::string, NodePointer>;

  struct Node {
    bool is_directory = false;
    std::uint32_t permissions = 0;
    std::uint64_t inode = 0;
    std::uint64_t link_count = 0;
    int locked_by = -1;  // descriptor
    std::string bytes;
    std::string synced_bytes;
    Entries entries;
    Entries synced_entries;
  };

  struct OpenFile {
    NodePointer node;
    OpenMode mode = OpenMode::kRead;
    std::size_t position = 0;
  };

  // Where a path's last name is, or would be made.
  struct Place {
    NodePointer parent;
    std::string name;
    NodePointer node;  // null when there is none
  };

  // All need mutex_ held; int is 0 or −errno.
  NodePointer NewNode(bool is_directory, std::uint32_t permissions);
  int Find(const std::string& path, Place* place) const;
  int FindNode(const std::string& path, NodePointer* node) const;
  OpenFile* FindOpen(int descriptor);
  void Release(int descriptor);
  std::uint64_t UsedBytes() const;
  // Each node below `top` once, that of a power failure's outcome too if
  // with_synced; a node's visit comes before its entries are looked at.
  template <typename Visitor>
  static void Visit(const NodePointer& top, bool with_synced,
                    const Visitor& visitor);
  static int CheckRename(const Place& source, const Place& target);
  static FileStatus StatusOf(const Node& node);

  mutable std::mutex mutex_;
  NodePointer root_;
  std::uint64_t next_inode_ = 1;
  std::uint64_t capacity_bytes_ = std::numeric_limits<std::uint64_t>::max();
  std::map<int, OpenFile> open_;
  int next_descriptor_ = 3;
  std::map<const std::uint8_t*, std::unique_ptr<std::string>> maps_;
  std::int64_t pid_ = 1000;
  std::uint64_t start_ticks_ = 1;
  int boot_ = 1;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_MEMORY_SYSTEM_CALLS_H_
