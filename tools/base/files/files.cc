#include "tools/base/files/files.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/base/files/descriptor.h"
#include "tools/base/files/file_errors.h"
#include "tools/base/files/paths.h"
#include "tools/base/files/real_system_calls.h"
#include "tools/base/files/temporary_names.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

class RealFiles : public Files {
 public:
  RealFiles() : Files(MakeRealSystemCalls()) {}
};

std::uint64_t SizeOf(const FileStatus& status) {
  return status.kind == FileKind::kFile ? status.size_bytes : 0;
}

// The directory that has the path's last name, whatever slashes follow that.
std::string ParentOf(absl::string_view path) {
  while (path.size() > 1 && absl::ConsumeSuffix(&path, "/")) {
  }
  return Dirname(path);
}

// "a" for "a/", "a/." and "a/.//", whose last name rmdir(2) would not take.
absl::string_view WithoutEndingDots(absl::string_view path) {
  while (absl::EndsWith(path, "/") || absl::EndsWith(path, "/.")) {
    path.remove_suffix(1);
  }
  return path;
}

absl::Status SyncParent(SystemCalls& calls, absl::string_view path) {
  const std::string parent = ParentOf(path);
  const int result =
      RetryInterrupted([&] { return calls.SyncDirectory(parent); });
  if (result < 0) return FileError(-result, "sync the directory", parent);
  return absl::OkStatus();
}

// What of the tree could be removed is; the first error.
absl::Status RemoveBelow(SystemCalls& calls, const std::string& path) {
  FileStatus status;
  int result = calls.PathStatus(path, LinkHandling::kDoNotFollow, &status);
  if (result == -ENOENT) return absl::OkStatus();
  if (result < 0) return FileError(-result, "remove", path);
  absl::Status first_error;
  if (status.kind == FileKind::kDirectory) {
    std::vector<std::string> names;
    result = calls.ListNames(path, &names);
    if (result < 0) return FileError(-result, "list", path);
    for (const std::string& name : names) {
      first_error.Update(RemoveBelow(calls, JoinPath(path, name)));
    }
    result = calls.RemoveDirectory(path);
  } else {
    result = calls.RemoveFile(path);
  }
  if (result < 0 && result != -ENOENT) {
    first_error.Update(FileError(-result, "remove", path));
  }
  return first_error;
}

}  // namespace

Files::Files(std::unique_ptr<SystemCalls> calls) : calls_(std::move(calls)) {}

Files& Files::Real() {
  static Files& real = *new RealFiles;
  return real;
}

absl::StatusOr<std::string> Files::Read(absl::string_view path,
                                        std::uint64_t max_bytes) {
  ASSIGN_OR_RETURN(const OpenFile file, OpenToRead(*calls_, "read", path));
  return ReadToEnd(*calls_, file.descriptor.number(), path,
                   file.status.size_bytes, max_bytes);
}

absl::StatusOr<std::unique_ptr<MappedFile>> Files::Map(absl::string_view path,
                                                       MapAccess access) {
  return MappedFile::Open(*calls_, path, access);
}

absl::Status Files::WriteAtomically(absl::string_view path,
                                    absl::string_view contents) {
  ASSIGN_OR_RETURN(const std::unique_ptr<AtomicWriter> writer,
                   CreateAtomically(path));
  RETURN_IF_ERROR(writer->Append(contents));
  return writer->Commit();
}

absl::StatusOr<std::unique_ptr<AtomicWriter>> Files::CreateAtomically(
    absl::string_view path) {
  return AtomicWriter::Create(*calls_, path);
}

absl::StatusOr<std::unique_ptr<AppendableFile>> Files::OpenToAppend(
    absl::string_view path) {
  return AppendableFile::Open(*calls_, path);
}

absl::StatusOr<std::vector<DirectoryEntry>> Files::List(
    absl::string_view directory) {
  RETURN_IF_ERROR(CheckPath(directory));
  std::vector<std::string> names;
  int result = calls_->ListNames(std::string(directory), &names);
  if (result < 0) return FileError(-result, "list", directory);
  std::sort(names.begin(), names.end());
  std::vector<DirectoryEntry> entries;
  for (std::string& name : names) {
    const std::string path = JoinPath(directory, name);
    FileStatus status;
    result = calls_->PathStatus(path, LinkHandling::kFollow, &status);
    if (result == -ENOENT || result == -ELOOP) {
      // A link that leads nowhere is listed, what was just removed is not.
      result = calls_->PathStatus(path, LinkHandling::kDoNotFollow, &status);
      if (result == -ENOENT) continue;
      status = FileStatus();
    }
    if (result < 0) return FileError(-result, "look at", path);
    entries.push_back({std::move(name), status.kind, SizeOf(status)});
  }
  return entries;
}

