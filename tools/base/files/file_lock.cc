#include "tools/base/files/file_lock.h"

#include <atomic>
#include <cerrno>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/base/files/buffered_writer.h"
#include "tools/base/files/descriptor.h"
#include "tools/base/files/file_errors.h"
#include "tools/base/files/lock_owner.h"
#include "tools/base/files/process_identity.h"
#include "tools/base/files/temporary_file.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr absl::string_view kAction = "lock";
constexpr std::uint32_t kLockPermissions = 0644;
// Each further try follows another process's change of the lock.
constexpr int kMaxTries = 1000;

enum class Outcome { kTaken, kTryAgain };

LockOwner NewOwner(SystemCalls& calls) {
  static std::atomic<std::uint64_t> next_number{0};
  return {calls.ThisProcess(), calls.NowSeconds(), next_number.fetch_add(1)};
}

// A file beside the lock with its text, to be linked or renamed in place.
absl::StatusOr<std::string> WriteTemporary(SystemCalls& calls,
                                           absl::string_view path,
                                           absl::string_view text) {
  ASSIGN_OR_RETURN(
      TemporaryFile temporary,
      CreateTemporary(calls, path, kLockPermissions, kAction, path));
  BufferedWriter writer(calls, temporary.descriptor.Release(),
                        std::string(path));
  absl::Status status = writer.Append(text);
  if (status.ok()) status = writer.Sync();
  status.Update(writer.Close());
  if (!status.ok()) {
    calls.RemoveFile(temporary.path);
    return status;
  }
  return std::move(temporary.path);
}

// A file server may carry out a link and lose the answer: the temporary's
// second name tells (see open(2) on O_EXCL).
int LinkInPlace(SystemCalls& calls, const std::string& temporary,
                const std::string& path) {
  const int result = calls.Link(temporary, path);
  if (result >= 0) return 0;
  FileStatus status;
  const bool linked =
      calls.PathStatus(temporary, LinkHandling::kDoNotFollow, &status) >= 0 &&
      status.link_count == 2;
  return linked ? 0 : result;
}

absl::Status LinkError(int error_number, absl::string_view path) {
  if (error_number == EPERM || error_number == EOPNOTSUPP ||
      error_number == ENOSYS) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot lock ", path,
                     ": its file system has no hard links, which locks need; "
                     "choose a directory on another one"));
  }
  return FileError(error_number, kAction, path);
}

absl::Status HeldError(SystemCalls& calls, const LockOwner& owner,
                       absl::string_view path) {
  const ProcessIdentity self = calls.ThisProcess();
  const bool other_host = owner.process.host != self.host;
  return absl::UnavailableError(absl::StrCat(
      "cannot lock ", path, ": ", DescribeLockOwner(owner), " holds it; ",
      other_host ? absl::StrCat("whether that process lives cannot be told "
                                "from host ",
                                self.host, ": if it does not,")
                 : "wait for it to end, or, if it is certain that it lives no "
                   "more,",
      " remove the file ", path));
}

absl::Status DamagedError(const absl::Status& why, absl::string_view path) {
  return absl::FailedPreconditionError(
      absl::StrCat("cannot lock ", path,
                   ": the file there is not a whole lock (", why.message(),
                   "), so who holds it cannot be told; if nothing else is at "
                   "work there, remove the file ",
                   path));
}

