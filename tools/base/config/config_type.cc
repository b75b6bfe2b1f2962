#include "tools/base/config/config_type.h"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/text/nearest_name.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

[[noreturn]] void SchemaDefect(absl::string_view where,
                               absl::string_view what) {
  std::fprintf(stderr, "defect in the configuration schema: %s\n",
               absl::StrCat(where, ": ", what).c_str());
  std::abort();
}

bool IsFieldName(absl::string_view name) {
  if (name.empty() || !absl::ascii_islower(name[0])) return false;
  return std::all_of(name.begin(), name.end(), [](char byte) {
    return absl::ascii_islower(byte) || absl::ascii_isdigit(byte) ||
           byte == '_';
  });
}

bool IsBlank(absl::string_view text) {
  return absl::StripAsciiWhitespace(text).empty();
}

// `"a", "b" or "c"`.
std::string Choices(const std::vector<std::string>& choices) {
  std::string text;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const bool last = i + 1 == choices.size();
    absl::StrAppend(&text, i == 0 ? "" : (last ? " or " : ", "), choices[i]);
  }
  return text;
}

std::vector<std::string> AllowedTexts(const ConfigField& field) {
  std::vector<std::string> texts;
  for (const ConfigScalar& scalar : field.allowed) {
    texts.push_back(ScalarText(scalar));
  }
  return texts;
}

std::vector<std::string> Quoted(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back(ScalarText(name));
  return quoted;
}

std::string SizeText(const ConfigField& field) {
  const auto elements = [](std::size_t count) {
    return absl::StrCat(count, count == 1 ? " element" : " elements");
  };
  if (!field.max_size.has_value()) {
    if (field.min_size == 0) return "";
    return absl::StrCat("at least ", elements(field.min_size));
  }
  if (field.min_size == *field.max_size) {
    return absl::StrCat("exactly ", elements(field.min_size));
  }
  if (field.min_size == 0) {
    return absl::StrCat("at most ", elements(*field.max_size));
  }
  return absl::StrCat(field.min_size, " to ", elements(*field.max_size));
}

// The scalar or struct at the bottom of optionals, lists and maps.
const ConfigType& LeafType(const ConfigType& type) {
  switch (type.kind()) {
    case ConfigKind::kOptional:
    case ConfigKind::kList:
    case ConfigKind::kMap:
      return LeafType(AsContainer(type).element());
    default:
      return type;
  }
}

// Bounds of doubles read better as integers: "in (0, 1]".
std::string BoundText(const ConfigScalar& bound) {
  const std::string text = ScalarText(bound);
  return std::string(absl::StripSuffix(text, ".0"));
}

std::string WithBounds(absl::string_view noun, const ConfigField& field) {
  const std::string bounds = BoundsText(field);
  return bounds.empty() ? std::string(noun) : absl::StrCat(noun, " ", bounds);
}

std::string ScalarExpectation(const ConfigScalarType& type,
                              const ConfigField& field) {
  if (!field.allowed.empty()) return Choices(AllowedTexts(field));
  switch (type.kind()) {
    case ConfigKind::kBool:
      return "true or false";
    case ConfigKind::kInteger: {
      const bool narrow =
          type.highest != std::numeric_limits<std::int64_t>::max();
      return WithBounds(narrow ? "a 32-bit integer" : "an integer", field);
    }
    case ConfigKind::kUnsigned:
      return WithBounds("a non-negative integer", field);
    case ConfigKind::kDouble:
      return WithBounds("a number", field);
    case ConfigKind::kEnum:
      return Choices(Quoted(type.names));
    default:
      return field.pattern.empty()
                 ? "a string"
                 : absl::StrCat("a string that matches ", field.pattern);
  }
}

}  // namespace

std::vector<std::string> ConfigStructType::FieldNames() const {
  std::vector<std::string> names;
  for (const ConfigField& field : fields_) names.push_back(field.name);
  return names;
}

const ConfigField* ConfigStructType::FindField(absl::string_view name) const {
  for (const ConfigField& field : fields_) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

void ConfigStructType::Describe(absl::string_view name, absl::string_view doc) {
  if (IsBlank(name) || IsBlank(doc)) {
    SchemaDefect(name, "a struct needs a name and documentation");
  }
  name_ = std::string(name);
  doc_ = std::string(doc);
}

ConfigField& ConfigStructType::AddField(absl::string_view name,
                                        absl::string_view doc) {
  const std::string where = absl::StrCat(name_, ".", name);
  if (!IsFieldName(name)) {
    SchemaDefect(where, "a field's name is made of a-z, 0-9 and _");
  }
  if (FindField(name) != nullptr) {
    SchemaDefect(where, "two fields of one name");
  }
  if (IsBlank(doc)) SchemaDefect(where, "a field needs documentation");
  ConfigField& field = fields_.emplace_back();
  field.name = std::string(name);
  field.doc = std::string(doc);
  return field;
}

void ConfigStructType::Finish() const {
  if (name_.empty()) SchemaDefect("a struct", "Struct(name, doc) is missing");
}

void ConfigStructType::SetPattern(absl::string_view pattern,
                                  ConfigField& field) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_shared<const re2::RE2>(
      re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!compiled->ok()) {
    SchemaDefect(field.name, absl::StrCat("the pattern ", pattern,
                                          " is invalid: ", compiled->error()));
  }
  field.pattern = std::string(pattern);
  field.compiled_pattern = std::move(compiled);
}

