#include "tools/base/files/faulty_system_calls.h"

#include <algorithm>
#include <cerrno>

namespace culturemert {
namespace {

using Guard = std::lock_guard<std::mutex>;

int ErrnoOf(Fault fault) {
  switch (fault) {
    case Fault::kNoSpace:
      return ENOSPC;
    case Fault::kPermissionDenied:
      return EACCES;
    case Fault::kInterrupted:
      return EINTR;
    default:
      return EIO;
  }
}

}  // namespace

std::optional<Fault> FaultySystemCalls::Enter(SystemCall kind,
                                              const std::string& path) {
  const Guard guard(mutex_);
  const std::size_t index = calls_.size();
  const std::size_t index_of_kind = counts_[kind]++;
  calls_.push_back({kind, path});
  if (crashed_) return Fault::kCrash;
  const auto& of_kind = faults_by_kind_[kind];
  auto found = faults_.find(index);
  if (found == faults_.end()) {
    found = faults_by_kind_[kind].find(index_of_kind);
    if (found == of_kind.end()) return std::nullopt;
  }
  ++faults_met_;
  const Fault fault = found->second;
  crashed_ = fault == Fault::kCrash || fault == Fault::kCrashInside;
  return fault;
}

std::optional<Fault> FaultySystemCalls::Enter(SystemCall kind, int descriptor) {
  std::string path;
  {
    const Guard guard(mutex_);
    path = paths_[descriptor];
  }
  return Enter(kind, path);
}

template <typename Where, typename Below>
auto FaultySystemCalls::Do(SystemCall kind, const Where& where,
                           const Below& below) {
  const std::optional<Fault> fault = Enter(kind, where);
  if (!fault.has_value()) return below();
  if (*fault == Fault::kAnswerLost) below();
  return decltype(below()){-ErrnoOf(*fault)};
}

template <typename Below>
std::int64_t FaultySystemCalls::Move(SystemCall kind, int descriptor,
                                     std::size_t size_bytes,
                                     const Below& below) {
  const std::optional<Fault> fault = Enter(kind, descriptor);
  if (!fault.has_value()) return below(size_bytes);
  const std::size_t half = std::max<std::size_t>(size_bytes / 2, 1);
  if (*fault == Fault::kShort) return below(std::min(half, size_bytes));
  if (*fault == Fault::kAnswerLost) below(size_bytes);
  if (*fault == Fault::kCrashInside) below(size_bytes / 2);
  return -ErrnoOf(*fault);
}

int FaultySystemCalls::Open(const std::string& path, OpenMode mode,
                            std::uint32_t permissions) {
  const std::optional<Fault> fault = Enter(SystemCall::kOpen, path);
  if (fault.has_value()) return -ErrnoOf(*fault);
  const int descriptor = below_.Open(path, mode, permissions);
  const Guard guard(mutex_);
  if (descriptor >= 0) paths_[descriptor] = path;
  return descriptor;
}

std::int64_t FaultySystemCalls::Read(int descriptor, char* buffer,
                                     std::size_t size_bytes) {
  return Move(SystemCall::kRead, descriptor, size_bytes, [&](std::size_t size) {
    return below_.Read(descriptor, buffer, size);
  });
}

std::int64_t FaultySystemCalls::Write(int descriptor, const char* data,
                                      std::size_t size_bytes) {
  return Move(
      SystemCall::kWrite, descriptor, size_bytes,
      [&](std::size_t size) { return below_.Write(descriptor, data, size); });
}

int FaultySystemCalls::SyncFile(int descriptor) {
  return Do(SystemCall::kSyncFile, descriptor,
            [&] { return below_.SyncFile(descriptor); });
}

int FaultySystemCalls::Close(int descriptor) {
  const std::optional<Fault> fault = Enter(SystemCall::kClose, descriptor);
  const int result = below_.Close(descriptor);
  const Guard guard(mutex_);
  paths_.erase(descriptor);
  return fault.has_value() ? -ErrnoOf(*fault) : result;
}

int FaultySystemCalls::DescriptorStatus(int descriptor, FileStatus* status) {
  return Do(SystemCall::kDescriptorStatus, descriptor,
            [&] { return below_.DescriptorStatus(descriptor, status); });
}

int FaultySystemCalls::SetPermissions(int descriptor,
                                      std::uint32_t permissions) {
  return Do(SystemCall::kSetPermissions, descriptor,
            [&] { return below_.SetPermissions(descriptor, permissions); });
}

int FaultySystemCalls::LockDescriptor(int descriptor) {
  return Do(SystemCall::kLockDescriptor, descriptor,
            [&] { return below_.LockDescriptor(descriptor); });
}

int FaultySystemCalls::UnlockDescriptor(int descriptor) {
  return below_.UnlockDescriptor(descriptor);
}

int FaultySystemCalls::Map(int descriptor, std::size_t size_bytes,
                           MapAccess access, const std::uint8_t** address) {
  const std::optional<Fault> fault = Enter(SystemCall::kMap, descriptor);
  if (fault.has_value()) return -ErrnoOf(*fault);
  return below_.Map(descriptor, size_bytes, access, address);
}

int FaultySystemCalls::Unmap(const std::uint8_t* address,
                             std::size_t size_bytes) {
  return below_.Unmap(address, size_bytes);
}

int FaultySystemCalls::PathStatus(const std::string& path, LinkHandling links,
                                  FileStatus* status) {
  return Do(SystemCall::kPathStatus, path,
            [&] { return below_.PathStatus(path, links, status); });
}

int FaultySystemCalls::ReadLink(const std::string& path, std::string* target) {
  return Do(SystemCall::kReadLink, path,
            [&] { return below_.ReadLink(path, target); });
}

int FaultySystemCalls::ListNames(const std::string& directory,
                                 std::vector<std::string>* names) {
  return Do(SystemCall::kListNames, directory,
            [&] { return below_.ListNames(directory, names); });
}

int FaultySystemCalls::Rename(const std::string& from, const std::string& to) {
  return Do(SystemCall::kRename, from, [&] { return below_.Rename(from, to); });
}

int FaultySystemCalls::Link(const std::string& existing,
                            const std::string& created) {
  return Do(SystemCall::kLink, existing,
            [&] { return below_.Link(existing, created); });
}

int FaultySystemCalls::RemoveFile(const std::string& path) {
  return Do(SystemCall::kRemoveFile, path,
            [&] { return below_.RemoveFile(path); });
}

int FaultySystemCalls::MakeDirectory(const std::string& path) {
  return Do(SystemCall::kMakeDirectory, path,
            [&] { return below_.MakeDirectory(path); });
}

int FaultySystemCalls::RemoveDirectory(const std::string& path) {
  return Do(SystemCall::kRemoveDirectory, path,
            [&] { return below_.RemoveDirectory(path); });
}

int FaultySystemCalls::SyncDirectory(const std::string& path) {
  return Do(SystemCall::kSyncDirectory, path,
            [&] { return below_.SyncDirectory(path); });
}

int FaultySystemCalls::FreeSpace(const std::string& path,
                                 std::uint64_t* size_bytes) {
  return Do(SystemCall::kFreeSpace, path,
            [&] { return below_.FreeSpace(path, size_bytes); });
}

ProcessIdentity FaultySystemCalls::ThisProcess() {
  return below_.ThisProcess();
}

int FaultySystemCalls::ProcessStartTicks(std::int64_t pid,
                                         std::uint64_t* start_ticks) {
  return below_.ProcessStartTicks(pid, start_ticks);
}

std::int64_t FaultySystemCalls::NowSeconds() { return below_.NowSeconds(); }

void FaultySystemCalls::FailCall(std::size_t index, Fault fault) {
  const Guard guard(mutex_);
  faults_[index] = fault;
}

void FaultySystemCalls::FailCall(SystemCall kind, std::size_t index,
                                 Fault fault) {
  const Guard guard(mutex_);
  faults_by_kind_[kind][index] = fault;
}

void FaultySystemCalls::Crash() {
  const Guard guard(mutex_);
  crashed_ = true;
}

bool FaultySystemCalls::crashed() const {
  const Guard guard(mutex_);
  return crashed_;
}

std::size_t FaultySystemCalls::faults_met() const {
  const Guard guard(mutex_);
  return faults_met_;
}

std::vector<FaultyFiles::Call> FaultySystemCalls::calls() const {
  const Guard guard(mutex_);
  return calls_;
}

void FaultySystemCalls::Reset() {
  const Guard guard(mutex_);
  calls_.clear();
  counts_.clear();
  faults_.clear();
  faults_by_kind_.clear();
  faults_met_ = 0;
  crashed_ = false;
}

}  // namespace culturemert
