#include "tools/base/files/atomic_writer.h"

#include <cerrno>
#include <optional>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/base/files/descriptor.h"
#include "tools/base/files/file_errors.h"
#include "tools/base/files/paths.h"
#include "tools/base/files/temporary_file.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr std::uint32_t kNewFilePermissions = 0666;
constexpr std::uint32_t kPrivatePermissions = 0600;
constexpr int kMaxLinks = 40;  // as the Linux kernel

// Where the path's symbolic links lead; the last step may not exist.
absl::StatusOr<std::string> FollowLinks(SystemCalls& calls,
                                        absl::string_view path) {
  std::string target(path);
  for (int i = 0; i < kMaxLinks; ++i) {
    std::string next;
    const int result = calls.ReadLink(target, &next);
    if (result == -EINVAL || result == -ENOENT) return target;
    if (result < 0) return FileError(-result, "write", path);
    target =
        absl::StartsWith(next, "/") ? next : JoinPath(Dirname(target), next);
  }
  return FileError(ELOOP, "write", path);
}

// The permission bits of the file there, none if there is none.
absl::StatusOr<std::optional<std::uint32_t>> PermissionsOfReplaced(
    SystemCalls& calls, const std::string& target, absl::string_view path) {
  FileStatus status;
  const int result = calls.PathStatus(target, LinkHandling::kFollow, &status);
  if (result == -ENOENT) return std::nullopt;
  if (result < 0) return FileError(-result, "write", path);
  RETURN_IF_ERROR(CheckIsFile(status.kind, "write", path));
  return status.permissions;
}

}  // namespace

absl::StatusOr<std::unique_ptr<AtomicWriter>> AtomicWriter::Create(
    SystemCalls& calls, absl::string_view path) {
  RETURN_IF_ERROR(CheckPath(path));
  ASSIGN_OR_RETURN(std::string target, FollowLinks(calls, path));
  if (Basename(target).empty()) return FileError(EISDIR, "write", path);
  ASSIGN_OR_RETURN(const std::optional<std::uint32_t> permissions,
                   PermissionsOfReplaced(calls, target, path));
  // Private until it has its bits, so that no one opens what he may not read.
  ASSIGN_OR_RETURN(
      TemporaryFile temporary,
      CreateTemporary(calls, target,
                      permissions ? kPrivatePermissions : kNewFilePermissions,
                      "write", path));
  auto writer = absl::WrapUnique(new AtomicWriter(
      calls, std::string(path), std::move(target), std::move(temporary.path),
      temporary.descriptor.number()));
  const int descriptor = temporary.descriptor.Release();
  if (permissions) {
    const int result = calls.SetPermissions(descriptor, *permissions);
    if (result < 0) return FileError(-result, "write", path);
  }
  return writer;
}

AtomicWriter::AtomicWriter(SystemCalls& calls, std::string path,
                           std::string target, std::string temporary,
                           int descriptor)
    : calls_(calls),
      path_(std::move(path)),
      target_(std::move(target)),
      temporary_(std::move(temporary)),
      writer_(calls, descriptor, path_) {}

AtomicWriter::~AtomicWriter() {
  if (!committed_) RemoveTemporary();
}

absl::Status AtomicWriter::Append(absl::string_view data) {
  return writer_.Append(data);
}

absl::Status AtomicWriter::Commit() {
  if (committed_) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot write ", path_, ": it is committed already"));
  }
  committed_ = true;
  absl::Status status = writer_.Sync();
  status.Update(writer_.Close());
  if (status.ok()) {
    const int result = calls_.Rename(temporary_, target_);
    if (result < 0) status = FileError(-result, "write", path_);
  }
  if (!status.ok()) {
    RemoveTemporary();
    return status;
  }
  const int result =
      RetryInterrupted([&] { return calls_.SyncDirectory(Dirname(target_)); });
  if (result < 0) {
    return FileError(-result, "make sure that the disk keeps", path_);
  }
  return absl::OkStatus();
}

void AtomicWriter::RemoveTemporary() { calls_.RemoveFile(temporary_); }

}  // namespace culturemert
