#include "tools/base/files/memory_system_calls.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace culturemert {
namespace {

constexpr std::uint32_t kUmask = 022;
constexpr std::uint32_t kPermissionBits = 0777;
constexpr std::size_t kMaxNameBytes = 255;
constexpr std::int64_t kFirstSecond = 1'700'000'000;

using Guard = std::lock_guard<std::mutex>;

}  // namespace

MemorySystemCalls::MemorySystemCalls() : root_(NewNode(true, 0755)) {}

MemorySystemCalls::NodePointer MemorySystemCalls::NewNode(
    bool is_directory, std::uint32_t permissions) {
  auto node = std::make_shared<Node>();
  node->is_directory = is_directory;
  node->permissions = permissions & kPermissionBits;
  node->inode = next_inode_++;
  node->link_count = 1;
  return node;
}

int MemorySystemCalls::Find(const std::string& path, Place* place) const {
  if (path.empty()) return -ENOENT;
  std::vector<NodePointer> way = {root_};  // from the root to where we are
  *place = {root_, ".", root_};
  bool has_slash_after = false;
  for (const absl::string_view name : absl::StrSplit(path, '/')) {
    has_slash_after = name.empty();
    if (name.empty()) continue;
    if (place->node == nullptr) return -ENOENT;
    if (!place->node->is_directory) return -ENOTDIR;
    if (name.size() > kMaxNameBytes) return -ENAMETOOLONG;
    if (name == ".") continue;
    if (name == "..") {
      if (way.size() > 1) way.pop_back();
      *place = {way.back(), "..", way.back()};
      continue;
    }
    const NodePointer parent = place->node;
    const auto found = parent->entries.find(std::string(name));
    *place = {parent, std::string(name),
              found == parent->entries.end() ? nullptr : found->second};
    if (place->node != nullptr) way.push_back(place->node);
  }
  if (has_slash_after && place->node != nullptr && !place->node->is_directory) {
    return -ENOTDIR;
  }
  return 0;
}

int MemorySystemCalls::FindNode(const std::string& path,
                                NodePointer* node) const {
  Place place;
  if (const int result = Find(path, &place); result < 0) return result;
  if (place.node == nullptr) return -ENOENT;
  *node = place.node;
  return 0;
}

MemorySystemCalls::OpenFile* MemorySystemCalls::FindOpen(int descriptor) {
  const auto found = open_.find(descriptor);
  return found == open_.end() ? nullptr : &found->second;
}

void MemorySystemCalls::Release(int descriptor) {
  OpenFile* file = FindOpen(descriptor);
  if (file->node->locked_by == descriptor) file->node->locked_by = -1;
  open_.erase(descriptor);
}

template <typename Visitor>
void MemorySystemCalls::Visit(const NodePointer& top, bool with_synced,
                              const Visitor& visitor) {
  std::vector<NodePointer> waiting = {top};
  std::set<NodePointer> seen = {top};
  while (!waiting.empty()) {
    const NodePointer node = waiting.back();
    waiting.pop_back();
    visitor(*node);
    const auto add = [&](const Entries& entries) {
      for (const auto& [name, child] : entries) {
        if (seen.insert(child).second) waiting.push_back(child);
      }
    };
    add(node->entries);
    if (with_synced) add(node->synced_entries);
  }
}

std::uint64_t MemorySystemCalls::UsedBytes() const {
  std::uint64_t used_bytes = 0;
  Visit(root_, /*with_synced=*/false,
        [&](const Node& node) { used_bytes += node.bytes.size(); });
  return used_bytes;
}

int MemorySystemCalls::Open(const std::string& path, OpenMode mode,
                            std::uint32_t permissions) {
  const Guard guard(mutex_);
  Place place;
  if (const int result = Find(path, &place); result < 0) return result;
  if (place.node == nullptr) {
    if (mode == OpenMode::kRead) return -ENOENT;
    if (path.back() == '/') return -EISDIR;
    place.node = NewNode(false, permissions & ~kUmask);
    place.parent->entries[place.name] = place.node;
  } else if (mode == OpenMode::kCreateNew) {
    return -EEXIST;
  } else if (mode == OpenMode::kAppend && place.node->is_directory) {
    return -EISDIR;
  }
  open_[next_descriptor_] = {place.node, mode, 0};
  return next_descriptor_++;
}

