// Creates temporaries beside their targets. Internal to Files.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_TEMPORARY_FILE_H_
#define CULTUREMERT_TOOLS_BASE_FILES_TEMPORARY_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/base/files/descriptor.h"
#include "tools/base/files/system_calls.h"

namespace culturemert {

struct TemporaryFile {
  std::string path;
  Descriptor descriptor;  // to write
};

// A new, empty file in target's directory, under a name that no other process
// or thread uses. The caller removes it. `action` and `path` are for messages.
absl::StatusOr<TemporaryFile> CreateTemporary(SystemCalls& calls,
                                              absl::string_view target,
                                              std::uint32_t permissions,
                                              absl::string_view action,
                                              absl::string_view path);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_TEMPORARY_FILE_H_
