#include "experiments/artifacts/peak_memory.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "tools/base/files/files.h"

namespace culturemert {
namespace {

constexpr char kResetPeak[] = "5";  // proc(5): resets VmHWM.
constexpr std::uint64_t kBytesPerKilobyte = 1024;

}  // namespace

void ResetPeakMemory() {
  const absl::StatusOr<std::unique_ptr<AppendableFile>> file =
      Files::Real().OpenToAppend("/proc/self/clear_refs");
  if (!file.ok()) return;
  (*file)->Append(kResetPeak).IgnoreError();
  (*file)->Close().IgnoreError();
}

std::uint64_t PeakMemoryBytes() {
  const absl::StatusOr<std::string> status =
      Files::Real().Read("/proc/self/status");
  if (!status.ok()) return 0;
  const std::vector<absl::string_view> lines = absl::StrSplit(*status, '\n');
  for (absl::string_view line : lines) {
    std::uint64_t kilobytes = 0;
    if (absl::ConsumePrefix(&line, "VmHWM:") &&
        absl::ConsumeSuffix(&line, "kB") &&
        absl::SimpleAtoi(line, &kilobytes)) {
      return kilobytes * kBytesPerKilobyte;
    }
  }
  return 0;
}

}  // namespace culturemert
