// A C++ struct as the schema of its own configuration: its default member
// initialisers are the defaults, and one static function lists its fields.
//
//   enum class Decay { kLinear, kCosine };
//   inline ConfigNames<Decay> ConfigNamesOf(Decay) {
//     return {{Decay::kLinear, "linear"}, {Decay::kCosine, "cosine"}};
//   }
//
//   struct StageConfig {
//     double peak_learning_rate = 5e-4;
//     std::int64_t steps = 1000;
//     std::int64_t warm_up_steps = 100;
//     Decay decay = Decay::kCosine;
//
//     static void Describe(ConfigSchema<StageConfig>& schema) {
//       schema.Struct("StageConfig", "One phase of pre-training.");
//       schema.Field("peak_learning_rate", &StageConfig::peak_learning_rate,
//                    "The highest learning rate, reached after the warm-up.")
//           .Above(0).AtMost(1);
//       schema.Field("steps", &StageConfig::steps, "Updates of the weights.")
//           .AtLeast(1);
//       schema.Field("warm_up_steps", &StageConfig::warm_up_steps,
//                    "Updates until the learning rate has reached its peak.")
//           .AtLeast(0);
//       schema.Field("decay", &StageConfig::decay,
//                    "How the learning rate falls after its peak.");
//       schema.Check([](const StageConfig& stage, ConfigReport report) {
//         if (stage.warm_up_steps > stage.steps) {
//           report("warm_up_steps", "must not exceed steps");
//         }
//       });
//     }
//   };
//
// A field is a bool, int, std::int64_t, std::uint64_t, double, std::string, an
// enum with ConfigNamesOf beside it, another described struct, or
// std::optional, std::vector or std::map<std::string, …> of those, nested as
// one likes (a struct may not hold itself). config.h reads and prints such
// structs, reference.h documents them.

#ifndef CULTUREMERT_TOOLS_BASE_CONFIG_SCHEMA_H_
#define CULTUREMERT_TOOLS_BASE_CONFIG_SCHEMA_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "tools/base/config/config_type.h"

namespace culturemert {

// Every value of an enum, with the name it has in JSON. Found by
// argument-dependent lookup: `ConfigNames<E> ConfigNamesOf(E)`.
template <typename Enum>
using ConfigNames = std::vector<std::pair<Enum, std::string>>;

namespace config_internal {

template <typename T>
inline constexpr bool kIsInteger =
    std::is_same_v<T, int> || std::is_same_v<T, std::int64_t> ||
    std::is_same_v<T, std::uint64_t>;

template <typename T>
inline constexpr bool kIsNumber = kIsInteger<T> || std::is_same_v<T, double>;

// The scalar, enum or struct inside optionals, lists and maps, and whether a
// list or map was among them.
template <typename T>
struct Unwrapped {
  using Leaf = T;
  static constexpr bool kHasSize = false;
};
template <typename T>
struct Unwrapped<std::optional<T>> : Unwrapped<T> {};
template <typename T>
struct Unwrapped<std::vector<T>> : Unwrapped<T> {
  static constexpr bool kHasSize = true;
};
template <typename T>
struct Unwrapped<std::map<std::string, T>> : Unwrapped<T> {
  static constexpr bool kHasSize = true;
};

// How T appears in a ConfigScalar.
template <typename T>
ConfigScalar ToScalar(const T& value) {
  if constexpr (std::is_same_v<T, int>) {
    return static_cast<std::int64_t>(value);
  } else {
    return value;
  }
}

template <typename T>
class PlainScalarType final : public ConfigScalarType {
 public:
  explicit PlainScalarType(ConfigKind kind) : ConfigScalarType(kind) {
    if constexpr (std::is_same_v<T, int>) {
      lowest = std::numeric_limits<int>::min();
      highest = std::numeric_limits<int>::max();
    }
  }
  ConfigScalar Get(const void* value) const override {
    return ToScalar(*static_cast<const T*>(value));
  }
  void Set(void* value, const ConfigScalar& scalar) const override {
    using Stored = std::conditional_t<std::is_same_v<T, int>, std::int64_t, T>;
    *static_cast<T*>(value) = static_cast<T>(std::get<Stored>(scalar));
  }
};

template <typename Enum>
class EnumType final : public ConfigScalarType {
 public:
  EnumType()
      : ConfigScalarType(ConfigKind::kEnum), values_(ConfigNamesOf(Enum())) {
    for (const auto& [value, name] : values_) names.push_back(name);
  }
  // "" for a value without a name, which no check lets pass.
  ConfigScalar Get(const void* value) const override {
    for (const auto& [candidate, name] : values_) {
      if (candidate == *static_cast<const Enum*>(value)) return name;
    }
    return std::string();
  }
  void Set(void* value, const ConfigScalar& scalar) const override {
    for (const auto& [candidate, name] : values_) {
      if (name == std::get<std::string>(scalar)) {
        *static_cast<Enum*>(value) = candidate;
      }
    }
  }

