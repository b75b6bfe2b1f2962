#include "experiments/study/process_logs.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr int kAttempts = 3;

}  // namespace

absl::StatusOr<std::string> MakeLogFolder(Files& files,
                                          absl::string_view output,
                                          absl::string_view kind) {
  const std::string folder =
      JoinPath(JoinPath(output, kind),
               absl::StrCat(absl::ToUnixMicros(absl::Now()), "-", getpid()));
  absl::Status made;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    made = files.CreateDirectories(folder);
    // Another run that ends may take the empty folder above away meanwhile.
    if (!absl::IsNotFound(made)) break;
  }
  RETURN_IF_ERROR(made);
  return folder;
}

absl::Status RemoveLogFolder(Files& files, absl::string_view folder) {
  RETURN_IF_ERROR(files.RemoveTree(folder));
  const absl::Status removed = files.Remove(Dirname(folder));
  // Other runs have theirs in it, or one of them has removed it.
  const bool is_others =
      absl::IsFailedPrecondition(removed) || absl::IsNotFound(removed);
  return is_others ? absl::OkStatus() : removed;
}

}  // namespace culturemert
