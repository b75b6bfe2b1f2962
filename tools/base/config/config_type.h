// What the configuration library knows of a C++ type once the type itself is
// erased: how to get at the value's parts. schema.h makes these descriptions
// from member pointers; reading, printing, checking and the reference pages
// work on them alone, so that they are compiled once and not once a struct.
//
// Every `void*` points to a value of the C++ type the description stands for.

#ifndef CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_TYPE_H_
#define CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_TYPE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace culturemert {

enum class ConfigKind {
  kBool,
  kInteger,   // int, std::int64_t
  kUnsigned,  // std::uint64_t
  kDouble,
  kString,
  kEnum,  // its scalars are the names
  kOptional,
  kList,
  kMap,
  kStruct,
};

using ConfigScalar =
    std::variant<bool, std::int64_t, std::uint64_t, double, std::string>;

class ConfigType {
 public:
  explicit ConfigType(ConfigKind kind) : kind_(kind) {}
  virtual ~ConfigType() = default;
  ConfigType(const ConfigType&) = delete;
  ConfigType& operator=(const ConfigType&) = delete;

  ConfigKind kind() const { return kind_; }

 private:
  const ConfigKind kind_;
};

// kBool to kEnum.
class ConfigScalarType : public ConfigType {
 public:
  using ConfigType::ConfigType;

  virtual ConfigScalar Get(const void* value) const = 0;
  // `scalar` holds the alternative that Get returns; an integer lies within the
  // limits below, a name among the names.
  virtual void Set(void* value, const ConfigScalar& scalar) const = 0;

  // Of kInteger: what the C++ type can hold.
  std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  std::int64_t highest = std::numeric_limits<std::int64_t>::max();
  // Of kEnum: every name, in declaration order.
  std::vector<std::string> names;
};

// What holds values of one other type: kOptional, kList, kMap.
class ConfigContainerType : public ConfigType {
 public:
  ConfigContainerType(ConfigKind kind, const ConfigType& element)
      : ConfigType(kind), element_(element) {}

  const ConfigType& element() const { return element_; }

 private:
  const ConfigType& element_;
};

class ConfigOptionalType : public ConfigContainerType {
 public:
  explicit ConfigOptionalType(const ConfigType& element)
      : ConfigContainerType(ConfigKind::kOptional, element) {}

  // The value inside; nullptr if there is none.
  virtual const void* Get(const void* optional) const = 0;
  // The value inside, made with its defaults if there was none.
  virtual void* GetOrMake(void* optional) const = 0;
  virtual void Reset(void* optional) const = 0;
};

class ConfigListType : public ConfigContainerType {
 public:
  explicit ConfigListType(const ConfigType& element)
      : ConfigContainerType(ConfigKind::kList, element) {}

  virtual std::size_t Size(const void* list) const = 0;
  virtual void Clear(void* list) const = 0;
  virtual void AppendDefault(void* list) const = 0;
  // Calls back with the element at `index` < Size(list). (It may be a copy, for
  // std::vector<bool> has no elements to point to.)
  virtual void Inspect(const void* list, std::size_t index,
                       absl::FunctionRef<void(const void*)> use) const = 0;
  virtual void Edit(void* list, std::size_t index,
                    absl::FunctionRef<void(void*)> use) const = 0;
};

class ConfigMapType : public ConfigContainerType {
 public:
  explicit ConfigMapType(const ConfigType& element)
      : ConfigContainerType(ConfigKind::kMap, element) {}

  virtual void Clear(void* map) const = 0;
  // Sorted.
  virtual std::vector<std::string> Keys(const void* map) const = 0;
  // nullptr if there is no such key.
  virtual const void* Find(const void* map, const std::string& key) const = 0;
  // Made with its defaults if there was none.
  virtual void* FindOrMake(void* map, const std::string& key) const = 0;
};

struct ConfigBound {
  ConfigScalar value;
  bool inclusive = true;
};

