#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/str_cat.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/config/config_path.h"
#include "tools/base/config/config_values.h"
#include "tools/base/text/nearest_name.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace config_internal {
namespace {

using nlohmann::json;

// What an error says was found.
std::string Found(const json& value) {
  switch (value.type()) {
    case json::value_t::null:
      return "null";
    case json::value_t::boolean:
      return value.get<bool>() ? "true" : "false";
    case json::value_t::string:
      return absl::StrCat("the string ",
                          QuoteForMessage(value.get_ref<const std::string&>()));
    case json::value_t::array:
      return "a list";
    case json::value_t::object:
      return "an object";
    case json::value_t::number_integer:
      return absl::StrCat(value.get<std::int64_t>());
    case json::value_t::number_unsigned:
      return absl::StrCat(value.get<std::uint64_t>());
    case json::value_t::number_float:
      return ScalarText(value.get<double>());
    default:
      return "binary data";
  }
}

// nullopt if the value is none of this type or does not fit it.
std::optional<ConfigScalar> ToScalar(const json& value,
                                     const ConfigScalarType& type) {
  const bool negative = value.is_number_integer() &&
                        !value.is_number_unsigned() &&
                        value.get<std::int64_t>() < 0;
  switch (type.kind()) {
    case ConfigKind::kBool:
      if (!value.is_boolean()) return std::nullopt;
      return value.get<bool>();
    case ConfigKind::kInteger: {
      if (!value.is_number_integer()) return std::nullopt;
      if (!negative && value.get<std::uint64_t>() >
                           static_cast<std::uint64_t>(type.highest)) {
        return std::nullopt;
      }
      const auto integer = value.get<std::int64_t>();
      if (integer < type.lowest) return std::nullopt;
      return integer;
    }
    case ConfigKind::kUnsigned:
      if (!value.is_number_integer() || negative) return std::nullopt;
      return value.get<std::uint64_t>();
    case ConfigKind::kDouble:
      if (!value.is_number()) return std::nullopt;
      return value.get<double>();
    default:
      if (!value.is_string()) return std::nullopt;
      return value.get<std::string>();
  }
}

bool IsIntegerKind(ConfigKind kind) {
  return kind == ConfigKind::kInteger || kind == ConfigKind::kUnsigned;
}

// What to do about a mistake that is easily made.
std::string ScalarHint(const json& value, const ConfigScalarType& type,
                       const ConfigField& field) {
  if (value.is_string()) {
    return NearestAllowed(value.get_ref<const std::string&>(), type, field);
  }
  if (!value.is_number_float() || !IsIntegerKind(type.kind())) return "";
  constexpr double kExact = 9007199254740992.0;  // 2^53
  const double number = value.get<double>();
  if (std::abs(number) > kExact || number != std::trunc(number)) return "";
  return absl::StrCat(" (integers have neither point nor exponent: write ",
                      static_cast<std::int64_t>(number), ")");
}

}  // namespace

Reader::Reader(absl::string_view source, const JsonLocations* locations,
               ConfigProblems* problems, ConfigOrigins* origins)
    : source_(source),
      locations_(locations),
      problems_(problems),
      origins_(origins) {}

std::string Reader::Source(const std::string& path) const {
  if (locations_ != nullptr) {
    const auto found = locations_->find(path);
    if (found != locations_->end()) {
      return absl::StrCat(source_, ":", found->second.line, ":",
                          found->second.column);
    }
  }
  return std::string(source_);
}

void Reader::Refuse(const json& json, const ConfigType& type,
                    const ConfigField& field, const std::string& path,
                    absl::string_view hint) {
  problems_->Add(Source(path), path,
                 absl::StrCat("expected ", Expectation(type, field), ", found ",
                              Found(json), hint));
}

void Reader::Read(const json& json, const ConfigType& type,
                  const ConfigField& field, void* value,
                  const std::string& path) {
  switch (type.kind()) {
    case ConfigKind::kOptional:
      return ReadOptional(json, AsOptional(type), field, value, path);
    case ConfigKind::kList:
      return ReadList(json, AsList(type), field, value, path);
    case ConfigKind::kMap:
      return ReadMap(json, AsMap(type), field, value, path);
    case ConfigKind::kStruct:
      return ReadStruct(json, AsStruct(type), value, path);
    default:
      return ReadScalar(json, AsScalar(type), field, value, path);
  }
}

void Reader::ReadStruct(const json& json, const ConfigStructType& type,
                        void* value, const std::string& path) {
  origins_->Set(path, Source(path));
  if (!json.is_object()) {
    return Refuse(json, type, ConfigField(), path);
  }
  for (auto member = json.begin(); member != json.end(); ++member) {
    const std::string member_path = JoinConfigPath(path, member.key());
    const ConfigField* field = type.FindField(member.key());
    if (field == nullptr) {
      problems_->Add(Source(member_path), member_path,
                     absl::StrCat("unknown key in ", type.name(),
                                  DidYouMean(member.key(), type.FieldNames())));
      continue;
    }
    Read(member.value(), *field->type, *field, field->member(value),
         member_path);
  }
}

void Reader::ReadOptional(const json& json, const ConfigOptionalType& type,
                          const ConfigField& field, void* value,
                          const std::string& path) {
  if (json.is_null()) {
    type.Reset(value);
    origins_->EraseBelow(path);
    origins_->Set(path, Source(path));
    return;
  }
  if (type.Get(value) == nullptr) origins_->SetMade(path, Source(path));
  Read(json, type.element(), field, type.GetOrMake(value), path);
}

void Reader::ReadList(const json& json, const ConfigListType& type,
                      const ConfigField& field, void* value,
                      const std::string& path) {
  origins_->Set(path, Source(path));
  if (!json.is_array()) return Refuse(json, type, field, path);
  origins_->EraseBelow(path);
  type.Clear(value);
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string element_path = JoinConfigPath(path, absl::StrCat(i));
    origins_->SetMade(element_path, Source(element_path));
    type.AppendDefault(value);
    type.Edit(value, i, [&](void* element) {
      Read(json[i], type.element(), field, element, element_path);
    });
  }
}

void Reader::ReadMap(const json& json, const ConfigMapType& type,
                     const ConfigField& field, void* value,
                     const std::string& path) {
  if (json.is_object() && !origins_->IsGiven(path)) type.Clear(value);
  origins_->Set(path, Source(path));
  if (!json.is_object()) return Refuse(json, type, field, path);
  for (auto member = json.begin(); member != json.end(); ++member) {
    const std::string& key = member.key();
    const std::string member_path = JoinConfigPath(path, key);
    if (!IsValidUtf8(key)) {
      problems_->Add(Source(member_path), member_path, "the key is not UTF-8");
      continue;
    }
    if (type.Find(value, key) == nullptr) {
      origins_->SetMade(member_path, Source(member_path));
    }
    Read(member.value(), type.element(), field, type.FindOrMake(value, key),
         member_path);
  }
}

void Reader::ReadScalar(const json& json, const ConfigScalarType& type,
                        const ConfigField& field, void* value,
                        const std::string& path) {
  origins_->Set(path, Source(path));
  const std::optional<ConfigScalar> scalar = ToScalar(json, type);
  if (!scalar.has_value() || !IsAllowed(*scalar, type, field)) {
    return Refuse(json, type, field, path, ScalarHint(json, type, field));
  }
  type.Set(value, *scalar);
}

}  // namespace config_internal
}  // namespace culturemert
