#include "models/weights/safetensors_header.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/weights/byte_reader.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

using nlohmann::json;

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::size_t kMaxDimensions = 64;
constexpr std::uint64_t kMaxInt64 = std::numeric_limits<std::int64_t>::max();
constexpr absl::string_view kMetadataKey = "__metadata__";

std::string ShapeText(absl::Span<const std::int64_t> shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

// A value of the header, short enough for a message.
std::string Found(const json& value) {
  return QuoteForMessage(
      value.dump(-1, ' ', false, json::error_handler_t::replace), 40);
}

// Parses one tensor's description; errors do not name the file.
class EntryParser {
 public:
  explicit EntryParser(absl::string_view name) : name_(name) {}

  absl::StatusOr<SafetensorsEntry> Parse(const json& value) const {
    SafetensorsEntry entry;
    entry.name = std::string(name_);
    RETURN_IF_ERROR(CheckKeys(value));
    ASSIGN_OR_RETURN(entry.type, ParseType(value["dtype"]));
    ASSIGN_OR_RETURN(entry.shape, ParseShape(value["shape"]));
    RETURN_IF_ERROR(ParseOffsets(value["data_offsets"], &entry));
    RETURN_IF_ERROR(CheckSize(entry));
    return entry;
  }

 private:
  template <typename... Parts>
  absl::Status Error(const Parts&... parts) const {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor ", QuoteForMessage(name_), ": ", parts...));
  }

  absl::Status CheckKeys(const json& value) const {
    if (!value.is_object()) {
      return Error(
          "must be an object with dtype, shape and data_offsets, found ",
          Found(value));
    }
    for (const char* key : {"dtype", "shape", "data_offsets"}) {
      if (!value.contains(key)) return Error("has no \"", key, "\"");
    }
    for (const auto& [key, unused] : value.items()) {
      if (key != "dtype" && key != "shape" && key != "data_offsets") {
        return Error("unknown key ", QuoteForMessage(key),
                     ", expected only dtype, shape and data_offsets");
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<ElementType> ParseType(const json& value) const {
    std::vector<absl::string_view> known;
    for (const ElementTypeInfo& info : AllElementTypes()) {
      const absl::string_view type_name = info.safetensors_name;
      if (value.is_string() && value.get_ref<const std::string&>() == type_name)
        return info.type;
      known.push_back(type_name);
    }
    return Error("unknown dtype ", Found(value), ", expected one of ",
                 absl::StrJoin(known, ", "));
  }

  absl::StatusOr<std::vector<std::int64_t>> ParseShape(
      const json& value) const {
    if (!value.is_array()) {
      return Error("shape must be a list, found ", Found(value));
    }
    if (value.size() > kMaxDimensions) {
      return Error("the shape has ", value.size(), " dimensions, at most ",
                   kMaxDimensions, " are supported");
    }
    std::vector<std::int64_t> shape;
    for (const json& dimension : value) {
      if (!dimension.is_number_unsigned() ||
          dimension.get<std::uint64_t>() > kMaxInt64) {
        return Error(
            "a dimension must be an integer from 0 to 2^63 - 1, found ",
            Found(dimension));
      }
      shape.push_back(dimension.get<std::int64_t>());
    }
    return shape;
  }

  absl::Status ParseOffsets(const json& value, SafetensorsEntry* entry) const {
    if (!value.is_array() || value.size() != 2 ||
        !value[0].is_number_unsigned() || !value[1].is_number_unsigned()) {
      return Error("data_offsets must be two integers from 0, found ",
                   Found(value));
    }
    entry->begin_bytes = value[0].get<std::uint64_t>();
    entry->end_bytes = value[1].get<std::uint64_t>();
    if (entry->end_bytes < entry->begin_bytes) {
      return Error("data_offsets end at ", entry->end_bytes,
                   ", before they begin at ", entry->begin_bytes);
    }
    return absl::OkStatus();
  }

  absl::Status CheckSize(const SafetensorsEntry& entry) const {
    const std::optional<std::uint64_t> size_bytes =
        TensorSizeBytes(entry.type, entry.shape);
    const absl::string_view type_name = InfoOf(entry.type).safetensors_name;
    if (!size_bytes.has_value()) {
      return Error("the shape ", ShapeText(entry.shape), " of ", type_name,
                   " needs more than 2^63 - 1 bytes");
    }
    const std::uint64_t found_bytes = entry.end_bytes - entry.begin_bytes;
    if (*size_bytes != found_bytes) {
      return Error("the shape ", ShapeText(entry.shape), " of ", type_name,
                   " needs ", *size_bytes, " bytes, data_offsets give it ",
                   found_bytes);
    }
    return absl::OkStatus();
  }

  const absl::string_view name_;
};

absl::StatusOr<std::map<std::string, std::string>> ParseMetadata(
    const json& value) {
  if (!value.is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat("__metadata__ must be an object, found ", Found(value)));
  }
  std::map<std::string, std::string> metadata;
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string()) {
      return absl::InvalidArgumentError(
          absl::StrCat("__metadata__: ", QuoteForMessage(key),
                       " must be a string, found ", Found(text)));
    }
    metadata[key] = text.get<std::string>();
  }
  return metadata;
}

// The text of the header; where the elements begin is behind it.
absl::StatusOr<absl::string_view> HeaderText(
    absl::Span<const std::uint8_t> file) {
  ByteReader reader(file);
  std::uint64_t length = 0;
  if (!reader.Read(&length)) {
    return absl::DataLossError(absl::StrCat("a safetensors file has at least ",
                                            kLengthBytes, " bytes, found ",
                                            file.size()));
  }
  if (length > kMaxSafetensorsHeaderBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the header's length, ", length, " bytes, is above the allowed ",
        kMaxSafetensorsHeaderBytes, "; is this a safetensors file?"));
  }
  absl::string_view text;
  if (!reader.ReadBytes(length, &text)) {
    return absl::DataLossError(absl::StrCat(
        "the header should have ", length, " bytes, but only ",
        reader.remaining(), " follow its length; download it again"));
  }
  if (text.substr(0, 1) != "{") {
    return absl::InvalidArgumentError(absl::StrCat(
        "the header must begin with \"{\", found ", QuoteForMessage(text, 20)));
  }
  return text;
}