std::int64_t MemorySystemCalls::Read(int descriptor, char* buffer,
                                     std::size_t size_bytes) {
  const Guard guard(mutex_);
  OpenFile* file = FindOpen(descriptor);
  if (file == nullptr || file->mode != OpenMode::kRead) return -EBADF;
  if (file->node->is_directory) return -EISDIR;
  const std::string& bytes = file->node->bytes;
  const std::size_t start = std::min(file->position, bytes.size());
  const std::size_t count = std::min(size_bytes, bytes.size() - start);
  std::memcpy(buffer, bytes.data() + start, count);
  file->position = start + count;
  return static_cast<std::int64_t>(count);
}

std::int64_t MemorySystemCalls::Write(int descriptor, const char* data,
                                      std::size_t size_bytes) {
  const Guard guard(mutex_);
  OpenFile* file = FindOpen(descriptor);
  if (file == nullptr || file->mode == OpenMode::kRead) return -EBADF;
  if (capacity_bytes_ != std::numeric_limits<std::uint64_t>::max()) {
    const std::uint64_t used_bytes = UsedBytes();
    const std::uint64_t free_bytes =
        capacity_bytes_ - std::min(capacity_bytes_, used_bytes);
    if (free_bytes == 0 && size_bytes > 0) return -ENOSPC;
    size_bytes = static_cast<std::size_t>(
        std::min<std::uint64_t>(size_bytes, free_bytes));
  }
  // Both modes to write stand at the end: a new file grows only through its one
  // descriptor, unless another appends to it.
  file->node->bytes.append(data, size_bytes);
  return static_cast<std::int64_t>(size_bytes);
}

int MemorySystemCalls::SyncFile(int descriptor) {
  const Guard guard(mutex_);
  OpenFile* file = FindOpen(descriptor);
  if (file == nullptr) return -EBADF;
  file->node->synced_bytes = file->node->bytes;
  return 0;
}

int MemorySystemCalls::Close(int descriptor) {
  const Guard guard(mutex_);
  if (FindOpen(descriptor) == nullptr) return -EBADF;
  Release(descriptor);
  return 0;
}

FileStatus MemorySystemCalls::StatusOf(const Node& node) {
  return {node.is_directory ? FileKind::kDirectory : FileKind::kFile,
          node.bytes.size(),
          node.permissions,
          /*device=*/1,
          node.inode,
          node.link_count};
}

int MemorySystemCalls::DescriptorStatus(int descriptor, FileStatus* status) {
  const Guard guard(mutex_);
  const OpenFile* file = FindOpen(descriptor);
  if (file == nullptr) return -EBADF;
  *status = StatusOf(*file->node);
  return 0;
}

int MemorySystemCalls::SetPermissions(int descriptor,
                                      std::uint32_t permissions) {
  const Guard guard(mutex_);
  OpenFile* file = FindOpen(descriptor);
  if (file == nullptr) return -EBADF;
  file->node->permissions = permissions & kPermissionBits;
  return 0;
}

int MemorySystemCalls::LockDescriptor(int descriptor) {
  const Guard guard(mutex_);
  OpenFile* file = FindOpen(descriptor);
  if (file == nullptr) return -EBADF;
  int& locked_by = file->node->locked_by;
  if (locked_by != -1 && locked_by != descriptor) return -EWOULDBLOCK;
  locked_by = descriptor;
  return 0;
}

int MemorySystemCalls::UnlockDescriptor(int descriptor) {
  const Guard guard(mutex_);
  OpenFile* file = FindOpen(descriptor);
  if (file == nullptr) return -EBADF;
  if (file->node->locked_by == descriptor) file->node->locked_by = -1;
  return 0;
}