absl::StatusOr<FileInfo> Files::Info(absl::string_view path) {
  RETURN_IF_ERROR(CheckPath(path));
  FileStatus status;
  const int result =
      calls_->PathStatus(std::string(path), LinkHandling::kFollow, &status);
  if (result < 0) return FileError(-result, "look at", path);
  return FileInfo{status.kind, SizeOf(status), status.permissions};
}

bool Files::Exists(absl::string_view path) { return Info(path).ok(); }

absl::Status Files::CreateDirectories(absl::string_view path) {
  RETURN_IF_ERROR(CheckPath(path));
  const auto check_existing = [&]() -> absl::StatusOr<bool> {
    const absl::StatusOr<FileInfo> info = Info(path);
    if (absl::IsNotFound(info.status())) return false;
    RETURN_IF_ERROR(info);
    if (info->kind == FileKind::kDirectory) return true;
    return FileError(ENOTDIR, "create the directory", path);
  };
  ASSIGN_OR_RETURN(bool exists, check_existing());
  if (exists) return absl::OkStatus();
  const std::string parent = ParentOf(path);
  if (parent == path) return FileError(ENOENT, "create the directory", path);
  RETURN_IF_ERROR(CreateDirectories(parent));
  const int result = calls_->MakeDirectory(std::string(path));
  if (result == -EEXIST) {
    // Another process was faster, or a link that leads nowhere is there.
    ASSIGN_OR_RETURN(exists, check_existing());
    if (exists) return absl::OkStatus();
  }
  if (result < 0) return FileError(-result, "create the directory", path);
  return SyncParent(*calls_, path);
}

absl::Status Files::Remove(absl::string_view path) {
  RETURN_IF_ERROR(CheckPath(path));
  const std::string path_string(path);
  FileStatus status;
  int result =
      calls_->PathStatus(path_string, LinkHandling::kDoNotFollow, &status);
  if (result < 0) return FileError(-result, "remove", path);
  result = status.kind == FileKind::kDirectory
               ? calls_->RemoveDirectory(path_string)
               : calls_->RemoveFile(path_string);
  if (result < 0) return FileError(-result, "remove", path);
  return SyncParent(*calls_, path);
}

absl::Status Files::RemoveTree(absl::string_view path) {
  RETURN_IF_ERROR(CheckPath(path));
  const std::string root(WithoutEndingDots(path));
  const std::string clean = CleanPath(path);
  if (clean == "/" || clean == "." || Basename(root) == "..") {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot remove the tree ", path,
                     ": that is the working directory or one above; name a "
                     "directory below"));
  }
  FileStatus status;
  const int result =
      calls_->PathStatus(root, LinkHandling::kDoNotFollow, &status);
  if (result == -ENOENT) return absl::OkStatus();
  RETURN_IF_ERROR(RemoveBelow(*calls_, root));
  return SyncParent(*calls_, root);
}

absl::Status Files::Rename(absl::string_view from, absl::string_view to) {
  RETURN_IF_ERROR(CheckPath(from));
  RETURN_IF_ERROR(CheckPath(to));
  const int result = calls_->Rename(std::string(from), std::string(to));
  if (result < 0) {
    return FileError(-result, absl::StrCat("rename ", from, " to"), to);
  }
  RETURN_IF_ERROR(SyncParent(*calls_, to));
  if (Dirname(from) == Dirname(to)) return absl::OkStatus();
  return SyncParent(*calls_, from);
}

absl::StatusOr<std::unique_ptr<FileLock>> Files::Lock(absl::string_view path) {
  return FileLock::Acquire(*calls_, path);
}

absl::StatusOr<std::uint64_t> Files::FreeSpaceBytes(absl::string_view path) {
  RETURN_IF_ERROR(CheckPath(path));
  std::string directory(path);
  while (true) {
    std::uint64_t size_bytes = 0;
    const int result = calls_->FreeSpace(directory, &size_bytes);
    if (result >= 0) return size_bytes;
    const std::string parent = ParentOf(directory);
    if (result != -ENOENT || parent == directory) {
      return FileError(-result, "find the free space of", path);
    }
    directory = parent;
  }
}

absl::StatusOr<int> Files::RemoveStaleTemporaries(absl::string_view directory) {
  RETURN_IF_ERROR(CheckPath(directory));
  std::vector<std::string> names;
  int result = calls_->ListNames(std::string(directory), &names);
  if (result < 0) return FileError(-result, "list", directory);
  int removed = 0;
  for (const std::string& name : names) {
    if (!IsStaleTemporaryName(*calls_, name)) continue;
    const std::string path = JoinPath(directory, name);
    result = calls_->RemoveFile(path);
    if (result == -ENOENT) continue;
    if (result < 0) return FileError(-result, "remove", path);
    ++removed;
  }
  return removed;
}

}  // namespace culturemert
