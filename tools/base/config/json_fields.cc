#include "tools/base/config/json_fields.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

const nlohmann::json& Empty() {
  static const auto& empty = *new nlohmann::json();
  return empty;
}

}  // namespace

JsonFields::JsonFields(const nlohmann::json& object, absl::string_view place)
    : object_(object), place_(place) {
  if (!object.is_object()) {
    status_ = absl::InvalidArgumentError(absl::StrCat(
        place_, ": found a JSON ", object.type_name(), ", expected an object"));
  }
}

const nlohmann::json* JsonFields::Find(absl::string_view key) {
  if (!status_.ok()) return nullptr;
  const auto field = object_.find(std::string(key));
  if (field == object_.end()) {
    status_ = absl::InvalidArgumentError(
        absl::StrCat(place_, ": the field \"", key, "\" is missing"));
    return nullptr;
  }
  ++used_;
  return &*field;
}

void JsonFields::Fail(absl::string_view key, absl::string_view found,
                      absl::string_view expected) {
  status_ = absl::InvalidArgumentError(
      absl::StrCat(place_, ": ", key, " is ", found, ", expected ", expected));
}

std::string JsonFields::Text(absl::string_view key) {
  const nlohmann::json* field = Find(key);
  if (field == nullptr) return "";
  if (!field->is_string()) {
    Fail(key, field->type_name(), "a text");
    return "";
  }
  return field->get<std::string>();
}

std::uint64_t JsonFields::Number(absl::string_view key, std::uint64_t min,
                                 std::uint64_t max) {
  const nlohmann::json* field = Find(key);
  if (field == nullptr) return min;
  if (field->is_number_unsigned()) {
    const auto number = field->get<std::uint64_t>();
    if (min <= number && number <= max) return number;
  }
  Fail(key, field->is_number() ? field->dump() : field->type_name(),
       absl::StrCat("an integer from ", min, " to ", max));
  return min;
}

Hash128 JsonFields::Checksum(absl::string_view key) {
  const std::string text = Text(key);
  if (!status_.ok()) return {};
  const absl::StatusOr<Hash128> hash = Hash128::FromHex(text);
  if (hash.ok()) return *hash;
  Fail(key, QuoteForMessage(text), "32 hexadecimal digits");
  return {};
}

const nlohmann::json& JsonFields::List(absl::string_view key) {
  const nlohmann::json* field = Find(key);
  if (field == nullptr) return Empty();
  if (field->is_array()) return *field;
  Fail(key, field->type_name(), "a list");
  return Empty();
}

const nlohmann::json& JsonFields::Object(absl::string_view key) {
  const nlohmann::json* field = Find(key);
  if (field == nullptr) return Empty();
  if (field->is_object()) return *field;
  Fail(key, field->type_name(), "an object");
  return Empty();
}

absl::Status JsonFields::Finish() {
  if (status_.ok() && used_ < object_.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(place_, ": has ", object_.size(), " fields, expected ",
                     used_, "; was it written by a newer version?"));
  }
  return status_;
}

}  // namespace culturemert