int MemorySystemCalls::Map(int descriptor, std::size_t size_bytes, MapAccess,
                           const std::uint8_t** address) {
  const Guard guard(mutex_);
  OpenFile* file = FindOpen(descriptor);
  if (file == nullptr || file->mode != OpenMode::kRead) return -EBADF;
  if (size_bytes == 0) return -EINVAL;
  // A copy: appending to the file may move its bytes.
  auto copy =
      std::make_unique<std::string>(file->node->bytes.substr(0, size_bytes));
  copy->resize(size_bytes);
  *address = reinterpret_cast<const std::uint8_t*>(copy->data());
  maps_[*address] = std::move(copy);
  return 0;
}

int MemorySystemCalls::Unmap(const std::uint8_t* address, std::size_t) {
  const Guard guard(mutex_);
  return maps_.erase(address) == 1 ? 0 : -EINVAL;
}

int MemorySystemCalls::PathStatus(const std::string& path, LinkHandling,
                                  FileStatus* status) {
  const Guard guard(mutex_);
  NodePointer node;
  if (const int result = FindNode(path, &node); result < 0) return result;
  *status = StatusOf(*node);
  return 0;
}

int MemorySystemCalls::ReadLink(const std::string& path, std::string*) {
  const Guard guard(mutex_);
  NodePointer node;
  const int result = FindNode(path, &node);
  return result < 0 ? result : -EINVAL;
}

int MemorySystemCalls::ListNames(const std::string& directory,
                                 std::vector<std::string>* names) {
  const Guard guard(mutex_);
  NodePointer node;
  if (const int result = FindNode(directory, &node); result < 0) return result;
  if (!node->is_directory) return -ENOTDIR;
  names->clear();
  // Backwards, as no order is promised.
  for (auto entry = node->entries.rbegin(); entry != node->entries.rend();
       ++entry) {
    names->push_back(entry->first);
  }
  return 0;
}

int MemorySystemCalls::CheckRename(const Place& source, const Place& target) {
  if (source.node == nullptr) return -ENOENT;
  if (source.name == "." || source.name == "..") return -EBUSY;
  if (!source.node->is_directory) {
    const bool is_over_directory =
        target.node != nullptr && target.node->is_directory;
    return is_over_directory ? -EISDIR : 0;
  }
  bool is_into_itself = false;
  Visit(source.node, /*with_synced=*/false, [&](const Node& node) {
    is_into_itself = is_into_itself || &node == target.parent.get();
  });
  if (is_into_itself) return -EINVAL;
  if (target.node == nullptr) return 0;
  if (!target.node->is_directory) return -ENOTDIR;
  return target.node->entries.empty() ? 0 : -ENOTEMPTY;
}

int MemorySystemCalls::Rename(const std::string& from, const std::string& to) {
  const Guard guard(mutex_);
  Place source;
  Place target;
  if (const int result = Find(from, &source); result < 0) return result;
  if (const int result = Find(to, &target); result < 0) return result;
  if (source.node != nullptr && source.node == target.node) return 0;
  if (const int result = CheckRename(source, target); result < 0) return result;
  if (target.node != nullptr) --target.node->link_count;
  source.parent->entries.erase(source.name);
  target.parent->entries[target.name] = source.node;
  return 0;
}

int MemorySystemCalls::Link(const std::string& existing,
                            const std::string& created) {
  const Guard guard(mutex_);
  NodePointer node;
  Place place;
  if (const int result = FindNode(existing, &node); result < 0) return result;
  if (node->is_directory) return -EPERM;
  if (const int result = Find(created, &place); result < 0) return result;
  if (place.node != nullptr) return -EEXIST;
  place.parent->entries[place.name] = node;
  ++node->link_count;
  return 0;
}

int MemorySystemCalls::RemoveFile(const std::string& path) {
  const Guard guard(mutex_);
  Place place;
  if (const int result = Find(path, &place); result < 0) return result;
  if (place.node == nullptr) return -ENOENT;
  if (place.node->is_directory) return -EISDIR;
  --place.node->link_count;
  place.parent->entries.erase(place.name);
  return 0;
}

