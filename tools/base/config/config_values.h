// Reads, prints and checks values through their descriptions (config_type.h).
// Internal to the configuration library: use config.h.

#ifndef CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_VALUES_H_
#define CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_VALUES_H_

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "absl/strings/string_view.h"
#include "tools/base/config/config_problems.h"
#include "tools/base/config/config_type.h"
#include "tools/base/config/strict_json.h"

namespace culturemert {
namespace config_internal {

// Lays one layer's JSON over values. Objects merge key by key, into structs and
// into maps that a layer has given (a built-in default of a map is replaced); a
// list replaces the list there; null empties an optional. A value
// that is wrong in itself becomes a problem and is left as it was; the others
// are read all the same.
class Reader {
 public:
  // `locations` may be nullptr. All that is pointed to must outlive the reader.
  Reader(absl::string_view source, const JsonLocations* locations,
         ConfigProblems* problems, ConfigOrigins* origins);

  // `field` holds the restrictions on the scalars in the value.
  void Read(const nlohmann::json& json, const ConfigType& type,
            const ConfigField& field, void* value, const std::string& path);
  void ReadStruct(const nlohmann::json& json, const ConfigStructType& type,
                  void* value, const std::string& path);

 private:
  void ReadOptional(const nlohmann::json& json, const ConfigOptionalType& type,
                    const ConfigField& field, void* value,
                    const std::string& path);
  void ReadList(const nlohmann::json& json, const ConfigListType& type,
                const ConfigField& field, void* value, const std::string& path);
  void ReadMap(const nlohmann::json& json, const ConfigMapType& type,
               const ConfigField& field, void* value, const std::string& path);
  void ReadScalar(const nlohmann::json& json, const ConfigScalarType& type,
                  const ConfigField& field, void* value,
                  const std::string& path);
  void Refuse(const nlohmann::json& json, const ConfigType& type,
              const ConfigField& field, const std::string& path,
              absl::string_view hint = "");
  std::string Source(const std::string& path) const;

  const absl::string_view source_;
  const JsonLocations* const locations_;
  ConfigProblems* const problems_;
  ConfigOrigins* const origins_;
};

// Adds to `problems` what is wrong with a complete struct: values and sizes
// against their restrictions, missing required fields, and, in each struct
// without such problems, what its own checks report. Without `origins` (a
// struct filled by code) nothing is missing.
void CheckStruct(const ConfigStructType& type, const void* value,
                 const ConfigOrigins* origins, ConfigProblems* problems);

// Every field, in declaration order; an empty optional is null.
nlohmann::ordered_json WriteStruct(const ConfigStructType& type,
                                   const void* value);
nlohmann::ordered_json WriteValue(const ConfigType& type, const void* value);

}  // namespace config_internal
}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_VALUES_H_
