// Paths as text: "/" separates, no file is looked at.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_PATHS_H_
#define CULTUREMERT_TOOLS_BASE_FILES_PATHS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace culturemert {

// The parts with exactly one "/" between them; empty parts are left out. A
// second part that starts with "/" goes below the first all the same:
// JoinPath("a", "/b") is "a/b".
std::string JoinPath(absl::string_view first, absl::string_view second);

template <typename... More>
std::string JoinPath(absl::string_view first, absl::string_view second,
                     const More&... more) {
  return JoinPath(JoinPath(first, second), more...);
}

// What comes before the last name: "a/b" → "a", "a" → ".", "/a" → "/",
// "a/b/" → "a/b". Never empty.
std::string Dirname(absl::string_view path);

// What comes after the last "/": "a/b" → "b", "a/" → "".
absl::string_view Basename(absl::string_view path);

// The path as the user means it. "~" and "~/x" are below $HOME. Relative paths
// are relative to $BUILD_WORKING_DIRECTORY, the user's directory, which
// `bazel run` sets before it starts a program elsewhere; without it they stay
// as they are. Empty stays empty.
std::string ResolveUserPath(absl::string_view path);

// Without ".", needless "/" and, where a name is before it, "..":
// "a/./b//../c/" → "a/c", "" and "a/.." → ".", "/.." → "/", "../a" → "../a".
// With symbolic links in the path, "x/.." may be elsewhere for the system.
std::string CleanPath(absl::string_view path);

// Whether `path`, as text, names something below `root` (not root itself), both
// absolute or both relative to the same directory; "." and ".." are taken away
// first. False if either holds a NUL byte.
bool IsInside(absl::string_view root, absl::string_view path);

// JoinPath(root, relative) for a `relative` that comes from a file or a user
// and must not lead out of root. kInvalidArgument, with the reason, if it is
// empty, absolute, has a part ".." or a NUL byte. Symbolic links are not looked
// at.
absl::StatusOr<std::string> JoinInside(absl::string_view root,
                                       absl::string_view relative);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_PATHS_H_
