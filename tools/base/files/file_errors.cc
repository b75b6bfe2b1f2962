#include "tools/base/files/file_errors.h"

#include <cerrno>
#include <string>
#include <system_error>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace culturemert {
namespace {

// Abseil's mapping, but for errors of the disk (kUnknown there), and for what
// the caller's paths lead to rather than a bug in the call.
absl::StatusCode CodeOf(int error_number) {
  switch (error_number) {
    case EIO:
      return absl::StatusCode::kDataLoss;
    case EISDIR:
    case ENOTDIR:
    case ENOTEMPTY:
    case ELOOP:
    case ENXIO:
    case ETXTBSY:
    case EBUSY:
      return absl::StatusCode::kFailedPrecondition;
    case ENAMETOOLONG:
    case EXDEV:
      return absl::StatusCode::kInvalidArgument;
    default:
      return absl::ErrnoToStatusCode(error_number);
  }
}

absl::string_view AdviceFor(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
      return "; free some space or choose a directory on another disk";
    case EIO:
      return "; the disk or the network file system reports an error: see the "
             "system's log";
    case EMFILE:
      return "; raise the limit with ulimit -n";
    case EROFS:
      return "; choose a directory that can be written to";
    case EXDEV:
      return "; choose a place in the same file system";
    default:
      return "";
  }
}

std::string Message(int error_number, absl::string_view action,
                    absl::string_view path) {
  return absl::StrCat("cannot ", action, " ", path, ": ",
                      std::generic_category().message(error_number));
}

}  // namespace

absl::Status FileError(int error_number, absl::string_view action,
                       absl::string_view path) {
  return absl::Status(CodeOf(error_number),
                      absl::StrCat(Message(error_number, action, path),
                                   AdviceFor(error_number)));
}

absl::Status WriteError(SystemCalls& calls, int error_number,
                        absl::string_view path, std::uint64_t wanted_bytes) {
  if (error_number != ENOSPC && error_number != EDQUOT) {
    return FileError(error_number, "write", path);
  }
  const std::string path_string(path);
  const std::size_t slash = path_string.rfind('/');
  const std::string directory =
      slash == std::string::npos ? "." : path_string.substr(0, slash + 1);
  std::uint64_t free_bytes = 0;
  std::string free = "an unknown number of";
  if (calls.FreeSpace(directory, &free_bytes) >= 0) {
    free = absl::StrCat(free_bytes);
  }
  return absl::Status(
      CodeOf(error_number),
      absl::StrCat(Message(error_number, "write", path), ": ", wanted_bytes,
                   " bytes were to be written, ", free, " bytes are free",
                   AdviceFor(error_number)));
}

absl::Status CheckPath(absl::string_view path) {
  if (path.empty()) {
    return absl::InvalidArgumentError(
        "a path is empty; name a file or directory");
  }
  if (path.find('\0') != absl::string_view::npos) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the path \"", absl::CHexEscape(path), "\" holds a NUL byte"));
  }
  return absl::OkStatus();
}

absl::Status CheckIsFile(FileKind kind, absl::string_view action,
                         absl::string_view path) {
  switch (kind) {
    case FileKind::kFile:
      return absl::OkStatus();
    case FileKind::kDirectory:
      return FileError(EISDIR, action, path);
    default:
      return absl::FailedPreconditionError(
          absl::StrCat("cannot ", action, " ", path,
                       ": it is a device, a pipe or a socket; name a file"));
  }
}

}  // namespace culturemert
