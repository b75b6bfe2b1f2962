// Properties that fuzz targets check.

#ifndef CULTUREMERT_TESTS_FUZZ_CATALOG_FUZZ_CHECK_H_
#define CULTUREMERT_TESTS_FUZZ_CATALOG_FUZZ_CHECK_H_

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace culturemert {

inline void Check(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", property);
  std::abort();
}

// An error is about the text and names its source.
inline void CheckError(const absl::Status& status, absl::string_view source) {
  Check(absl::IsInvalidArgument(status), "an error is kInvalidArgument");
  Check(absl::StartsWith(status.message(), source), "an error names its file");
}

inline absl::string_view Text(const std::uint8_t* data, std::size_t size) {
  return absl::string_view(reinterpret_cast<const char*>(data), size);
}

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_FUZZ_CATALOG_FUZZ_CHECK_H_
