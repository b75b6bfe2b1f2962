#include "tools/base/files/paths.h"

#include <cstdlib>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace culturemert {
namespace {

absl::string_view FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool HasNul(absl::string_view path) {
  return path.find('\0') != absl::string_view::npos;
}

bool StartsWithParent(absl::string_view clean_path) {
  return clean_path == ".." || absl::StartsWith(clean_path, "../");
}

}  // namespace

std::string JoinPath(absl::string_view first, absl::string_view second) {
  if (first.empty()) return std::string(second);
  while (absl::ConsumePrefix(&second, "/")) {
  }
  if (second.empty()) return std::string(first);
  while (absl::ConsumeSuffix(&first, "/")) {
  }
  return absl::StrCat(first, "/", second);
}

std::string Dirname(absl::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == absl::string_view::npos) return ".";
  absl::string_view directory = path.substr(0, slash);
  while (absl::ConsumeSuffix(&directory, "/")) {
  }
  return directory.empty() ? "/" : std::string(directory);
}

absl::string_view Basename(absl::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
}

std::string ResolveUserPath(absl::string_view path) {
  if (path.empty() || absl::StartsWith(path, "/")) return std::string(path);
  const absl::string_view home = FromEnvironment("HOME");
  if (!home.empty() && (path == "~" || absl::StartsWith(path, "~/"))) {
    return JoinPath(home, path.substr(1));
  }
  return JoinPath(FromEnvironment("BUILD_WORKING_DIRECTORY"), path);
}

std::string CleanPath(absl::string_view path) {
  const bool absolute = absl::StartsWith(path, "/");
  std::vector<absl::string_view> names;
  for (const absl::string_view name : absl::StrSplit(path, '/')) {
    if (name.empty() || name == ".") continue;
    if (name != "..") {
      names.push_back(name);
    } else if (!names.empty() && names.back() != "..") {
      names.pop_back();
    } else if (!absolute) {
      names.push_back(name);
    }
  }
  const std::string joined = absl::StrJoin(names, "/");
  if (absolute) return absl::StrCat("/", joined);
  return joined.empty() ? "." : joined;
}

bool IsInside(absl::string_view root, absl::string_view path) {
  if (HasNul(root) || HasNul(path)) return false;
  const std::string clean_root = CleanPath(root);
  const std::string clean_path = CleanPath(path);
  if (clean_path == clean_root) return false;
  if (clean_root == "/") return absl::StartsWith(clean_path, "/");
  if (clean_root == ".") {
    return !absl::StartsWith(clean_path, "/") && !StartsWithParent(clean_path);
  }
  // "../.." is above "..", not inside it.
  if (StartsWithParent(absl::StripPrefix(clean_path, clean_root + "/"))) {
    return false;
  }
  return absl::StartsWith(clean_path, clean_root + "/");
}

absl::StatusOr<std::string> JoinInside(absl::string_view root,
                                       absl::string_view relative) {
  const auto refuse = [&](absl::string_view reason) {
    return absl::InvalidArgumentError(
        absl::StrCat("the path \"", absl::CHexEscape(relative), "\" ", reason,
                     "; name a file below ", root));
  };
  if (relative.empty()) return refuse("is empty");
  if (absl::StartsWith(relative, "/")) return refuse("is absolute");
  if (HasNul(relative)) return refuse("holds a NUL byte");
  for (const absl::string_view name : absl::StrSplit(relative, '/')) {
    if (name == "..") return refuse("has a part \"..\"");
  }
  if (CleanPath(relative) == ".") return refuse("names the directory itself");
  return JoinPath(root, relative);
}

}  // namespace culturemert
