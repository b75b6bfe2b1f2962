// culturemert data check: which data sets there are below the data root, what
// is missing of them, and how to get it.

#include "datasets/catalog/data_check.h"

#include <ostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "datasets/audio/audio_file.h"
#include "datasets/audio/audio_info.h"
#include "datasets/catalog/data_report.h"
#include "tools/base/files/files.h"
#include "tools/base/status/status_macros.h"
#include "tools/culturemert/command.h"
#include "tools/culturemert/common_flags.h"

namespace culturemert {
namespace {

absl::StatusOr<double> ReadDuration(Files& files, const std::string& path) {
  ASSIGN_OR_RETURN(const AudioInfo info, ReadAudioInfo(files, path));
  if (info.truncation.has_value()) {
    return absl::DataLossError(FormatTruncation(*info.truncation));
  }
  return info.seconds();
}

absl::Status RunDataCheck(const std::vector<std::string>& arguments,
                          std::ostream& out) {
  if (!arguments.empty()) {
    return UsageError(absl::StrCat("unexpected '", arguments.front(), "'"));
  }
  const std::string root = DataRoot();
  if (root.empty()) {
    return UsageError(
        "no data root: name the folder of your data sets with --data_root=DIR "
        "or CULTUREMERT_DATA_ROOT");
  }
  ASSIGN_OR_RETURN(const DataFindings findings,
                   CheckData(Files::Real(), root, absl::GetFlag(FLAGS_dataset),
                             &ReadDuration));
  out << FormatDataFindings(findings);
  const std::size_t damaged = CountDamaged(findings);
  if (damaged == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(damaged, damaged == 1 ? " data set is" : " data sets are",
                   " incomplete or unreadable"));
}

const bool registered =
    RegisterCommand({"data check",
                     "shows which data sets are there and what is missing",
                     "[--data_root=DIR] [--dataset=NAME]",
                     {"data_root", "dataset"},
                     &RunDataCheck});

}  // namespace
}  // namespace culturemert
