// Errors of the operating system as absl::Status. Internal to Files.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_FILE_ERRORS_H_
#define CULTUREMERT_TOOLS_BASE_FILES_FILE_ERRORS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/base/files/system_calls.h"

namespace culturemert {

// "cannot <action> <path>: <reason>", what to do where that is not plain, and
// the code that files.h lists. error_number is positive, as in <cerrno>.
absl::Status FileError(int error_number, absl::string_view action,
                       absl::string_view path);

// The same for a failed write of a file of wanted_bytes in all; where the disk
// is full it says how much was wanted and how much is free.
absl::Status WriteError(SystemCalls& calls, int error_number,
                        absl::string_view path, std::uint64_t wanted_bytes);

// kInvalidArgument for what no path can be: empty, or with a NUL byte.
absl::Status CheckPath(absl::string_view path);

// kFailedPrecondition for all but regular files.
absl::Status CheckIsFile(FileKind kind, absl::string_view action,
                         absl::string_view path);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_FILE_ERRORS_H_