int MemorySystemCalls::MakeDirectory(const std::string& path) {
  const Guard guard(mutex_);
  Place place;
  if (const int result = Find(path, &place); result < 0) return result;
  if (place.node != nullptr) return -EEXIST;
  place.parent->entries[place.name] = NewNode(true, 0777 & ~kUmask);
  return 0;
}

int MemorySystemCalls::RemoveDirectory(const std::string& path) {
  const Guard guard(mutex_);
  Place place;
  if (const int result = Find(path, &place); result < 0) return result;
  if (place.node == nullptr) return -ENOENT;
  if (!place.node->is_directory) return -ENOTDIR;
  if (!place.node->entries.empty()) return -ENOTEMPTY;
  if (place.name == "." || place.name == "..") return -EINVAL;
  place.parent->entries.erase(place.name);
  return 0;
}

int MemorySystemCalls::SyncDirectory(const std::string& path) {
  const Guard guard(mutex_);
  NodePointer node;
  if (const int result = FindNode(path, &node); result < 0) return result;
  if (!node->is_directory) return -ENOTDIR;
  node->synced_entries = node->entries;
  return 0;
}

int MemorySystemCalls::FreeSpace(const std::string& path,
                                 std::uint64_t* size_bytes) {
  const Guard guard(mutex_);
  NodePointer node;
  if (const int result = FindNode(path, &node); result < 0) return result;
  *size_bytes = capacity_bytes_ - std::min(capacity_bytes_, UsedBytes());
  return 0;
}

ProcessIdentity MemorySystemCalls::ThisProcess() {
  const Guard guard(mutex_);
  return {"memory", absl::StrCat("boot-", boot_), "pid:[1]", pid_,
          start_ticks_};
}

int MemorySystemCalls::ProcessStartTicks(std::int64_t pid,
                                         std::uint64_t* start_ticks) {
  const Guard guard(mutex_);
  if (pid != pid_) return -ESRCH;
  *start_ticks = start_ticks_;
  return 0;
}

std::int64_t MemorySystemCalls::NowSeconds() {
  const Guard guard(mutex_);
  return kFirstSecond + static_cast<std::int64_t>(start_ticks_);
}

void MemorySystemCalls::RestartProcess() {
  const Guard guard(mutex_);
  while (!open_.empty()) Release(open_.begin()->first);
  ++pid_;
  ++start_ticks_;
}

void MemorySystemCalls::RestartMachine() {
  RestartProcess();
  const Guard guard(mutex_);
  ++boot_;
}

void MemorySystemCalls::DropUnsyncedNames() {
  const Guard guard(mutex_);
  Visit(root_, /*with_synced=*/true, [](Node& node) {
    node.entries = node.synced_entries;
    node.link_count = 0;
  });
  Visit(root_, /*with_synced=*/true, [](Node& node) {
    for (const auto& [name, child] : node.entries) ++child->link_count;
  });
}

void MemorySystemCalls::DropUnsyncedBytes() {
  const Guard guard(mutex_);
  Visit(root_, /*with_synced=*/true,
        [](Node& node) { node.bytes = node.synced_bytes; });
}

void MemorySystemCalls::SyncAll() {
  const Guard guard(mutex_);
  Visit(root_, /*with_synced=*/true, [](Node& node) {
    node.synced_bytes = node.bytes;
    node.synced_entries = node.entries;
  });
}

void MemorySystemCalls::set_capacity_bytes(std::uint64_t capacity_bytes) {
  const Guard guard(mutex_);
  capacity_bytes_ = capacity_bytes;
}

std::size_t MemorySystemCalls::open_descriptors() const {
  const Guard guard(mutex_);
  return open_.size();
}

std::size_t MemorySystemCalls::open_maps() const {
  const Guard guard(mutex_);
  return maps_.size();
}

}  // namespace culturemert