// Entries in order of offset must follow one another without overlap or hole,
// and end with the file.
absl::Status CheckLayout(absl::Span<const SafetensorsEntry> entries,
                         std::uint64_t data_size_bytes) {
  std::uint64_t expected = 0;
  absl::string_view before;
  for (const SafetensorsEntry& entry : entries) {
    if (entry.begin_bytes != expected) {
      const bool is_overlap = entry.begin_bytes < expected;
      const std::string neighbour =
          before.data() == nullptr
              ? "the end of the header"
              : absl::StrCat("tensor ", QuoteForMessage(before));
      return absl::InvalidArgumentError(absl::StrCat(
          "tensor ", QuoteForMessage(entry.name), ": its data begin at ",
          entry.begin_bytes, ", ",
          is_overlap ? "overlapping those of " : "leaving a hole behind ",
          neighbour, ", expected ", expected));
    }
    expected = entry.end_bytes;
    before = entry.name;
  }
  if (expected > data_size_bytes) {
    return absl::DataLossError(absl::StrCat(
        "the tensors need ", expected, " bytes, but only ", data_size_bytes,
        " follow the header (tensor ", QuoteForMessage(before),
        " is cut off); download it again"));
  }
  if (expected < data_size_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(data_size_bytes - expected,
                     " bytes follow the last tensor, which ends at ", expected,
                     " of ", data_size_bytes));
  }
  return absl::OkStatus();
}

// In double quotes, escaped as the library does: what JSON demands only.
std::string Quoted(const std::string& text) { return json(text).dump(); }

absl::Status CheckUtf8(absl::string_view text, absl::string_view what) {
  if (IsValidUtf8(text)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(what, " ", QuoteForMessage(text), " is not UTF-8"));
}

