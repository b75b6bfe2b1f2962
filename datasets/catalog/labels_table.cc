#include "datasets/catalog/labels_table.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "re2/re2.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/nearest_name.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

enum Column : std::size_t {
  kPath,
  kCulture,
  kTags,
  kRecording,
  kSplit,
  kDuration,
  kColumns,
};

constexpr absl::string_view kNames[kColumns] = {
    "path", "culture", "tags", "recording", "split", "duration_s"};
constexpr std::size_t kRequiredColumns = 4;

re2::StringPiece Piece(absl::string_view text) {
  return re2::StringPiece(text.data(), text.size());
}

bool HasControlCharacter(absl::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7F';
  });
}

class Parser {
 public:
  Parser(absl::string_view text, absl::string_view source)
      : text_(text), source_(source) {}

  absl::StatusOr<LabelsTable> Parse();

 private:
  absl::Status ReadHeader(const CsvRow& row);
  absl::Status ReadRow(const CsvRow& row);
  absl::Status ReadPath(absl::string_view field, LabelsRow* label);
  absl::Status ReadTags(absl::string_view field, LabelsRow* label);
  absl::Status ReadDuration(absl::string_view field, LabelsRow* label);
  absl::Status CheckRecording(absl::string_view field);

  // An error at `place`, a part of a field of the row being read.
  absl::Status ErrorAt(absl::string_view place, absl::string_view message);

  const absl::string_view text_;
  const std::string source_;
  std::uint64_t line_ = 0;
  std::optional<std::size_t> columns_[kColumns];
  LabelsTable table_;
  // Lines and rows of what must not repeat or differ.
  absl::flat_hash_map<std::string, std::uint64_t> path_lines_;
  absl::flat_hash_map<std::string, std::size_t> first_rows_;
};

absl::Status Parser::ErrorAt(absl::string_view place,
                             absl::string_view message) {
  std::uint64_t line = line_;
  std::size_t column = 1;
  // A field in which quotes were doubled is a copy, elsewhere in memory.
  const std::less_equal<const char*> at_most;
  if (at_most(text_.data(), place.data()) &&
      at_most(place.data(), text_.data() + text_.size())) {
    const absl::string_view before =
        text_.substr(0, static_cast<std::size_t>(place.data() - text_.data()));
    const std::size_t line_feed = before.rfind('\n');
    const absl::string_view in_line =
        before.substr(line_feed == absl::string_view::npos ? 0 : line_feed + 1);
    line = 1 + static_cast<std::uint64_t>(
                   std::count(before.begin(), before.end(), '\n'));
    column = 1 + CountCharacters(in_line);
  }
  return absl::InvalidArgumentError(
      absl::StrCat(source_, ":", line, ":", column, ": ", message));
}

absl::Status Parser::ReadHeader(const CsvRow& row) {
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    const auto* const known =
        std::find(std::begin(kNames), std::end(kNames), row.fields[i]);
    if (known == std::end(kNames)) {
      table_.other_columns.emplace_back(row.fields[i]);
      continue;
    }
    std::optional<std::size_t>& column = columns_[known - std::begin(kNames)];
    if (column.has_value()) {
      return ErrorAt(row.fields[i],
                     absl::StrCat("the column \"", *known, "\" stands twice"));
    }
    column = i;
  }
  for (std::size_t i = 0; i < kRequiredColumns; ++i) {
    if (columns_[i].has_value()) continue;
    const std::string near = NearestName(kNames[i], table_.other_columns);
    return ErrorAt(
        row.fields[0],
        absl::StrCat("no column \"", kNames[i], "\"",
                     near.empty()
                         ? ""
                         : absl::StrCat("; is it ", QuoteForMessage(near), "?"),
                     "; expected path, culture, tags, recording and perhaps "
                     "split and duration_s"));
  }
  table_.has_split = columns_[kSplit].has_value();
  return absl::OkStatus();
}

absl::Status Parser::ReadPath(absl::string_view field, LabelsRow* label) {
  const absl::StatusOr<std::string> inside =
      JoinInside(Dirname(source_), field);
  if (!inside.ok()) return ErrorAt(field, inside.status().message());
  label->path = CleanPath(field);
  if (HasControlCharacter(label->path)) {
    return ErrorAt(field,
                   absl::StrCat("found the path ", QuoteForMessage(field),
                                ", expected that of an audio file"));
  }
  const auto [first, is_new] = path_lines_.emplace(label->path, line_);
  if (!is_new) {
    return ErrorAt(field,
                   absl::StrCat("the file ", QuoteForMessage(field),
                                " is listed already in line ", first->second));
  }
  return absl::OkStatus();
}

