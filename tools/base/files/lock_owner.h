// The text of a lock's file; file_lock.h shows it.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_LOCK_OWNER_H_
#define CULTUREMERT_TOOLS_BASE_FILES_LOCK_OWNER_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/base/files/system_calls.h"

namespace culturemert {

struct LockOwner {
  ProcessIdentity process;
  std::int64_t since_seconds = 0;  // seconds since 1970-01-01 UTC
  std::uint64_t number = 0;        // tells the locks of one process apart
};

// No file with a lock's text is larger; a larger one is no lock.
constexpr std::uint64_t kMaxLockBytes = 4096;

// Control characters in names become "?", names are cut at 512 bytes.
std::string FormatLockOwner(const LockOwner& owner);

// kFailedPrecondition, with the line and what was expected there, for any text
// but FormatLockOwner's.
absl::StatusOr<LockOwner> ParseLockOwner(absl::string_view text);

// "process 123 on host a since 2026-01-31T12:00:00Z".
std::string DescribeLockOwner(const LockOwner& owner);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_LOCK_OWNER_H_
