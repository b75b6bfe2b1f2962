#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr std::size_t kBufferBytes = 1 << 16;

bool NeedsQuotes(absl::string_view field, char delimiter) {
  const char special[] = {'"', '\r', '\n', delimiter};
  return field.find_first_of(absl::string_view(special, sizeof(special))) !=
             absl::string_view::npos ||
         absl::StartsWith(field, csv_internal::kByteOrderMark);
}

absl::Status CheckRow(absl::Span<const absl::string_view> fields,
                      char delimiter) {
  RETURN_IF_ERROR(csv_internal::CheckDelimiter(delimiter));
  if (fields.empty()) {
    return absl::InvalidArgumentError("a row needs at least one field");
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (absl::StrContains(fields[i], '\0')) {
      return absl::InvalidArgumentError(
          absl::StrCat("field ", i + 1, " holds a NUL byte"));
    }
    if (!IsValidUtf8(fields[i])) {
      return absl::InvalidArgumentError(
          absl::StrCat("field ", i + 1,
                       " holds invalid UTF-8: ", QuoteForMessage(fields[i])));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AppendCsvRow(absl::Span<const absl::string_view> fields,
                          char delimiter, std::string* text) {
  RETURN_IF_ERROR(CheckRow(fields, delimiter));
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) text->push_back(delimiter);
    const bool alone_and_empty = fields.size() == 1 && fields[i].empty();
    if (alone_and_empty || NeedsQuotes(fields[i], delimiter)) {
      absl::StrAppend(text, "\"",
                      absl::StrReplaceAll(fields[i], {{"\"", "\"\""}}), "\"");
    } else {
      absl::StrAppend(text, fields[i]);
    }
  }
  text->push_back('\n');
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<CsvWriter>> CsvWriter::Create(
    Files& files, absl::string_view path, char delimiter) {
  RETURN_IF_ERROR(Annotate(csv_internal::CheckDelimiter(delimiter), path));
  ASSIGN_OR_RETURN(std::unique_ptr<AtomicWriter> writer,
                   files.CreateAtomically(path));
  return std::unique_ptr<CsvWriter>(
      new CsvWriter(std::string(path), delimiter, std::move(writer)));
}

CsvWriter::CsvWriter(std::string path, char delimiter,
                     std::unique_ptr<AtomicWriter> writer)
    : path_(std::move(path)),
      delimiter_(delimiter),
      writer_(std::move(writer)) {}

absl::Status CsvWriter::Append(absl::Span<const absl::string_view> fields) {
  RETURN_IF_ERROR(failure_);
  const std::string row_name = absl::StrCat(path_, ": row ", rows_ + 1);
  if (rows_ > 0 && fields.size() != expected_fields_) {
    return absl::InvalidArgumentError(
        absl::StrCat(row_name, ": found ", fields.size(),
                     fields.size() == 1 ? " field" : " fields", ", expected ",
                     expected_fields_, " as in the first row"));
  }
  RETURN_IF_ERROR(
      Annotate(AppendCsvRow(fields, delimiter_, &buffer_), row_name));
  expected_fields_ = fields.size();
  ++rows_;
  return buffer_.size() < kBufferBytes ? absl::OkStatus() : Flush();
}

absl::Status CsvWriter::Flush() {
  failure_ = writer_->Append(buffer_);
  buffer_.clear();
  return failure_;
}

absl::Status CsvWriter::Commit() {
  if (failure_.ok() && !buffer_.empty()) RETURN_IF_ERROR(Flush());
  if (!failure_.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(
        path_,
        ": not written, because an earlier part failed: ", failure_.message()));
  }
  return writer_->Commit();
}

}  // namespace culturemert
