#include "tests/parity/case_folder.h"

#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/files/files.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

absl::StatusOr<nlohmann::json> ReadJson(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, Files::Real().Read(path));
  return ParseJson(text, path);
}

}  // namespace

std::string CaseFolder(absl::string_view part) {
  const char* folder = std::getenv("CULTUREMERT_PARITY_CASES");
  if (folder != nullptr && folder[0] != '\0') {
    return absl::StrCat(folder, "/", part);
  }
  return absl::StrCat("tests/parity/golden/", part);
}

nlohmann::json ReadCase(absl::string_view folder) {
  return ReadCaseFile(folder, "case.json");
}

nlohmann::json ReadCaseFile(absl::string_view folder, absl::string_view name) {
  absl::StatusOr<nlohmann::json> json =
      ReadJson(absl::StrCat(folder, "/", name));
  if (!json.ok()) {
    std::cerr << json.status().message() << "\n";
    std::abort();
  }
  return *std::move(json);
}

}  // namespace culturemert
