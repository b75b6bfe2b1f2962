// Names of the temporaries that atomic writes and locks make beside their
// targets:
//
//   .<target's name, at most 100
//   bytes>.<place>-<boot>-<pid>-<start>-<number>.tmp
//
// place (host and pid namespace) and boot are hashes of 16 hexadecimal digits,
// the rest are decimal: enough to tell whether the writer still lives.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_TEMPORARY_NAMES_H_
#define CULTUREMERT_TOOLS_BASE_FILES_TEMPORARY_NAMES_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "tools/base/files/system_calls.h"

namespace culturemert {

// At most 255 bytes, which every file system takes. `number` tells the
// temporaries of one process apart.
std::string TemporaryName(absl::string_view target_name,
                          const ProcessIdentity& writer, std::uint64_t number);

// Whether the name (without directory) is one that TemporaryName makes.
bool IsTemporaryName(absl::string_view name);

// Whether the name is a temporary's whose writer is certainly dead.
bool IsStaleTemporaryName(SystemCalls& calls, absl::string_view name);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_TEMPORARY_NAMES_H_
