#include "tools/base/config/config_override.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "tools/base/config/config_path.h"
#include "tools/base/config/config_values.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/nearest_name.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace config_internal {
namespace {

using nlohmann::json;

// Offset of the first `wanted` outside quotes; npos if there is none.
std::size_t FindUnquoted(absl::string_view text, char wanted) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[i] == wanted) {
      return i;
    }
  }
  return absl::string_view::npos;
}

absl::StatusOr<std::string> Unquote(absl::string_view segment) {
  if (!absl::StartsWith(segment, "\"")) {
    if (segment.empty() || absl::StrContains(segment, '"')) {
      return absl::InvalidArgumentError(
          absl::StrCat("expected a key, an index or a key in double quotes "
                       "between the dots of a path, found ",
                       QuoteForMessage(segment)));
    }
    return std::string(segment);
  }
  ASSIGN_OR_RETURN(const json value, ParseJson(segment, "quoted key"));
  return value.get<std::string>();
}

// "0", "17"; nullopt for signs, leading zeros and anything else.
std::optional<std::size_t> ParseIndex(const std::string& text) {
  std::uint64_t index = 0;
  if (!absl::SimpleAtoi(text, &index) || absl::StrCat(index) != text) {
    return std::nullopt;
  }
  return index;
}

bool TakesBareText(const ConfigType& type) {
  if (type.kind() == ConfigKind::kOptional) {
    return TakesBareText(AsOptional(type).element());
  }
  return type.kind() == ConfigKind::kString || type.kind() == ConfigKind::kEnum;
}

void CollectPaths(const ConfigType& type, const void* value,
                  const std::string& path, std::vector<std::string>* paths) {
  switch (type.kind()) {
    case ConfigKind::kOptional:
      if (const void* const content = AsOptional(type).Get(value)) {
        CollectPaths(AsOptional(type).element(), content, path, paths);
      }
      return;
    case ConfigKind::kList:
      for (std::size_t i = 0; i < AsList(type).Size(value); ++i) {
        AsList(type).Inspect(value, i, [&](const void* element) {
          CollectPaths(AsList(type).element(), element,
                       JoinConfigPath(path, absl::StrCat(i)), paths);
        });
      }
      return;
    case ConfigKind::kMap:
      for (const std::string& key : AsMap(type).Keys(value)) {
        CollectPaths(AsMap(type).element(), AsMap(type).Find(value, key),
                     JoinConfigPath(path, key), paths);
      }
      return;
    case ConfigKind::kStruct:
      for (const ConfigField& field : AsStruct(type).fields()) {
        const std::string member_path = JoinConfigPath(path, field.name);
        paths->push_back(member_path);
        CollectPaths(*field.type, field.MemberOf(value), member_path, paths);
      }
      return;
    default:
      return;
  }
}

class Override {
 public:
  Override(absl::string_view source, absl::string_view text,
           ConfigProblems* problems, ConfigOrigins* origins)
      : source_(source), text_(text), problems_(problems), origins_(origins) {}

  // Follows `rest` from the value at `path` and sets what it ends at. Returns
  // false where there is no such place, which the caller has to report.
  bool Assign(const ConfigType& type, const ConfigField& field, void* value,
              absl::Span<const std::string> rest, const std::string& path) {
    if (rest.empty()) {
      Set(type, field, value, path);
      return true;
    }
    switch (type.kind()) {
      case ConfigKind::kOptional:
        if (AsOptional(type).Get(value) == nullptr) {
          origins_->SetMade(path, source_);
        }
        return Assign(AsOptional(type).element(), field,
                      AsOptional(type).GetOrMake(value), rest, path);
      case ConfigKind::kList:
        return AssignInList(AsList(type), field, value, rest, path);
      case ConfigKind::kMap:
        return AssignInMap(AsMap(type), field, value, rest, path);
      case ConfigKind::kStruct: {
        const ConfigField* const member = AsStruct(type).FindField(rest[0]);
        if (member == nullptr) return false;
        return Assign(*member->type, *member, member->member(value),
                      rest.subspan(1), JoinConfigPath(path, rest[0]));
      }
      default:
        return false;
    }
  }

 private:
  bool AssignInList(const ConfigListType& type, const ConfigField& field,
                    void* list, absl::Span<const std::string> rest,
                    const std::string& path) {
    const std::optional<std::size_t> index = ParseIndex(rest[0]);
    const std::size_t size = type.Size(list);
    if (!index.has_value() || *index >= size) {
      problems_->Add(
          source_, JoinConfigPath(path, rest[0]),
          absl::StrCat("expected the index of one of the list's ", size,
                       " elements, counted from 0, found ",
                       QuoteForMessage(rest[0]), "; to lengthen the list, set ",
                       path, " as a whole"));
      return true;
    }
    bool found = false;
    type.Edit(list, *index, [&](void* element) {
      found = Assign(type.element(), field, element, rest.subspan(1),
                     JoinConfigPath(path, rest[0]));
    });
    return found;
  }