const ConfigScalarType& AsScalar(const ConfigType& type) {
  return static_cast<const ConfigScalarType&>(type);
}
const ConfigContainerType& AsContainer(const ConfigType& type) {
  return static_cast<const ConfigContainerType&>(type);
}
const ConfigOptionalType& AsOptional(const ConfigType& type) {
  return static_cast<const ConfigOptionalType&>(type);
}
const ConfigListType& AsList(const ConfigType& type) {
  return static_cast<const ConfigListType&>(type);
}
const ConfigMapType& AsMap(const ConfigType& type) {
  return static_cast<const ConfigMapType&>(type);
}
const ConfigStructType& AsStruct(const ConfigType& type) {
  return static_cast<const ConfigStructType&>(type);
}

std::string TypeName(const ConfigType& type) {
  switch (type.kind()) {
    case ConfigKind::kBool:
      return "bool";
    case ConfigKind::kInteger:
      return "integer";
    case ConfigKind::kUnsigned:
      return "unsigned integer";
    case ConfigKind::kDouble:
      return "number";
    case ConfigKind::kString:
      return "string";
    case ConfigKind::kEnum:
      return "name";
    case ConfigKind::kOptional:
      return absl::StrCat("optional ", TypeName(AsContainer(type).element()));
    case ConfigKind::kList:
      return absl::StrCat("list of ", TypeName(AsContainer(type).element()));
    case ConfigKind::kMap:
      return absl::StrCat("map of ", TypeName(AsContainer(type).element()));
    case ConfigKind::kStruct:
      return AsStruct(type).name();
  }
  return "";
}

std::string ScalarText(const ConfigScalar& scalar) {
  if (const bool* truth = std::get_if<bool>(&scalar)) {
    return *truth ? "true" : "false";
  }
  if (const auto* integer = std::get_if<std::int64_t>(&scalar)) {
    return absl::StrCat(*integer);
  }
  if (const auto* integer = std::get_if<std::uint64_t>(&scalar)) {
    return absl::StrCat(*integer);
  }
  if (const double* number = std::get_if<double>(&scalar)) {
    if (std::isnan(*number)) return "NaN";
    if (std::isinf(*number)) return *number < 0 ? "-Infinity" : "Infinity";
    return ShortestDouble(*number);
  }
  return QuoteForMessage(std::get<std::string>(scalar));
}

std::string BoundsText(const ConfigField& field) {
  if (field.lower.has_value() && field.upper.has_value()) {
    return absl::StrCat("in ", field.lower->inclusive ? "[" : "(",
                        BoundText(field.lower->value), ", ",
                        BoundText(field.upper->value),
                        field.upper->inclusive ? "]" : ")");
  }
  if (field.lower.has_value()) {
    return absl::StrCat(field.lower->inclusive ? ">= " : "> ",
                        BoundText(field.lower->value));
  }
  if (field.upper.has_value()) {
    return absl::StrCat(field.upper->inclusive ? "<= " : "< ",
                        BoundText(field.upper->value));
  }
  return "";
}

std::string RestrictionsText(const ConfigField& field) {
  std::vector<std::string> texts = {BoundsText(field)};
  const ConfigType& leaf = LeafType(*field.type);
  if (leaf.kind() == ConfigKind::kEnum) {
    texts.push_back(
        absl::StrCat("one of ", Choices(Quoted(AsScalar(leaf).names))));
  }
  if (!field.allowed.empty()) {
    texts.push_back(absl::StrCat("one of ", Choices(AllowedTexts(field))));
  }
  if (!field.pattern.empty()) {
    texts.push_back(absl::StrCat("matches ", field.pattern));
  }
  texts.push_back(SizeText(field));
  texts.erase(std::remove(texts.begin(), texts.end(), ""), texts.end());
  return absl::StrJoin(texts, "; ");
}

std::string Expectation(const ConfigType& type, const ConfigField& field) {
  switch (type.kind()) {
    case ConfigKind::kOptional:
      return absl::StrCat(Expectation(AsContainer(type).element(), field),
                          ", or null");
    case ConfigKind::kList:
    case ConfigKind::kMap: {
      const std::string size = SizeText(field);
      return absl::StrCat("a ", TypeName(type), size.empty() ? "" : " with ",
                          size);
    }
    case ConfigKind::kStruct:
      return absl::StrCat("an object (", TypeName(type), ")");
    default:
      return ScalarExpectation(AsScalar(type), field);
  }
}

bool IsAllowed(const ConfigScalar& scalar, const ConfigScalarType& type,
               const ConfigField& field) {
  if (const double* number = std::get_if<double>(&scalar)) {
    if (!std::isfinite(*number)) return false;
  }
  if (type.kind() == ConfigKind::kEnum) {
    return std::find(type.names.begin(), type.names.end(),
                     std::get<std::string>(scalar)) != type.names.end();
  }
  if (field.lower.has_value() &&
      (scalar < field.lower->value ||
       (!field.lower->inclusive && scalar == field.lower->value))) {
    return false;
  }
  if (field.upper.has_value() &&
      (field.upper->value < scalar ||
       (!field.upper->inclusive && scalar == field.upper->value))) {
    return false;
  }
  if (!field.allowed.empty() &&
      std::find(field.allowed.begin(), field.allowed.end(), scalar) ==
          field.allowed.end()) {
    return false;
  }
  if (const std::string* text = std::get_if<std::string>(&scalar)) {
    if (!IsValidUtf8(*text)) return false;
    return field.compiled_pattern == nullptr ||
           re2::RE2::FullMatch(re2::StringPiece(text->data(), text->size()),
                               *field.compiled_pattern);
  }
  return true;
}

std::string NearestAllowed(absl::string_view found,
                           const ConfigScalarType& type,
                           const ConfigField& field) {
  std::vector<std::string> names = type.names;
  for (const ConfigScalar& scalar : field.allowed) {
    if (const std::string* text = std::get_if<std::string>(&scalar)) {
      names.push_back(*text);
    }
  }
  return DidYouMean(found, names);
}

}  // namespace culturemert