absl::Status Parser::ReadTags(absl::string_view field, LabelsRow* label) {
  if (field.empty()) return absl::OkStatus();
  static const RE2& form = *new RE2(R"([A-Za-z0-9_-]+:[^ ](?:.*[^ ])?)");
  for (const absl::string_view tag : absl::StrSplit(field, ';')) {
    if (HasControlCharacter(tag) || !RE2::FullMatch(Piece(tag), form)) {
      return ErrorAt(tag,
                     absl::StrCat("found the tag ", QuoteForMessage(tag),
                                  ", expected group:value, joined by \";\""));
    }
    if (std::find(label->tags.begin(), label->tags.end(), tag) !=
        label->tags.end()) {
      return ErrorAt(
          tag, absl::StrCat("the tag ", QuoteForMessage(tag), " stands twice"));
    }
    label->tags.emplace_back(tag);
  }
  return absl::OkStatus();
}

absl::Status Parser::ReadDuration(absl::string_view field, LabelsRow* label) {
  if (field.empty()) return absl::OkStatus();
  static const RE2& form = *new RE2(R"(\d{1,9}(?:\.\d{1,9})?)");
  double seconds = 0;
  if (!RE2::FullMatch(Piece(field), form) ||
      !absl::SimpleAtod(field, &seconds)) {
    return ErrorAt(field,
                   absl::StrCat("found the duration ", QuoteForMessage(field),
                                ", expected seconds"));
  }
  label->duration_seconds = seconds;
  return absl::OkStatus();
}

// The last row against the first one of its recording.
absl::Status Parser::CheckRecording(absl::string_view field) {
  const LabelsRow& row = table_.rows.back();
  const auto [found, is_new] =
      first_rows_.emplace(row.recording, table_.rows.size() - 1);
  if (is_new) return absl::OkStatus();
  const LabelsRow& first = table_.rows[found->second];
  if (first.split != row.split) {
    return ErrorAt(
        field, absl::StrCat("the recording ", QuoteForMessage(field), " is in ",
                            NameOf(*row.split), " here and in ",
                            NameOf(*first.split), " in line ", first.line,
                            "; expected all its files in one split"));
  }
  if (first.culture != row.culture) {
    return ErrorAt(
        field, absl::StrCat("the recording ", QuoteForMessage(field), " is ",
                            row.culture, " here and ", first.culture,
                            " in line ", first.line, "; expected one culture"));
  }
  return absl::OkStatus();
}

absl::Status Parser::ReadRow(const CsvRow& row) {
  line_ = row.line;
  LabelsRow label;
  label.line = row.line;
  RETURN_IF_ERROR(ReadPath(row.fields[*columns_[kPath]], &label));
  const absl::string_view culture = row.fields[*columns_[kCulture]];
  static const RE2& culture_form = *new RE2(R"([A-Za-z0-9_-]{1,64})");
  if (!RE2::FullMatch(Piece(culture), culture_form)) {
    return ErrorAt(culture,
                   absl::StrCat("found the culture ", QuoteForMessage(culture),
                                ", expected 1 to 64 letters, digits, \"_\" and "
                                "\"-\""));
  }
  label.culture = std::string(culture);
  RETURN_IF_ERROR(ReadTags(row.fields[*columns_[kTags]], &label));
  const absl::string_view recording = row.fields[*columns_[kRecording]];
  if (recording.empty() || HasControlCharacter(recording)) {
    return ErrorAt(recording, absl::StrCat("found the recording ",
                                           QuoteForMessage(recording),
                                           ", expected a name"));
  }
  label.recording = std::string(recording);
  if (table_.has_split) {
    const absl::string_view name = row.fields[*columns_[kSplit]];
    const absl::StatusOr<Split> split = SplitNamed(name);
    if (!split.ok()) return ErrorAt(name, split.status().message());
    label.split = *split;
  }
  if (columns_[kDuration].has_value()) {
    RETURN_IF_ERROR(ReadDuration(row.fields[*columns_[kDuration]], &label));
  }
  table_.rows.push_back(std::move(label));
  return CheckRecording(recording);
}

absl::StatusOr<LabelsTable> Parser::Parse() {
  ASSIGN_OR_RETURN(const std::unique_ptr<CsvReader> reader,
                   CsvReader::Create(text_, source_));
  ASSIGN_OR_RETURN(std::optional<CsvRow> row, reader->Next());
  if (!row.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        source_,
        ":1:1: an empty file, expected a header row that names the "
        "columns path, culture, tags and recording"));
  }
  RETURN_IF_ERROR(ReadHeader(*row));
  while (true) {
    ASSIGN_OR_RETURN(row, reader->Next());
    if (!row.has_value()) return std::move(table_);
    RETURN_IF_ERROR(ReadRow(*row));
  }
}

}  // namespace

absl::StatusOr<LabelsTable> ParseLabels(absl::string_view text,
                                        absl::string_view source) {
  return Parser(text, source).Parse();
}

}  // namespace culturemert