  bool AssignInMap(const ConfigMapType& type, const ConfigField& field,
                   void* map, absl::Span<const std::string> rest,
                   const std::string& path) {
    const std::string member_path = JoinConfigPath(path, rest[0]);
    origins_->Set(path, source_);
    if (type.Find(map, rest[0]) == nullptr) {
      origins_->SetMade(member_path, source_);
    }
    return Assign(type.element(), field, type.FindOrMake(map, rest[0]),
                  rest.subspan(1), member_path);
  }

  void Set(const ConfigType& type, const ConfigField& field, void* value,
           const std::string& path) {
    const absl::StatusOr<json> parsed = ParseJson(text_, "value");
    Reader reader(source_, nullptr, problems_, origins_);
    const bool is_null = type.kind() == ConfigKind::kOptional && parsed.ok() &&
                         parsed->is_null();
    if (TakesBareText(type) && !is_null && !absl::StartsWith(text_, "\"")) {
      return reader.Read(json(std::string(text_)), type, field, value, path);
    }
    if (parsed.ok()) return reader.Read(*parsed, type, field, value, path);
    origins_->Set(path, source_);
    problems_->Add(
        source_, path,
        absl::StrCat("expected ", Expectation(type, field), ", found ",
                     QuoteForMessage(text_), ", which is not JSON (",
                     parsed.status().message(), ")"));
  }

  const absl::string_view source_;
  const absl::string_view text_;
  ConfigProblems* const problems_;
  ConfigOrigins* const origins_;
};

// The path that was probably meant: one that ends in the same key, else one
// that is spelled nearly so.
std::string NearestPath(const std::vector<std::string>& segments,
                        const std::string& path,
                        const std::vector<std::string>& valid) {
  const std::string ending =
      absl::StrCat(".", JoinConfigPath("", segments.back()));
  const std::string nearest = NearestName(path, valid);
  if (!nearest.empty()) return nearest;
  for (const std::string& candidate : valid) {
    if (absl::EndsWith(candidate, ending)) return candidate;
  }
  for (const std::string& candidate : valid) {
    const auto dot = candidate.rfind('.');
    const std::string last =
        dot == candidate.npos ? candidate : candidate.substr(dot + 1);
    if (!NearestName(segments.back(), {last}).empty()) return candidate;
  }
  return "";
}

}  // namespace

absl::StatusOr<std::vector<std::string>> SplitPath(absl::string_view path) {
  std::vector<std::string> segments;
  for (;;) {
    const std::size_t dot = FindUnquoted(path, '.');
    ASSIGN_OR_RETURN(segments.emplace_back(), Unquote(path.substr(0, dot)));
    if (dot == path.npos) return segments;
    path.remove_prefix(dot + 1);
  }
}

std::vector<std::string> AllPaths(const ConfigStructType& type,
                                  const void* value) {
  std::vector<std::string> paths;
  CollectPaths(type, value, "", &paths);
  return paths;
}

void ApplyOverride(absl::string_view assignment, const ConfigStructType& type,
                   void* value, ConfigProblems* problems,
                   ConfigOrigins* origins) {
  const std::string source =
      absl::StrCat("--set ", IsPrintable(assignment) && assignment.size() <= 80
                                 ? std::string(assignment)
                                 : QuoteForMessage(assignment));
  const std::size_t equals = FindUnquoted(assignment, '=');
  if (equals == assignment.npos) {
    return problems->Add(source, "", "expected path=value, found no '='");
  }
  const absl::StatusOr<std::vector<std::string>> segments =
      SplitPath(assignment.substr(0, equals));
  if (!segments.ok()) {
    return problems->Add(source, "", segments.status().message());
  }
  const std::vector<std::string> valid = AllPaths(type, value);
  Override override(source, assignment.substr(equals + 1), problems, origins);
  if (override.Assign(type, ConfigField(), value, *segments, "")) return;
  std::string path;
  for (const std::string& segment : *segments)
    path = JoinConfigPath(path, segment);
  const std::string nearest = NearestPath(*segments, path, valid);
  problems->Add(source, path,
                absl::StrCat("no such path in ", type.name(),
                             nearest.empty() ? ""
                                             : absl::StrCat(" (did you mean \"",
                                                            nearest, "\"?)")));
}

}  // namespace config_internal
}  // namespace culturemert
