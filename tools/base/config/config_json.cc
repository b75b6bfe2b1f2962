#include "tools/base/config/config_json.h"

#include "tools/base/config/config_problems.h"
#include "tools/base/config/config_values.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace config_internal {

absl::StatusOr<nlohmann::ordered_json> ToJson(const ConfigStructType& type,
                                              const void* value) {
  ConfigProblems problems;
  CheckStruct(type, value, nullptr, &problems);
  RETURN_IF_ERROR(problems.ToStatus());
  return WriteStruct(type, value);
}

}  // namespace config_internal
}  // namespace culturemert
