// The documentation of a configuration, made from its schema: help for the
// terminal, a reference page in Markdown, and the list of fields both walk.

#ifndef CULTUREMERT_TOOLS_BASE_CONFIG_REFERENCE_H_
#define CULTUREMERT_TOOLS_BASE_CONFIG_REFERENCE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/base/config/config_type.h"
#include "tools/base/config/schema.h"

namespace culturemert {

// One field at one place of a configuration.
struct ConfigEntry {
  // As in config_path.h, with `<index>` for the elements of a list and `<key>`
  // for those of a map: `stages.<index>.steps`.
  std::string path;
  // In the schema, which lives for ever.
  const ConfigField* field = nullptr;
  // Compact JSON of the default in a default-constructed struct (of an element:
  // in its own); "" for required fields, which have none.
  std::string default_text;
};

namespace config_internal {

std::vector<ConfigEntry> Entries(const ConfigStructType& type);
std::string Help(const ConfigStructType& type, int width);
std::string Reference(const ConfigStructType& type);

}  // namespace config_internal

// Every field of T, those of nested structs behind the field that holds them.
template <typename T>
std::vector<ConfigEntry> ConfigEntries() {
  return config_internal::Entries(SchemaOf<T>());
}

// Text for `--help`: for each field that holds no other fields its path, type,
// default, restrictions and unit, and its documentation below. Lines are at
// most `width` columns (at least 40 are taken), but for words that are longer.
template <typename T>
std::string ConfigHelp(int width) {
  return config_internal::Help(SchemaOf<T>(), width);
}

// A Markdown page: a section with a table for T and for each struct in it.
template <typename T>
std::string ConfigReference() {
  return config_internal::Reference(SchemaOf<T>());
}

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_CONFIG_REFERENCE_H_
