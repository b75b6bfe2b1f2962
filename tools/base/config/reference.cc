#include "tools/base/config/reference.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/config/config_values.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace config_internal {
namespace {

// The struct at the bottom of optionals, lists and maps, the path to it, and
// whether it is a member itself; `type` is nullptr where there is none.
struct InnerStruct {
  const ConfigStructType* type = nullptr;
  std::string path;
  bool direct = true;
};

InnerStruct FindInnerStruct(const ConfigType& type, const std::string& path) {
  InnerStruct inner;
  switch (type.kind()) {
    case ConfigKind::kStruct:
      return {&AsStruct(type), path, true};
    case ConfigKind::kOptional:
      inner = FindInnerStruct(AsContainer(type).element(), path);
      break;
    case ConfigKind::kList:
      inner = FindInnerStruct(AsContainer(type).element(), path + ".<index>");
      break;
    case ConfigKind::kMap:
      inner = FindInnerStruct(AsContainer(type).element(), path + ".<key>");
      break;
    default:
      break;
  }
  inner.direct = false;
  return inner;
}

std::string DefaultText(const ConfigField& field, const void* owner) {
  if (field.required) return "";
  const absl::StatusOr<std::string> text = OrderedJson(
      WriteValue(*field.type, field.MemberOf(owner)), JsonLayout::kCompact);
  return text.ok() ? *text : std::string(text.status().message());
}

void CollectEntries(const ConfigStructType& type, const void* value,
                    const std::string& prefix,
                    std::vector<ConfigEntry>* entries) {
  for (const ConfigField& field : type.fields()) {
    const std::string path = prefix + field.name;
    entries->push_back({path, &field, DefaultText(field, value)});
    const InnerStruct inner = FindInnerStruct(*field.type, path);
    if (inner.type == nullptr) continue;
    if (inner.direct) {
      CollectEntries(*inner.type, field.MemberOf(value), inner.path + ".",
                     entries);
    } else {
      CollectEntries(*inner.type, inner.type->MakeDefault().get(),
                     inner.path + ".", entries);
    }
  }
}

// A default that would fill lines, cut to its brackets; the fields of structs
// in it are documented apart.
std::string Abridged(const std::string& default_text) {
  constexpr std::size_t kLongest = 60;
  if (CountCharacters(default_text) <= kLongest) return default_text;
  return absl::StrCat(default_text.substr(0, 1), "…",
                      default_text.substr(default_text.size() - 1));
}

// "number; default 0.5; in (0, 1]; unit Hz".
std::string Facts(const ConfigEntry& entry) {
  std::string facts = TypeName(*entry.field->type);
  if (entry.field->required) {
    facts += "; required";
  } else {
    absl::StrAppend(&facts, "; default ", Abridged(entry.default_text));
  }
  const std::string restrictions = RestrictionsText(*entry.field);
  if (!restrictions.empty()) absl::StrAppend(&facts, "; ", restrictions);
  if (!entry.field->unit.empty()) {
    absl::StrAppend(&facts, "; unit ", entry.field->unit);
  }
  return facts;
}

// `text` broken at spaces into lines of at most `width` columns.
std::vector<std::string> Wrapped(absl::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  for (const absl::string_view word :
       absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty())) {
    if (!lines.empty() &&
        CountCharacters(lines.back()) + 1 + CountCharacters(word) <= width) {
      absl::StrAppend(&lines.back(), " ", word);
    } else {
      lines.emplace_back(word);
    }
  }
  return lines;
}

// Text for a cell of a Markdown table.
std::string Cell(absl::string_view text) {
  return absl::StrReplaceAll(
      text,
      {{"|", "\\|"}, {"\n", " "}, {"<", "\\<"}, {"*", "\\*"}, {"_", "\\_"}});
}

std::string Code(absl::string_view text) {
  if (text.empty()) return "";
  return absl::StrCat(
      "`", absl::StrReplaceAll(text, {{"|", "\\|"}, {"`", "'"}}), "`");
}

