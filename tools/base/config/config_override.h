// One value set by hand: `pretraining.stages.1.passes=3`.
// Internal to the configuration library: use config.h, which says what is
// allowed.

#ifndef CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_OVERRIDE_H_
#define CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_OVERRIDE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/base/config/config_problems.h"
#include "tools/base/config/config_type.h"

namespace culturemert {
namespace config_internal {

// The keys and indices of a path as config_path.h writes it.
absl::StatusOr<std::vector<std::string>> SplitPath(absl::string_view path);

// Carries out `assignment` on the struct at `value`.
void ApplyOverride(absl::string_view assignment, const ConfigStructType& type,
                   void* value, ConfigProblems* problems,
                   ConfigOrigins* origins);

// The paths of every field of the struct at `value`, its lists and maps as long
// as they are.
std::vector<std::string> AllPaths(const ConfigStructType& type,
                                  const void* value);

}  // namespace config_internal
}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_OVERRIDE_H_
