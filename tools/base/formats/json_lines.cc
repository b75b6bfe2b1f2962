#include "tools/base/formats/json_lines.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

absl::string_view AsText(absl::Span<const std::uint8_t> bytes) {
  return absl::string_view(reinterpret_cast<const char*>(bytes.data()),
                           bytes.size());
}

absl::StatusOr<nlohmann::json> ParseRecord(absl::string_view text,
                                           absl::string_view place) {
  if (text.empty() || text == "\r") {
    return absl::InvalidArgumentError(absl::StrCat(
        place, ": an empty line, expected a JSON object; remove the line"));
  }
  ASSIGN_OR_RETURN(nlohmann::json record, ParseJson(text, place));
  if (record.is_object()) return record;
  return absl::InvalidArgumentError(absl::StrCat(
      place, ": found a JSON ", record.type_name(), ", expected an object"));
}

// The torn tail of a whole file, if it has one. `whole_tail`, where given,
// tells whether there is a last line without its end that is a record.
std::optional<TornTail> FindTornTail(absl::string_view text,
                                     absl::string_view source,
                                     bool* whole_tail = nullptr) {
  if (whole_tail != nullptr) *whole_tail = false;
  if (text.empty() || text.back() == '\n') return std::nullopt;
  const std::size_t last_line_end = text.rfind('\n');
  const std::size_t begin =
      last_line_end == absl::string_view::npos ? 0 : last_line_end + 1;
  const std::uint64_t line =
      1 + std::count(text.begin(), text.begin() + begin, '\n');
  const absl::Status status =
      ParseRecord(text.substr(begin), absl::StrCat(source, ":", line)).status();
  if (whole_tail != nullptr) *whole_tail = status.ok();
  if (status.ok()) return std::nullopt;
  return TornTail{line, begin, text.size() - begin,
                  std::string(status.message())};
}

}  // namespace

JsonLinesReader::JsonLinesReader(absl::string_view text,
                                 absl::string_view source,
                                 const JsonLinesOptions& options)
    : text_(text), source_(source), options_(options) {}

absl::StatusOr<std::optional<JsonLine>> JsonLinesReader::Next() {
  RETURN_IF_ERROR(failure_);
  if (position_ == text_.size()) return std::nullopt;
  const std::size_t line_end = text_.find('\n', position_);
  const bool ended = line_end != absl::string_view::npos;
  const absl::string_view text =
      text_.substr(position_, ended ? line_end - position_ : line_end);
  ++lines_;
  absl::StatusOr<nlohmann::json> record =
      ParseRecord(text, absl::StrCat(source_, ":", lines_));
  if (record.ok()) {
    position_ += text.size() + (ended ? 1 : 0);
    return JsonLine{*std::move(record), lines_};
  }
  if (ended) {
    failure_ = record.status();
    return failure_;
  }
  const std::string reason(record.status().message());
  if (!options_.tolerate_torn_tail) {
    failure_ = absl::DataLossError(absl::StrCat(
        reason,
        "; this last line has no newline, so a crash while it was appended may "
        "have cut it short: remove it if so"));
    return failure_;
  }
  torn_tail_ = TornTail{lines_, position_, text.size(), reason};
  position_ = text_.size();
  return std::nullopt;
}

absl::StatusOr<JsonLines> ReadJsonLines(Files& files, absl::string_view path,
                                        const JsonLinesOptions& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file, files.Map(path));
  JsonLinesReader reader(AsText(file->bytes()), path, options);
  JsonLines lines;
  while (true) {
    ASSIGN_OR_RETURN(std::optional<JsonLine> line, reader.Next());
    if (!line.has_value()) break;
    lines.records.push_back(std::move(line->record));
  }
  lines.torn_tail = reader.torn_tail();
  return lines;
}

absl::StatusOr<std::optional<TornTail>> RemoveTornTail(Files& files,
                                                       absl::string_view path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file, files.Map(path));
  const absl::string_view text = AsText(file->bytes());
  const std::optional<TornTail> torn = FindTornTail(text, path);
  if (torn.has_value()) {
    RETURN_IF_ERROR(
        files.WriteAtomically(path, text.substr(0, torn->offset_bytes)));
  }
  return torn;
}

absl::StatusOr<std::unique_ptr<JsonLinesWriter>> JsonLinesWriter::Open(
    Files& files, absl::string_view path) {
  bool whole_tail = false;
  if (const auto old = files.Map(path); old.ok()) {
    const std::optional<TornTail> torn =
        FindTornTail(AsText((*old)->bytes()), path, &whole_tail);
    if (torn.has_value()) {
      return absl::DataLossError(absl::StrCat(
          torn->reason,
          "; this last line was cut short by a crash while it was appended, "
          "and must be removed before more is appended"));
    }
  } else if (!absl::IsNotFound(old.status())) {
    return old.status();
  }
  ASSIGN_OR_RETURN(std::unique_ptr<AppendableFile> file,
                   files.OpenToAppend(path));
  if (whole_tail) RETURN_IF_ERROR(file->Append("\n"));
  return std::unique_ptr<JsonLinesWriter>(
      new JsonLinesWriter(std::string(path), std::move(file)));
}

JsonLinesWriter::JsonLinesWriter(std::string path,
                                 std::unique_ptr<AppendableFile> file)
    : path_(std::move(path)), file_(std::move(file)) {}

absl::Status JsonLinesWriter::Append(const nlohmann::json& record) {
  const std::string place = absl::StrCat(path_, ": a record to append");
  if (!record.is_object()) {
    return absl::InvalidArgumentError(absl::StrCat(
        place, ": found a JSON ", record.type_name(), ", expected an object"));
  }
  ASSIGN_OR_RETURN(const std::string line,
                   Annotate(CanonicalJson(record), place));
  RETURN_IF_ERROR(ParseRecord(line, place));
  RETURN_IF_ERROR(file_->Append(absl::StrCat(line, "\n")));
  return file_->Flush();
}

absl::Status JsonLinesWriter::Sync() { return file_->Sync(); }

absl::Status JsonLinesWriter::Close() { return file_->Close(); }

}  // namespace culturemert
