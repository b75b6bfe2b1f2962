// Configurations as the part of a node that makes its key.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_NODE_JSON_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_NODE_JSON_H_

#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "tools/base/config/config.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

// Every field of `config`, defaults too.
template <typename T>
absl::StatusOr<nlohmann::json> JsonOfConfig(const T& config) {
  ASSIGN_OR_RETURN(const std::string text, CanonicalConfig(config));
  return ParseJson(text, "configuration");
}

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_NODE_JSON_H_
