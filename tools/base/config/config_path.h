// Paths into JSON and configurations: keys and list indices joined by dots,
// `pretraining.stages.1.passes`. A key that is empty or holds a dot, a quote,
// an equals sign, a backslash, a space or a control character is written as a
// JSON string: `weights."a.b".scale`.

#ifndef CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_PATH_H_
#define CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_PATH_H_

#include <string>

#include "absl/strings/string_view.h"

namespace culturemert {

// `parent` ("" for the root) extended by one key or index, quoted if need be.
std::string JoinConfigPath(absl::string_view parent, absl::string_view segment);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_PATH_H_
