// Configurations: C++ structs filled from JSON in layers, every value checked.
//
// A struct that describes itself (schema.h has the complete example) is loaded,
// printed and documented without a further line:
//
//   absl::StatusOr<StageConfig> stage =
//       ConfigLoader<StageConfig>()
//           .AddText(profile_text, "profiles/mini.json")
//           .AddText(experiment_text, "experiments/configs/forgetting.json")
//           .Set("peak_learning_rate=1e-4")
//           .Set("decay=linear")
//           .Build();
//   if (!stage.ok()) …   // experiments/configs/forgetting.json:3:3: step:
//                        // unknown key in StageConfig (did you mean "steps"?)
//   ASSIGN_OR_RETURN(const std::string text, PrintConfig(*stage));
//   std::cout << ConfigHelp<StageConfig>(/*width=*/80);      // reference.h
//
// Layers. Each later layer goes over the earlier ones; the first is the
// struct's own defaults. Objects merge key by key; lists and scalars replace. A
// map merges with what earlier layers gave, but replaces its built-in default:
// so a layer can add keys and cannot remove them, and a printed configuration,
// read as the only layer, is the same again. A new element of a list or map
// starts from the defaults of its type. Every layer must be right in itself,
// also where a later one overrides it.
//
// JSON is read strictly (strict_json.h), with comments. Beyond that:
//   * a key that is no field is an error that names the nearest field;
//   * nothing is converted: true is not 1 and "5" is not 5. A double takes any
//     number. An integer takes only integers without point and exponent: 1.0
//     and 1e3 are refused, with the hint to write 1 and 1000;
//   * null stands for an empty std::optional and for nothing else;
//   * each value must keep the restrictions of its field, and each struct those
//     of its checks.
//
// Errors are kInvalidArgument and show every problem found (the first 20, and
// how many more), each as `source:line:column: path: what was expected, found,
// and probably meant`. A text that is no JSON shows its first defect.

#ifndef CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_H_
#define CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/base/config/config_problems.h"
#include "tools/base/config/config_type.h"
#include "tools/base/config/schema.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace config_internal {

// ConfigLoader without the type.
class Loader {
 public:
  Loader(const ConfigStructType& type, void* value)
      : type_(type), value_(value) {}
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  void AddText(absl::string_view text, absl::string_view source);
  void AddJson(const nlohmann::json& json, absl::string_view source);
  void Set(absl::string_view assignment);
  absl::Status Finish() const;
  std::string Provenance(absl::string_view path) const;
  std::string Explain() const;

 private:
  const ConfigStructType& type_;
  void* const value_;
  ConfigProblems problems_;
  ConfigOrigins origins_;
  // A layer that could not be read at all leaves nothing to check.
  bool unreadable_ = false;
};

absl::Status Validate(const ConfigStructType& type, const void* value);
absl::StatusOr<std::string> Print(const ConfigStructType& type,
                                  const void* value);
absl::StatusOr<std::string> PrintCanonically(const ConfigStructType& type,
                                             const void* value);

}  // namespace config_internal

// Lays layers over the defaults of T, in the order of the calls; problems wait
// for Build, which reports those of all layers. Not thread-safe.
template <typename T>
class ConfigLoader {
 public:
  ConfigLoader() : ConfigLoader(T()) {}
  // Starts from `defaults` instead of T's own.
  explicit ConfigLoader(T defaults)
      : config_(std::move(defaults)), loader_(SchemaOf<T>(), &config_) {}
  ConfigLoader(const ConfigLoader&) = delete;
  ConfigLoader& operator=(const ConfigLoader&) = delete;

  // A layer from JSON text, comments allowed. `source`, for instance the name
  // of the file, is what errors and provenance call it.
  ConfigLoader& AddText(absl::string_view text, absl::string_view source) {
    loader_.AddText(text, source);
    return *this;
  }

  // A layer from JSON that has been parsed already, by ParseJson.
  ConfigLoader& AddJson(const nlohmann::json& json, absl::string_view source) {
    loader_.AddJson(json, source);
    return *this;
  }

  // Sets one value, `path=value`. The path names fields, keys of maps (new ones
  // too; in double quotes if they hold a dot, an equals sign, a space …:
  // `weights."a.b"=2`) and indices of lists, which must exist: a list is
  // lengthened only by setting it as a whole. On its way it fills an empty
  // optional. The value is JSON, which replaces or merges as in a file; where
  // the field is a string or a name, text that does not start with a double
  // quote stands for itself (`name=abc`, `name=12`), except that null empties
  // an optional one. Of two calls for one path the later wins.
  ConfigLoader& Set(absl::string_view assignment) {
    loader_.Set(assignment);
    return *this;
  }

  // The effective configuration, if there is no problem in any layer, no
  // required field is missing and all checks are content.
  absl::StatusOr<T> Build() const {
    RETURN_IF_ERROR(loader_.Finish());
    return config_;
  }

  // Where the value at `path` was given last: "mini.json:3:5",
  // "--set steps=3", or "built-in default", also for a path that does not
  // exist.
  std::string Provenance(absl::string_view path) const {
    return loader_.Provenance(path);
  }

  // Every field that holds no other fields, a line each: its path, effective
  // value and provenance, `steps = 3  (--set steps=3)`.
  std::string Explain() const { return loader_.Explain(); }

 private:
  T config_;
  config_internal::Loader loader_;
};

// A configuration of one layer.
template <typename T>
absl::StatusOr<T> ParseConfig(absl::string_view text,
                              absl::string_view source) {
  return ConfigLoader<T>().AddText(text, source).Build();
}

// Checks a struct that code has filled as Build would, but for required fields.
template <typename T>
absl::Status ValidateConfig(const T& config) {
  return config_internal::Validate(SchemaOf<T>(), &config);
}

// For people: indented JSON with every field in declaration order and a line
// feed at the end. ParseConfig gives back the same values bit for bit. All
// printing functions refuse what ValidateConfig refuses.
template <typename T>
absl::StatusOr<std::string> PrintConfig(const T& config) {
  return config_internal::Print(SchemaOf<T>(), &config);
}

// For hashing: compact canonical JSON (canonical_json.h) with every field, so
// that equal configurations have equal bytes however they were written.
template <typename T>
absl::StatusOr<std::string> CanonicalConfig(const T& config) {
  return config_internal::PrintCanonically(SchemaOf<T>(), &config);
}

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_H_
