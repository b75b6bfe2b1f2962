#include "reports/site/configuration_changes.h"

#include <nlohmann/json.hpp>

#include "tools/base/config/config_path.h"

namespace culturemert {
namespace {

using ::nlohmann::json;

std::string TextOf(const json* value) {
  if (value == nullptr) return "";
  return value->dump(-1, ' ', false, json::error_handler_t::replace);
}

void AddChange(const std::string& path, const json* there, const json* here,
               std::vector<ConfigurationChange>* changes);

// Both are objects, whose members nlohmann::json keeps sorted.
void AddChangesOfMembers(const std::string& path, const json& there,
                         const json& here,
                         std::vector<ConfigurationChange>* changes) {
  auto a = there.begin();
  auto b = here.begin();
  while (a != there.end() || b != here.end()) {
    const bool has_a =
        a != there.end() && (b == here.end() || a.key() <= b.key());
    const bool has_b =
        b != here.end() && (a == there.end() || b.key() <= a.key());
    const std::string& key = has_a ? a.key() : b.key();
    const json* const in_there = has_a ? &*a : nullptr;
    const json* const in_here = has_b ? &*b : nullptr;
    if (!has_a || !has_b || *in_there != *in_here) {
      AddChange(JoinConfigPath(path, key), in_there, in_here, changes);
    }
    if (has_a) ++a;
    if (has_b) ++b;
  }
}

void AddChange(const std::string& path, const json* there, const json* here,
               std::vector<ConfigurationChange>* changes) {
  if (there != nullptr && here != nullptr && there->is_object() &&
      here->is_object()) {
    AddChangesOfMembers(path, *there, *here, changes);
  } else {
    changes->push_back({path, TextOf(there), TextOf(here)});
  }
}

}  // namespace

std::vector<ConfigurationChange> ConfigurationChanges(const json& there,
                                                      const json& here) {
  std::vector<ConfigurationChange> changes;
  if (there != here) AddChange("", &there, &here, &changes);
  return changes;
}

}  // namespace culturemert
