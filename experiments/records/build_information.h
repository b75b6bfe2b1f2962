// What this program was built from and with, and what machine it runs on.

#ifndef CULTUREMERT_EXPERIMENTS_RECORDS_BUILD_INFORMATION_H_
#define CULTUREMERT_EXPERIMENTS_RECORDS_BUILD_INFORMATION_H_

#include <string>

#include "absl/strings/string_view.h"
#include "experiments/records/record.h"
#include "tools/base/files/files.h"

namespace culturemert {

// The commit of the workspace at the build, as workspace_status.sh of this
// folder told Bazel (--workspace_status_command); "unknown" without it.
CodeVersion BuiltFrom();

// "g++ 12.2.0, C++17, optimised"
std::string CompilerName();

// The compiler, the processor ("unknown" where /proc/cpuinfo does not say) and
// the memory; the rest is for the caller to fill.
RecordEnvironment ThisEnvironment(Files& files);

namespace record_internal {

// The first "model name" of a text as /proc/cpuinfo; "unknown" without one.
std::string CpuModel(absl::string_view cpu_info);

// The version in Bazel's stable status: lines of a key, a space and a value.
CodeVersion ParseBuildStatus(absl::string_view status);

}  // namespace record_internal
}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_RECORDS_BUILD_INFORMATION_H_