// The type's name, a struct in it as a link to its section.
std::string TypeCell(const ConfigType& type) {
  const InnerStruct inner = FindInnerStruct(type, "");
  const std::string name = TypeName(type);
  if (inner.type == nullptr) return name;
  const std::string& link = inner.type->name();
  return absl::StrCat(name.substr(0, name.size() - link.size()), "[", link,
                      "](#", absl::AsciiStrToLower(link), ")");
}

std::string DefaultCell(const ConfigField& field, const void* owner) {
  if (field.required) return "required";
  const InnerStruct inner = FindInnerStruct(*field.type, "");
  // The struct's own table has the defaults of its fields.
  if (inner.type != nullptr && inner.direct) return "";
  return Code(Abridged(DefaultText(field, owner)));
}

void CollectStructs(const ConfigStructType& type,
                    std::vector<const ConfigStructType*>* structs) {
  if (std::find(structs->begin(), structs->end(), &type) != structs->end()) {
    return;
  }
  structs->push_back(&type);
  for (const ConfigField& field : type.fields()) {
    const InnerStruct inner = FindInnerStruct(*field.type, "");
    if (inner.type != nullptr) CollectStructs(*inner.type, structs);
  }
}

std::string Section(const ConfigStructType& type) {
  const std::shared_ptr<void> value = type.MakeDefault();
  std::string out =
      absl::StrCat("## ", type.name(), "\n\n", type.doc(),
                   "\n\n| key | type | default | allowed | unit | meaning |\n"
                   "|---|---|---|---|---|---|\n");
  for (const ConfigField& field : type.fields()) {
    absl::StrAppend(&out, "| ", Code(field.name), " | ", TypeCell(*field.type),
                    " | ", DefaultCell(field, value.get()), " | ",
                    Code(RestrictionsText(field)), " | ", Cell(field.unit),
                    " | ", Cell(field.doc), " |\n");
  }
  return out;
}

}  // namespace

std::vector<ConfigEntry> Entries(const ConfigStructType& type) {
  std::vector<ConfigEntry> entries;
  CollectEntries(type, type.MakeDefault().get(), "", &entries);
  return entries;
}

std::string Help(const ConfigStructType& type, int width) {
  constexpr std::size_t kIndent = 2;
  constexpr std::size_t kGap = 2;
  const auto columns = static_cast<std::size_t>(std::max(width, 40));
  std::vector<ConfigEntry> shown;
  std::size_t longest_path = 0;
  for (const ConfigEntry& entry : Entries(type)) {
    const InnerStruct inner = FindInnerStruct(*entry.field->type, "");
    if (inner.type != nullptr && inner.direct) continue;
    shown.push_back(entry);
    longest_path = std::max(longest_path, entry.path.size());
  }
  const std::size_t margin =
      kIndent + std::min(longest_path, columns * 2 / 5) + kGap;
  std::string out;
  for (const ConfigEntry& entry : shown) {
    std::string start = std::string(kIndent, ' ') + entry.path;
    // A path beyond the margin has a line to itself.
    if (start.size() + kGap > margin) {
      absl::StrAppend(&out, start, "\n");
      start.clear();
    }
    start.resize(margin, ' ');
    std::vector<std::string> lines = Wrapped(Facts(entry), columns - margin);
    for (std::string& line : Wrapped(entry.field->doc, columns - margin)) {
      lines.push_back(std::move(line));
    }
    for (const std::string& line : lines) {
      absl::StrAppend(&out, start, line, "\n");
      start.assign(margin, ' ');
    }
  }
  return out;
}

std::string Reference(const ConfigStructType& type) {
  std::vector<const ConfigStructType*> structs;
  CollectStructs(type, &structs);
  std::string out;
  for (const ConfigStructType* each : structs) {
    absl::StrAppend(&out, out.empty() ? "" : "\n", Section(*each));
  }
  return out;
}

}  // namespace config_internal
}  // namespace culturemert
