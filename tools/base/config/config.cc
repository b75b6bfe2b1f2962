#include "tools/base/config/config.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/config/config_json.h"
#include "tools/base/config/config_override.h"
#include "tools/base/config/config_values.h"
#include "tools/base/config/strict_json.h"

namespace culturemert {
namespace config_internal {
namespace {

// Appends the lines of Explain for the fields of one struct; structs among them
// contribute their own fields, everything else is one line.
void ExplainFields(const ConfigStructType& type, const void* value,
                   const std::string& prefix, const ConfigOrigins& origins,
                   std::string* out) {
  for (const ConfigField& field : type.fields()) {
    const void* const member = field.MemberOf(value);
    const std::string path = absl::StrCat(prefix, field.name);
    if (field.type->kind() == ConfigKind::kStruct) {
      ExplainFields(AsStruct(*field.type), member, absl::StrCat(path, "."),
                    origins, out);
      continue;
    }
    const absl::StatusOr<std::string> text =
        OrderedJson(WriteValue(*field.type, member), JsonLayout::kCompact);
    absl::StrAppend(out, path, " = ", text.ok() ? *text : "(not printable)",
                    "  (", origins.SourceOf(path), ")\n");
  }
}

}  // namespace

void Loader::AddText(absl::string_view text, absl::string_view source) {
  JsonOptions options;
  options.allow_comments = true;
  JsonLocations locations;
  const absl::StatusOr<nlohmann::json> json =
      ParseJson(text, source, options, &locations);
  if (!json.ok()) {
    unreadable_ = true;
    problems_.Add(json.status().message());
    return;
  }
  Reader(source, &locations, &problems_, &origins_)
      .ReadStruct(*json, type_, value_, "");
}

void Loader::AddJson(const nlohmann::json& json, absl::string_view source) {
  Reader(source, nullptr, &problems_, &origins_)
      .ReadStruct(json, type_, value_, "");
}

void Loader::Set(absl::string_view assignment) {
  ApplyOverride(assignment, type_, value_, &problems_, &origins_);
}

absl::Status Loader::Finish() const {
  ConfigProblems problems = problems_;
  if (!unreadable_) CheckStruct(type_, value_, &origins_, &problems);
  return problems.ToStatus();
}

std::string Loader::Provenance(absl::string_view path) const {
  return origins_.SourceOf(std::string(path));
}

std::string Loader::Explain() const {
  std::string out;
  ExplainFields(type_, value_, "", origins_, &out);
  return out;
}

absl::Status Validate(const ConfigStructType& type, const void* value) {
  ConfigProblems problems;
  CheckStruct(type, value, nullptr, &problems);
  return problems.ToStatus();
}

absl::StatusOr<std::string> Print(const ConfigStructType& type,
                                  const void* value) {
  ASSIGN_OR_RETURN(const nlohmann::ordered_json json, ToJson(type, value));
  ASSIGN_OR_RETURN(const std::string text,
                   OrderedJson(json, JsonLayout::kIndented));
  return absl::StrCat(text, "\n");
}

absl::StatusOr<std::string> PrintCanonically(const ConfigStructType& type,
                                             const void* value) {
  ASSIGN_OR_RETURN(const nlohmann::ordered_json json, ToJson(type, value));
  return CanonicalJson(nlohmann::json(json), JsonLayout::kCompact);
}

}  // namespace config_internal
}  // namespace culturemert
