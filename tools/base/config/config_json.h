// A configuration as a JSON value, to be part of a larger one. Apart from
// config.h because it needs all of nlohmann/json.hpp, which compiles slowly.

#ifndef CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_JSON_H_
#define CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_JSON_H_

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "tools/base/config/config_type.h"
#include "tools/base/config/schema.h"

namespace culturemert {
namespace config_internal {

absl::StatusOr<nlohmann::ordered_json> ToJson(const ConfigStructType& type,
                                              const void* value);

}  // namespace config_internal

// Every field, in declaration order; kInvalidArgument for what ValidateConfig
// (config.h) refuses.
template <typename T>
absl::StatusOr<nlohmann::ordered_json> ConfigToJson(const T& config) {
  return config_internal::ToJson(SchemaOf<T>(), &config);
}

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_JSON_H_
