#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {

namespace csv_internal {

absl::Status CheckDelimiter(char delimiter) {
  const auto byte = static_cast<std::uint8_t>(delimiter);
  if (byte < 0x80 && absl::string_view("\"\r\n\0", 4).find(delimiter) ==
                         absl::string_view::npos) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "the delimiter ", QuoteForMessage(absl::string_view(&delimiter, 1)),
      " is not allowed; expected an ASCII character other than a quote, CR, "
      "LF and NUL"));
}

}  // namespace csv_internal

absl::StatusOr<std::unique_ptr<CsvReader>> CsvReader::Create(
    absl::string_view text, absl::string_view source,
    const CsvOptions& options) {
  RETURN_IF_ERROR(
      Annotate(csv_internal::CheckDelimiter(options.delimiter), source));
  return std::unique_ptr<CsvReader>(new CsvReader(text, source, options));
}

CsvReader::CsvReader(absl::string_view text, absl::string_view source,
                     const CsvOptions& options)
    : text_(text), source_(source), options_(options) {
  if (absl::StartsWith(text_, csv_internal::kByteOrderMark)) {
    position_ = csv_internal::kByteOrderMark.size();
  }
  for (const char c : {options_.delimiter, '\r', '\n'}) {
    stops_plain_field_[static_cast<std::uint8_t>(c)] = true;
  }
  const bool bare_quotes =
      options_.allow_bare_quotes || options_.quotes_are_text;
  stops_plain_field_[static_cast<std::uint8_t>('"')] = !bare_quotes;
}

absl::StatusOr<std::optional<CsvRow>> CsvReader::Next() {
  fields_.clear();
  unescaped_.clear();
  ASSIGN_OR_RETURN(const std::optional<std::uint64_t> line,
                   AppendRow(&fields_));
  if (!line.has_value()) return std::nullopt;
  return CsvRow{fields_, *line};
}

absl::StatusOr<std::optional<std::uint64_t>> CsvReader::AppendRow(
    std::vector<absl::string_view>* fields) {
  RETURN_IF_ERROR(failure_);
  row_begin_ = position_;
  failure_ = SkipEmptyLines();
  RETURN_IF_ERROR(failure_);
  if (position_ == text_.size()) return std::nullopt;
  const std::size_t fields_before = fields->size();
  failure_ = ScanFields(fields);
  // Of two errors the first one in the text is reported.
  if (const absl::Status characters = CheckCharacters(); !characters.ok()) {
    failure_ = characters;
  }
  if (failure_.ok()) {
    failure_ = CheckNumberOfFields(fields->size() - fields_before);
  }
  RETURN_IF_ERROR(failure_);
  const std::uint64_t line = row_line_;
  row_line_ +=
      std::count(text_.begin() + row_begin_, text_.begin() + position_, '\n');
  return line;
}

absl::Status CsvReader::SkipEmptyLines() {
  while (LineEndBytes(position_) > 0) position_ += LineEndBytes(position_);
  if (position_ == row_begin_ || position_ == text_.size()) {
    return absl::OkStatus();
  }
  return ErrorAt(row_begin_,
                 "an empty line before the last row; remove it, or write \"\" "
                 "for a single empty field");
}

absl::Status CsvReader::ScanFields(std::vector<absl::string_view>* fields) {
  while (true) {
    const bool quoted = !options_.quotes_are_text && position_ < text_.size() &&
                        text_[position_] == '"';
    absl::string_view field;
    RETURN_IF_ERROR(quoted ? ScanQuotedField(&field) : ScanPlainField(&field));
    fields->push_back(field);
    if (position_ == text_.size()) return absl::OkStatus();
    if (text_[position_] == options_.delimiter) {
      ++position_;
      continue;
    }
    const std::size_t line_end_bytes = LineEndBytes(position_);
    if (line_end_bytes > 0) {
      position_ += line_end_bytes;
      return absl::OkStatus();
    }
    return ErrorAt(position_,
                   "text after the closing quote of a field; expected the "
                   "delimiter or the line's end (a quote inside a quoted "
                   "field is written twice)");
  }
}