absl::Status CheckNames(const SafetensorsHeader& header) {
  std::vector<absl::string_view> names;
  for (const SafetensorsEntry& entry : header.entries) {
    RETURN_IF_ERROR(CheckUtf8(entry.name, "the tensor name"));
    if (entry.name == kMetadataKey) {
      return absl::InvalidArgumentError(
          "a tensor must not be called \"__metadata__\"");
    }
    if (entry.shape.size() > kMaxDimensions) {
      return absl::InvalidArgumentError(absl::StrCat(
          "tensor ", QuoteForMessage(entry.name), ": has ", entry.shape.size(),
          " dimensions, at most ", kMaxDimensions, " are supported"));
    }
    names.push_back(entry.name);
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "tensor ", QuoteForMessage(*twice), ": the name is there twice"));
  }
  for (const auto& [key, value] : header.metadata) {
    RETURN_IF_ERROR(CheckUtf8(key, "the metadata key"));
    RETURN_IF_ERROR(CheckUtf8(value, absl::StrCat("metadata ", key, ":")));
  }
  return absl::OkStatus();
}

absl::Status SetOffsets(SafetensorsHeader* header) {
  std::sort(header->entries.begin(), header->entries.end(),
            [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
              return a.type != b.type ? a.type > b.type : a.name < b.name;
            });
  std::uint64_t offset = 0;
  for (SafetensorsEntry& entry : header->entries) {
    const std::optional<std::uint64_t> size_bytes =
        TensorSizeBytes(entry.type, entry.shape);
    if (!size_bytes.has_value() || *size_bytes > kMaxInt64 - offset) {
      return absl::InvalidArgumentError(absl::StrCat(
          "tensor ", QuoteForMessage(entry.name), ": with the shape ",
          ShapeText(entry.shape), " the file exceeds 2^63 - 1 bytes"));
    }
    entry.begin_bytes = offset;
    offset += *size_bytes;
    entry.end_bytes = offset;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SafetensorsHeader> ParseSafetensorsHeader(
    absl::Span<const std::uint8_t> file, absl::string_view source) {
  ASSIGN_OR_RETURN(const absl::string_view text,
                   Annotate(HeaderText(file), source));
  JsonOptions options;
  options.max_depth = 3;
  ASSIGN_OR_RETURN(const json object,
                   ParseJson(text, absl::StrCat(source, ": header"), options));
  SafetensorsHeader header;
  header.data_offset_bytes = kLengthBytes + text.size();
  for (const auto& [name, value] : object.items()) {
    if (name == kMetadataKey) {
      ASSIGN_OR_RETURN(header.metadata, Annotate(ParseMetadata(value), source));
      continue;
    }
    ASSIGN_OR_RETURN(SafetensorsEntry entry,
                     Annotate(EntryParser(name).Parse(value), source));
    header.entries.push_back(std::move(entry));
  }
  std::sort(header.entries.begin(), header.entries.end(),
            [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
              return std::tie(a.begin_bytes, a.end_bytes, a.name) <
                     std::tie(b.begin_bytes, b.end_bytes, b.name);
            });
  RETURN_IF_ERROR(Annotate(
      CheckLayout(header.entries, file.size() - header.data_offset_bytes),
      source));
  return header;
}

absl::StatusOr<std::string> PrintSafetensorsHeader(SafetensorsHeader* header) {
  RETURN_IF_ERROR(CheckNames(*header));
  RETURN_IF_ERROR(SetOffsets(header));
  std::vector<std::string> members;
  if (!header->metadata.empty()) {
    members.push_back(
        absl::StrCat("\"", kMetadataKey, "\":", json(header->metadata).dump()));
  }
  for (const SafetensorsEntry& entry : header->entries) {
    members.push_back(
        absl::StrCat(Quoted(entry.name), ":{\"dtype\":\"",
                     InfoOf(entry.type).safetensors_name, "\",\"shape\":[",
                     absl::StrJoin(entry.shape, ","), "],\"data_offsets\":[",
                     entry.begin_bytes, ",", entry.end_bytes, "]}"));
  }
  std::string text = absl::StrCat("{", absl::StrJoin(members, ","), "}");
  text.resize((text.size() + 7) / 8 * 8, ' ');
  if (text.size() > kMaxSafetensorsHeaderBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("the header would have ", text.size(), " bytes, above ",
                     kMaxSafetensorsHeaderBytes));
  }
  header->data_offset_bytes = kLengthBytes + text.size();
  const std::uint64_t length = text.size();
  std::string length_bytes(kLengthBytes, '\0');
  std::memcpy(&length_bytes[0], &length, kLengthBytes);
  return length_bytes + text;
}

}  // namespace culturemert
