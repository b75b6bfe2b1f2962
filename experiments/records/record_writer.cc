#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "experiments/records/record_check.h"
#include "experiments/records/record_fields.h"
#include "experiments/records/record_json.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace record_internal {
namespace {

// Only texts that CheckRecord has seen come here, all of them UTF-8.
std::string Quoted(const std::string& text) {
  return CanonicalJson(nlohmann::json(text)).value();
}

template <typename T>
std::string Text(const T& value, Rule rule, int depth);

std::string Joined(const std::vector<std::string>& parts, char open, char close,
                   bool a_line_each) {
  const char* const line = a_line_each && !parts.empty() ? "\n" : "";
  std::string text = absl::StrCat(std::string(1, open), line);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) absl::StrAppend(&text, ",", line);
    text += parts[i];
  }
  return text + std::string(1, close);
}

// Collects the fields of one object as "name":value.
struct FieldWriter {
  template <typename M>
  void operator()(const char* name, const M& member, Rule rule, const char*) {
    fields.push_back(
        absl::StrCat("\"", name, "\":", Text(member, rule, depth + 1)));
  }

  int depth;
  std::vector<std::string> fields;
};

template <typename T>
std::vector<std::string> SortedFields(const T& object, int depth) {
  FieldWriter writer{depth, {}};
  FieldsOf<T>::Visit(writer, object);
  std::sort(writer.fields.begin(), writer.fields.end());
  return std::move(writer.fields);
}

template <typename T>
std::string ListText(const std::vector<T>& list, Rule rule, int depth) {
  std::vector<std::string> parts;
  parts.reserve(list.size());
  for (const T& element : list) parts.push_back(Text(element, rule, depth + 1));
  return Joined(parts, '[', ']', depth == 1 && rule == Rule::kParts);
}

template <typename T>
struct IsList : std::false_type {};
template <typename T>
struct IsList<std::vector<T>> : std::true_type {};
template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <typename T>
std::string Text(const T& value, Rule rule, int depth) {
  if constexpr (std::is_same_v<T, std::string>) {
    return rule == Rule::kJson ? value : Quoted(value);
  } else if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_same_v<T, double>) {
    return std::isnan(value) ? "null" : ShortestDouble(value);
  } else if constexpr (std::is_integral_v<T>) {
    return absl::StrCat(value);
  } else if constexpr (std::is_enum_v<T>) {
    return Quoted(NamesOf(value)[static_cast<std::size_t>(value)]);
  } else if constexpr (std::is_same_v<T, Hash128>) {
    return absl::StrCat("\"", value.ToHex(), "\"");
  } else if constexpr (IsOptional<T>::value) {
    return value.has_value() ? Text(*value, rule, depth) : "null";
  } else if constexpr (IsList<T>::value) {
    return ListText(value, rule, depth);
  } else {
    return Joined(SortedFields(value, depth), '{', '}', false);
  }
}

absl::Status CheckCanonical(const std::string& configuration) {
  ASSIGN_OR_RETURN(const nlohmann::json json,
                   ParseJson(configuration, "configuration"));
  ASSIGN_OR_RETURN(const std::string canonical, CanonicalJson(json));
  if (json.is_object() && canonical == configuration) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "configuration: found other text, expected an object in canonical JSON");
}

}  // namespace

std::string Seal(std::string body) {
  const std::string checksum = HashBytes(body).ToHex();
  return absl::StrCat(std::move(body), "\"xxh3\":\"", checksum, "\"}\n");
}

}  // namespace record_internal

absl::StatusOr<std::string> FormatRecord(const Record& record) {
  RETURN_IF_ERROR(CheckRecord(record));
  RETURN_IF_ERROR(record_internal::CheckCanonical(record.configuration));
  std::string body = "{\n";
  for (const std::string& field : record_internal::SortedFields(record, 0)) {
    absl::StrAppend(&body, field, ",\n");
  }
  return record_internal::Seal(std::move(body));
}

}  // namespace culturemert
