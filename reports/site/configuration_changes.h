// In which settings two configurations differ.

#ifndef CULTUREMERT_REPORTS_SITE_CONFIGURATION_CHANGES_H_
#define CULTUREMERT_REPORTS_SITE_CONFIGURATION_CHANGES_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace culturemert {

struct ConfigurationChange {
  std::string path;   // As in tools/base/config/config_path.h.
  std::string there;  // Compact JSON; empty where the setting is missing.
  std::string here;
};

// By path. Objects are compared member by member, lists as a whole.
std::vector<ConfigurationChange> ConfigurationChanges(
    const nlohmann::json& there, const nlohmann::json& here);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_SITE_CONFIGURATION_CHANGES_H_
