#include "experiments/records/build_information.h"

#include <sys/sysinfo.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "experiments/records/build_status.h"

namespace culturemert {

CodeVersion BuiltFrom() {
  return record_internal::ParseBuildStatus(record_internal::kBuildStatus);
}

std::string CompilerName() {
  return absl::StrCat(
#ifdef __clang__
      "clang ",
#else
      "g++ ",
#endif
      __VERSION__, ", C++", __cplusplus / 100 % 100,
#ifdef NDEBUG
      ", optimised"
#else
      ", with assertions"
#endif
  );
}

RecordEnvironment ThisEnvironment(Files& files) {
  RecordEnvironment environment;
  environment.compiler = CompilerName();
  environment.cpu_model =
      record_internal::CpuModel(files.Read("/proc/cpuinfo").value_or(""));
  struct sysinfo memory;
  if (sysinfo(&memory) == 0) {
    environment.memory_bytes =
        static_cast<std::uint64_t>(memory.totalram) * memory.mem_unit;
  }
  return environment;
}

namespace record_internal {

std::string CpuModel(absl::string_view cpu_info) {
  for (absl::string_view line : absl::StrSplit(cpu_info, '\n')) {
    const std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    if (absl::StripAsciiWhitespace(field.first) == "model name") {
      return std::string(absl::StripAsciiWhitespace(field.second));
    }
  }
  return "unknown";
}

CodeVersion ParseBuildStatus(absl::string_view status) {
  CodeVersion version;
  version.commit = "unknown";
  for (absl::string_view line : absl::StrSplit(status, '\n')) {
    if (absl::ConsumePrefix(&line, "STABLE_CULTUREMERT_COMMIT ")) {
      version.commit = std::string(absl::StripAsciiWhitespace(line));
    } else if (absl::ConsumePrefix(&line, "STABLE_CULTUREMERT_DIRTY ")) {
      version.dirty = absl::StripAsciiWhitespace(line) == "1";
    }
  }
  return version;
}

}  // namespace record_internal
}  // namespace culturemert
