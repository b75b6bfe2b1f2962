// Where the processes that a run starts beside itself print to. Free of
// LibTorch.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_PROCESS_LOGS_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_PROCESS_LOGS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/base/files/files.h"

namespace culturemert {

// Makes a folder <output>/<kind>/<...> that no other run of the same output
// has, and returns it. Errors: those of `files`.
absl::StatusOr<std::string> MakeLogFolder(Files& files,
                                          absl::string_view output,
                                          absl::string_view kind);

// Removes a folder of MakeLogFolder with all it holds, and <output>/<kind> if
// that is empty then. Errors: those of `files`.
absl::Status RemoveLogFolder(Files& files, absl::string_view folder);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_PROCESS_LOGS_H_