// One field of a struct. The restrictions on values hold for the scalars in it,
// also inside optionals, lists and maps; those on the size for the outermost
// list or map.
struct ConfigField {
  std::string name;
  std::string doc;
  std::string unit;
  bool required = false;
  std::optional<ConfigBound> lower;
  std::optional<ConfigBound> upper;
  std::vector<ConfigScalar> allowed;  // empty: no restriction
  std::string pattern;                // empty: no restriction
  std::shared_ptr<const re2::RE2> compiled_pattern;
  std::size_t min_size = 0;
  std::optional<std::size_t> max_size;

  const ConfigType* type = nullptr;
  // The field in the struct at `owner`.
  std::function<void*(void* owner)> member;

  const void* MemberOf(const void* owner) const {
    return member(const_cast<void*>(owner));
  }
};

// Where a check of a whole struct says what is wrong: `field` is a path
// relative to the struct ("stages.1.passes"; "" for the struct as a whole).
using ConfigReport =
    absl::FunctionRef<void(absl::string_view field, absl::string_view problem)>;

// A defect of a schema (a field without a name, two of one name, a pattern that
// is none …) is the programmer's: these functions print it and abort.
class ConfigStructType : public ConfigType {
 public:
  using Check = std::function<void(const void* value, ConfigReport report)>;

  explicit ConfigStructType(std::function<std::shared_ptr<void>()> make_default)
      : ConfigType(ConfigKind::kStruct), make_default_(make_default) {}

  const std::string& name() const { return name_; }
  const std::string& doc() const { return doc_; }
  const std::deque<ConfigField>& fields() const { return fields_; }
  const std::vector<Check>& checks() const { return checks_; }

  std::vector<std::string> FieldNames() const;
  // nullptr if there is none.
  const ConfigField* FindField(absl::string_view name) const;
  std::shared_ptr<void> MakeDefault() const { return make_default_(); }

  void Describe(absl::string_view name, absl::string_view doc);
  ConfigField& AddField(absl::string_view name, absl::string_view doc);
  void AddCheck(Check check) { checks_.push_back(std::move(check)); }
  // To be called when everything is described.
  void Finish() const;

  // Compiles `pattern` into `field` of this struct.
  static void SetPattern(absl::string_view pattern, ConfigField& field);

 private:
  const std::function<std::shared_ptr<void>()> make_default_;
  std::string name_;
  std::string doc_;
  std::deque<ConfigField> fields_;
  std::vector<Check> checks_;
};

// Downcasts; `type.kind()` must be what the name says.
const ConfigScalarType& AsScalar(const ConfigType& type);
const ConfigContainerType& AsContainer(const ConfigType& type);
const ConfigOptionalType& AsOptional(const ConfigType& type);
const ConfigListType& AsList(const ConfigType& type);
const ConfigMapType& AsMap(const ConfigType& type);
const ConfigStructType& AsStruct(const ConfigType& type);

// "integer", "list of string", "optional number", the name of a struct.
std::string TypeName(const ConfigType& type);

// As in JSON: "true", "0.5", "\"adam\"".
std::string ScalarText(const ConfigScalar& scalar);

// The field's bounds, "" where it has none: "in [0, 1)", ">= 1", "< 10".
std::string BoundsText(const ConfigField& field);

// Every restriction of the field and of its type, joined by "; ": "in (0, 1]",
// "one of \"adam\" or \"sgd\"", "matches [a-z]+", "1 to 3 elements".
std::string RestrictionsText(const ConfigField& field);

// What an error says was expected: "an integer >= 1", "\"adam\" or \"sgd\"".
std::string Expectation(const ConfigType& type, const ConfigField& field);

// Whether `scalar`, of a scalar type inside `field`, keeps all restrictions.
bool IsAllowed(const ConfigScalar& scalar, const ConfigScalarType& type,
               const ConfigField& field);

// " (did you mean …?)" for a string that is not among the names of an enum or
// the allowed values; else "".
std::string NearestAllowed(absl::string_view found,
                           const ConfigScalarType& type,
                           const ConfigField& field);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_TYPE_H_