 private:
  const ConfigNames<Enum> values_;
};

template <typename T>
class OptionalType final : public ConfigOptionalType {
 public:
  using ConfigOptionalType::ConfigOptionalType;
  const void* Get(const void* optional) const override {
    const auto& value = *static_cast<const std::optional<T>*>(optional);
    return value.has_value() ? &*value : nullptr;
  }
  void* GetOrMake(void* optional) const override {
    auto& value = *static_cast<std::optional<T>*>(optional);
    if (!value.has_value()) value.emplace();
    return &*value;
  }
  void Reset(void* optional) const override {
    static_cast<std::optional<T>*>(optional)->reset();
  }
};

template <typename T>
class ListType final : public ConfigListType {
 public:
  using ConfigListType::ConfigListType;
  std::size_t Size(const void* list) const override {
    return static_cast<const std::vector<T>*>(list)->size();
  }
  void Clear(void* list) const override {
    static_cast<std::vector<T>*>(list)->clear();
  }
  void AppendDefault(void* list) const override {
    static_cast<std::vector<T>*>(list)->push_back(T{});
  }
  void Inspect(const void* list, std::size_t index,
               absl::FunctionRef<void(const void*)> use) const override {
    const T& element = (*static_cast<const std::vector<T>*>(list))[index];
    use(&element);
  }
  void Edit(void* list, std::size_t index,
            absl::FunctionRef<void(void*)> use) const override {
    auto& elements = *static_cast<std::vector<T>*>(list);
    if constexpr (std::is_same_v<T, bool>) {
      bool element = elements[index];
      use(&element);
      elements[index] = element;
    } else {
      use(&elements[index]);
    }
  }
};

template <typename T>
class MapType final : public ConfigMapType {
 public:
  using ConfigMapType::ConfigMapType;
  void Clear(void* map) const override {
    static_cast<std::map<std::string, T>*>(map)->clear();
  }
  std::vector<std::string> Keys(const void* map) const override {
    std::vector<std::string> keys;
    for (const auto& [key, value] : Typed(map)) keys.push_back(key);
    return keys;
  }
  const void* Find(const void* map, const std::string& key) const override {
    const auto found = Typed(map).find(key);
    return found == Typed(map).end() ? nullptr : &found->second;
  }
  void* FindOrMake(void* map, const std::string& key) const override {
    return &(*static_cast<std::map<std::string, T>*>(map))[key];
  }

 private:
  static const std::map<std::string, T>& Typed(const void* map) {
    return *static_cast<const std::map<std::string, T>*>(map);
  }
};

// The one description of T, made at the first call and alive for ever.
template <typename T>
const ConfigType& TypeOf();

template <typename T>
struct TypeMaker {
  static ConfigType* Make() {
    if constexpr (std::is_same_v<T, bool>) {
      return new PlainScalarType<T>(ConfigKind::kBool);
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      return new PlainScalarType<T>(ConfigKind::kUnsigned);
    } else if constexpr (kIsInteger<T>) {
      return new PlainScalarType<T>(ConfigKind::kInteger);
    } else if constexpr (std::is_same_v<T, double>) {
      return new PlainScalarType<T>(ConfigKind::kDouble);
    } else if constexpr (std::is_same_v<T, std::string>) {
      return new PlainScalarType<T>(ConfigKind::kString);
    } else if constexpr (std::is_enum_v<T>) {
      return new EnumType<T>();
    } else {
      return MakeStruct();
    }
  }
  static ConfigType* MakeStruct();
};
template <typename T>
struct TypeMaker<std::optional<T>> {
  static ConfigType* Make() { return new OptionalType<T>(TypeOf<T>()); }
};
template <typename T>
struct TypeMaker<std::vector<T>> {
  static ConfigType* Make() { return new ListType<T>(TypeOf<T>()); }
};
template <typename T>
struct TypeMaker<std::map<std::string, T>> {
  static ConfigType* Make() { return new MapType<T>(TypeOf<T>()); }
};

template <typename T>
const ConfigType& TypeOf() {
  static const ConfigType& type = *TypeMaker<T>::Make();
  return type;
}

}  // namespace config_internal

// What may be said of a field beside its name and documentation. The bounds,
// OneOf and Matches restrict the scalars in the field, also those inside
// optionals, lists and maps.
template <typename Member>
class FieldOptions {
 public:
  using Leaf = typename config_internal::Unwrapped<Member>::Leaf;

