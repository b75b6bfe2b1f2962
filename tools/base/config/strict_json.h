// JSON read strictly (RFC 8259): what two readers could understand differently
// is an error, not a guess. Refused with kInvalidArgument, the message naming
// `source:line:column`, the path, what was found and what was expected:
// duplicate keys, anything behind the value, a byte order mark, ill-formed
// UTF-8 (in comments too), NUL bytes, unpaired surrogates, NaN and Infinity,
// integers that do not fit 64 bits, numbers beyond the range of a double at
// either end (1e999, 1e-999), and nesting deeper than the limit.
//
// Integers stay exact: int64 where negative, uint64 otherwise (`-0` is the
// integer 0). Numbers with a point or an exponent are doubles, rounded
// correctly whatever the locale.

#ifndef CULTUREMERT_TOOLS_BASE_CONFIG_STRICT_JSON_H_
#define CULTUREMERT_TOOLS_BASE_CONFIG_STRICT_JSON_H_

#include <cstddef>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace culturemert {

struct JsonOptions {
  // `// to the end of the line` and `/* … */`, wherever a space may stand.
  bool allow_comments = false;
  // Objects and lists inside one another; 1 allows `[1]` but not `[[1]]`.
  std::size_t max_depth = 64;
};

// Both count from one; columns count characters, not bytes.
struct JsonLocation {
  std::size_t line = 1;
  std::size_t column = 1;
};

// Where the key (of an object's member) or the value (of a list's element) at
// each path starts, under the paths of config_path.h; the root is "".
using JsonLocations = std::map<std::string, JsonLocation>;

// The one JSON value that `text` holds. `source` names it in errors: a file, or
// a file and a line of JSON Lines. Where `locations` is given it is replaced.
// (Callers include <nlohmann/json.hpp>; this header only declares the type.)
absl::StatusOr<nlohmann::json> ParseJson(absl::string_view text,
                                         absl::string_view source,
                                         const JsonOptions& options = {},
                                         JsonLocations* locations = nullptr);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_CONFIG_STRICT_JSON_H_