// Replaces the stale lock that `file` is open on, if the path still leads to
// it; file_lock.h says why this way.
absl::StatusOr<Outcome> TakeOver(SystemCalls& calls, const OpenFile& file,
                                 const std::string& temporary,
                                 const std::string& path) {
  const int descriptor = file.descriptor.number();
  const int locked =
      RetryInterrupted([&] { return calls.LockDescriptor(descriptor); });
  if (locked == -EWOULDBLOCK) {
    return absl::UnavailableError(absl::StrCat(
        "cannot lock ", path, ": another process is just taking it over"));
  }
  if (locked < 0) {
    const absl::Status error =
        FileError(-locked, "take over the stale lock", path);
    return absl::Status(
        error.code(),
        absl::StrCat(error.message(), "; remove the file by hand"));
  }
  // Closing would not end it while a child forked meanwhile has the descriptor.
  const absl::Cleanup unlock = [&] { calls.UnlockDescriptor(descriptor); };
  FileStatus now;
  const int found = calls.PathStatus(path, LinkHandling::kFollow, &now);
  if (found == -ENOENT) return Outcome::kTryAgain;
  if (found < 0) return FileError(-found, kAction, path);
  if (now.device != file.status.device || now.inode != file.status.inode) {
    return Outcome::kTryAgain;
  }
  const int renamed = calls.Rename(temporary, path);
  if (renamed < 0) return FileError(-renamed, kAction, path);
  return Outcome::kTaken;
}

// What to do about the lock that is there already.
absl::StatusOr<Outcome> FaceExisting(SystemCalls& calls,
                                     const std::string& temporary,
                                     const std::string& path) {
  const absl::StatusOr<OpenFile> file = OpenToRead(calls, kAction, path);
  if (absl::IsNotFound(file.status())) return Outcome::kTryAgain;
  RETURN_IF_ERROR(file);
  const absl::StatusOr<std::string> text =
      ReadToEnd(calls, file->descriptor.number(), path, file->status.size_bytes,
                kMaxLockBytes);
  if (absl::IsResourceExhausted(text.status())) {
    return DamagedError(text.status(), path);
  }
  RETURN_IF_ERROR(text);
  const absl::StatusOr<LockOwner> owner = ParseLockOwner(*text);
  if (!owner.ok()) return DamagedError(owner.status(), path);
  if (!IsKnownDead(calls, owner->process))
    return HeldError(calls, *owner, path);
  return TakeOver(calls, *file, temporary, path);
}

absl::Status TakeWith(SystemCalls& calls, const std::string& temporary,
                      const std::string& path) {
  for (int i = 0; i < kMaxTries; ++i) {
    const int linked = LinkInPlace(calls, temporary, path);
    if (linked == 0) return absl::OkStatus();
    if (linked != -EEXIST) return LinkError(-linked, path);
    ASSIGN_OR_RETURN(const Outcome outcome,
                     FaceExisting(calls, temporary, path));
    if (outcome == Outcome::kTaken) return absl::OkStatus();
  }
  return absl::UnavailableError(
      absl::StrCat("cannot lock ", path,
                   ": it changes all the time; other processes take it and "
                   "give it back, so try again later"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<FileLock>> FileLock::Acquire(
    SystemCalls& calls, absl::string_view path) {
  RETURN_IF_ERROR(CheckPath(path));
  std::string path_string(path);
  const LockOwner owner = NewOwner(calls);
  std::string text = FormatLockOwner(owner);
  ASSIGN_OR_RETURN(const std::string temporary,
                   WriteTemporary(calls, path, text));
  const absl::Status taken = TakeWith(calls, temporary, path_string);
  calls.RemoveFile(temporary);
  RETURN_IF_ERROR(taken);
  return absl::WrapUnique(new FileLock(calls, std::move(path_string),
                                       std::move(text), owner.process.pid));
}

FileLock::FileLock(SystemCalls& calls, std::string path, std::string text,
                   std::int64_t pid)
    : calls_(calls),
      path_(std::move(path)),
      text_(std::move(text)),
      pid_(pid) {}

FileLock::~FileLock() {
  if (calls_.ThisProcess().pid != pid_) return;
  const absl::StatusOr<OpenFile> file = OpenToRead(calls_, "unlock", path_);
  if (!file.ok()) return;
  const absl::StatusOr<std::string> text =
      ReadToEnd(calls_, file->descriptor.number(), path_,
                file->status.size_bytes, kMaxLockBytes);
  if (text.ok() && *text == text_) calls_.RemoveFile(path_);
}

}  // namespace culturemert