  explicit FieldOptions(ConfigField& field) : field_(field) {}

  // For readers: "Hz", "seconds".
  FieldOptions& Unit(absl::string_view unit) {
    field_.unit = std::string(unit);
    return *this;
  }
  // A configuration without this key is refused; the default is not used.
  FieldOptions& Required() {
    field_.required = true;
    return *this;
  }

  FieldOptions& AtLeast(Leaf bound) { return Lower(bound, true); }
  FieldOptions& Above(Leaf bound) { return Lower(bound, false); }
  FieldOptions& AtMost(Leaf bound) { return Upper(bound, true); }
  FieldOptions& Below(Leaf bound) { return Upper(bound, false); }

  FieldOptions& OneOf(const std::vector<Leaf>& allowed) {
    static_assert(
        config_internal::kIsNumber<Leaf> || std::is_same_v<Leaf, std::string>,
        "OneOf is for numbers and strings");
    field_.allowed.clear();
    for (const Leaf& value : allowed) {
      field_.allowed.push_back(config_internal::ToScalar(value));
    }
    return *this;
  }
  // The whole string must match (RE2 syntax).
  FieldOptions& Matches(absl::string_view pattern) {
    static_assert(std::is_same_v<Leaf, std::string>, "Matches is for strings");
    ConfigStructType::SetPattern(pattern, field_);
    return *this;
  }

  // Elements of the list or map.
  FieldOptions& MinSize(std::size_t elements) {
    static_assert(config_internal::Unwrapped<Member>::kHasSize,
                  "MinSize is for lists and maps");
    field_.min_size = elements;
    return *this;
  }
  FieldOptions& MaxSize(std::size_t elements) {
    static_assert(config_internal::Unwrapped<Member>::kHasSize,
                  "MaxSize is for lists and maps");
    field_.max_size = elements;
    return *this;
  }

 private:
  FieldOptions& Lower(Leaf bound, bool inclusive) {
    static_assert(config_internal::kIsNumber<Leaf>, "bounds are for numbers");
    field_.lower = ConfigBound{config_internal::ToScalar(bound), inclusive};
    return *this;
  }
  FieldOptions& Upper(Leaf bound, bool inclusive) {
    static_assert(config_internal::kIsNumber<Leaf>, "bounds are for numbers");
    field_.upper = ConfigBound{config_internal::ToScalar(bound), inclusive};
    return *this;
  }

  ConfigField& field_;
};

// What T::Describe is given to fill.
template <typename T>
class ConfigSchema {
 public:
  explicit ConfigSchema(ConfigStructType& type) : type_(type) {}

  // To be called first: the struct's name and what it configures.
  void Struct(absl::string_view name, absl::string_view doc) {
    type_.Describe(name, doc);
  }

  // A member under its name in JSON, [a-z][a-z0-9_]*, best the member's own.
  template <typename Owner, typename Member, std::size_t kDocSize>
  FieldOptions<Member> Field(absl::string_view name, Member Owner::*member,
                             const char (&doc)[kDocSize]) {
    static_assert(kDocSize > 1, "every field needs documentation");
    ConfigField& field = type_.AddField(name, doc);
    field.type = &config_internal::TypeOf<Member>();
    field.member = [member](void* owner) -> void* {
      return &(static_cast<T*>(owner)->*member);
    };
    return FieldOptions<Member>(field);
  }

  // `check(const T&, ConfigReport)` looks at fields together. It runs once
  // every layer is merged and each field by itself is valid.
  template <typename Function>
  void Check(Function check) {
    type_.AddCheck([check](const void* value, ConfigReport report) {
      check(*static_cast<const T*>(value), report);
    });
  }

 private:
  ConfigStructType& type_;
};

template <typename T>
ConfigType* config_internal::TypeMaker<T>::MakeStruct() {
  static_assert(std::is_class_v<T>,
                "a field is a bool, int, std::int64_t, std::uint64_t, double, "
                "std::string, enum, described struct, or std::optional, "
                "std::vector or std::map<std::string, …> of those");
  auto* type = new ConfigStructType([] { return std::make_shared<T>(); });
  ConfigSchema<T> schema(*type);
  T::Describe(schema);
  type->Finish();
  return type;
}

// The schema of T, which has a static Describe(ConfigSchema<T>&).
template <typename T>
const ConfigStructType& SchemaOf() {
  static_assert(std::is_class_v<T>, "only a struct has a schema");
  return AsStruct(config_internal::TypeOf<T>());
}

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_CONFIG_SCHEMA_H_