absl::Status CsvReader::ScanPlainField(absl::string_view* field) {
  const std::size_t begin = position_;
  while (position_ < text_.size() &&
         !stops_plain_field_[static_cast<std::uint8_t>(text_[position_])]) {
    ++position_;
  }
  *field = text_.substr(begin, position_ - begin);
  RETURN_IF_ERROR(CheckLength(begin, field->size()));
  if (position_ == text_.size()) return absl::OkStatus();
  if (text_[position_] == options_.delimiter || LineEndBytes(position_) > 0) {
    return absl::OkStatus();
  }
  if (text_[position_] == '"') {
    return ErrorAt(position_,
                   "a quote inside an unquoted field; put the whole field in "
                   "quotes and write the quote twice");
  }
  return ErrorAt(position_,
                 "a carriage return that is not followed by a line feed; end "
                 "lines in LF or CR LF, or put the field in quotes");
}

absl::Status CsvReader::ScanQuotedField(absl::string_view* field) {
  const std::size_t begin = position_ + 1;
  std::string* unescaped = nullptr;
  std::size_t piece_begin = begin;
  while (true) {
    const std::size_t quote = text_.find('"', piece_begin);
    if (quote == absl::string_view::npos) {
      return ErrorAt(position_, "the quote opened here is never closed");
    }
    const absl::string_view piece =
        text_.substr(piece_begin, quote - piece_begin);
    const bool doubled = quote + 1 < text_.size() && text_[quote + 1] == '"';
    const std::size_t before = unescaped != nullptr ? unescaped->size() : 0;
    RETURN_IF_ERROR(CheckLength(position_, before + piece.size() + doubled));
    if (!doubled && unescaped == nullptr) {
      *field = piece;
    } else {
      if (unescaped == nullptr) unescaped = &unescaped_.emplace_back();
      absl::StrAppend(unescaped, piece, doubled ? "\"" : "");
      *field = *unescaped;
    }
    piece_begin = quote + (doubled ? 2 : 1);
    if (!doubled) break;
  }
  position_ = piece_begin;
  return absl::OkStatus();
}

absl::Status CsvReader::CheckCharacters() const {
  const absl::string_view scanned =
      text_.substr(row_begin_, position_ - row_begin_);
  const std::size_t valid = ValidUtf8Length(scanned);
  const std::size_t nul = scanned.substr(0, valid).find('\0');
  if (nul != absl::string_view::npos) {
    return ErrorAt(row_begin_ + nul,
                   "a NUL byte; the file is damaged or not UTF-8 text");
  }
  if (valid == scanned.size()) return absl::OkStatus();
  return ErrorAt(
      row_begin_ + valid,
      absl::StrCat("invalid UTF-8, ", QuoteForMessage(scanned.substr(valid, 1)),
                   "; save the file with the encoding UTF-8"));
}

absl::Status CsvReader::CheckLength(std::size_t begin,
                                    std::size_t length_bytes) const {
  if (length_bytes <= options_.max_field_bytes) return absl::OkStatus();
  return ErrorAt(
      begin, absl::StrCat("a field of more than ", options_.max_field_bytes,
                          " bytes, the longest allowed; is a closing quote or "
                          "a delimiter missing?"));
}

absl::Status CsvReader::CheckNumberOfFields(std::size_t found) {
  if (expected_fields_ == 0) {
    expected_fields_ = found;
    expected_fields_line_ = row_line_;
  }
  if (found == expected_fields_ || !options_.same_number_of_fields) {
    return absl::OkStatus();
  }
  return ErrorAt(
      row_begin_,
      absl::StrCat("found ", found, found == 1 ? " field" : " fields",
                   ", expected ", expected_fields_, " as in line ",
                   expected_fields_line_));
}

std::size_t CsvReader::LineEndBytes(std::size_t position) const {
  if (position == text_.size()) return 0;
  if (text_[position] == '\n') return 1;
  return absl::StartsWith(text_.substr(position, 2), "\r\n") ? 2 : 0;
}

absl::Status CsvReader::ErrorAt(std::size_t position,
                                absl::string_view message) const {
  const absl::string_view before =
      text_.substr(row_begin_, position - row_begin_);
  const std::uint64_t line =
      row_line_ + std::count(before.begin(), before.end(), '\n');
  const std::size_t last_line_end = before.rfind('\n');
  const absl::string_view in_line = last_line_end == absl::string_view::npos
                                        ? before
                                        : before.substr(last_line_end + 1);
  return absl::InvalidArgumentError(absl::StrCat(
      source_, ":", line, ":", CountCharacters(in_line) + 1, ": ", message));
}

}  // namespace culturemert
