#include "experiments/records/predictions.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <system_error>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

absl::Status CheckNames(absl::Span<const std::string> names,
                        absl::string_view what) {
  if (names.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("has no ", what, "s"));
  }
  absl::flat_hash_set<absl::string_view> seen;
  for (const std::string& name : names) {
    if (name.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("has a ", what, " without a name"));
    }
    if (!seen.insert(name).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("has the ", what, " ", QuoteForMessage(name), " twice"));
    }
  }
  return absl::OkStatus();
}

bool IsInRange(std::uint8_t value) { return value <= 1; }
bool IsInRange(float value) { return value >= 0 && value <= 1; }

constexpr char kTruthRange[] = "0 or 1";
constexpr char kScoreRange[] = "a probability from 0 to 1";
const char* RangeOf(std::uint8_t) { return kTruthRange; }
const char* RangeOf(float) { return kScoreRange; }

void AppendValue(std::uint8_t value, std::string* text) {
  text->push_back(value != 0 ? '1' : '0');
}

void AppendValue(float value, std::string* text) {
  char buffer[32];
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), value);
  text->append(buffer, result.ptr);
}

bool ReadValue(absl::string_view field, std::uint8_t* value) {
  *value = field == "1" ? 1 : 0;
  return field == "1" || field == "0";
}

bool ReadValue(absl::string_view field, float* value) {
  const char* const end = field.data() + field.size();
  const auto result = std::from_chars(field.data(), end, *value);
  return result.ec == std::errc() && result.ptr == end && IsInRange(*value);
}

absl::Status AppendHeader(absl::Span<const std::string> tags,
                          std::string* text) {
  std::vector<absl::string_view> fields = {"id"};
  fields.insert(fields.end(), tags.begin(), tags.end());
  return AppendCsvRow(fields, ',', text);
}

template <typename T>
absl::StatusOr<std::string> Format(absl::Span<const std::string> ids,
                                   absl::Span<const std::string> tags,
                                   absl::Span<const T> values) {
  RETURN_IF_ERROR(CheckNames(ids, "recording"));
  RETURN_IF_ERROR(CheckNames(tags, "tag"));
  if (values.size() / tags.size() != ids.size() ||
      values.size() % tags.size() != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("has ", values.size(), " values, expected ", ids.size(),
                     " recordings times ", tags.size(), " tags"));
  }
  std::string text;
  RETURN_IF_ERROR(AppendHeader(tags, &text));
  const T* value = values.data();
  for (const std::string& id : ids) {
    RETURN_IF_ERROR(AppendCsvRow({id}, ',', &text));
    text.pop_back();
    for (const std::string& tag : tags) {
      if (!IsInRange(*value)) {
        return absl::InvalidArgumentError(absl::StrCat(
            "recording ", QuoteForMessage(id), ", tag ", QuoteForMessage(tag),
            ": found ", *value, ", expected ", RangeOf(*value)));
      }
      text.push_back(',');
      AppendValue(*value++, &text);
    }
    text.push_back('\n');
  }
  return text;
}

template <typename T>
absl::Status ReadRow(const CsvRow& row, const PredictionTable<T>& table,
                     absl::string_view source, std::vector<T>* values) {
  for (std::size_t i = 1; i < row.fields.size(); ++i) {
    T value{};
    if (!ReadValue(row.fields[i], &value)) {
      return absl::InvalidArgumentError(absl::StrCat(
          source, ":", row.line, ": the tag ",
          QuoteForMessage(table.tags[i - 1]), " has ",
          QuoteForMessage(row.fields[i]), ", expected ", RangeOf(T{})));
    }
    values->push_back(value);
  }
  return absl::OkStatus();
}

template <typename T>
absl::StatusOr<PredictionTable<T>> Parse(absl::string_view text,
                                         absl::string_view source) {
  ASSIGN_OR_RETURN(const std::unique_ptr<CsvReader> reader,
                   CsvReader::Create(text, source));
  ASSIGN_OR_RETURN(std::optional<CsvRow> row, reader->Next());
  if (!row.has_value() || row->fields.front() != "id") {
    return absl::InvalidArgumentError(absl::StrCat(
        source, ":1: expected a first row of \"id\" and the tags' names"));
  }
  PredictionTable<T> table;
  for (const absl::string_view tag : row->fields.subspan(1)) {
    table.tags.emplace_back(tag);
  }
  RETURN_IF_ERROR(Annotate(CheckNames(table.tags, "tag"), source));
  while (true) {
    ASSIGN_OR_RETURN(row, reader->Next());
    if (!row.has_value()) break;
    table.ids.emplace_back(row->fields.front());
    RETURN_IF_ERROR(ReadRow(*row, table, source, &table.values));
  }
  RETURN_IF_ERROR(Annotate(CheckNames(table.ids, "recording"), source));
  return table;
}

absl::string_view TextOf(const MappedFile& file) {
  return absl::string_view(reinterpret_cast<const char*>(file.bytes().data()),
                           file.bytes().size());
}

}  // namespace

absl::StatusOr<std::string> FormatTruth(const TruthTable& truth) {
  return Format(absl::MakeConstSpan(truth.ids), absl::MakeConstSpan(truth.tags),
                absl::MakeConstSpan(truth.values));
}

absl::StatusOr<std::string> FormatScores(absl::Span<const std::string> ids,
                                         absl::Span<const std::string> tags,
                                         absl::Span<const float> values) {
  return Format(ids, tags, values);
}

absl::StatusOr<TruthTable> ParseTruth(absl::string_view text,
                                      absl::string_view source) {
  return Parse<std::uint8_t>(text, source);
}

absl::StatusOr<ScoreTable> ParseScores(absl::string_view text,
                                       absl::string_view source) {
  return Parse<float>(text, source);
}

absl::StatusOr<TruthTable> ReadTruth(Files& files, absl::string_view path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file, files.Map(path));
  return ParseTruth(TextOf(*file), path);
}

absl::StatusOr<ScoreTable> ReadScores(Files& files, absl::string_view path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file, files.Map(path));
  return ParseScores(TextOf(*file), path);
}

}  // namespace culturemert
