#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/nearest_name.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

using Names = std::vector<absl::string_view>;

std::string PrintNames(absl::Span<const absl::string_view> names) {
  return absl::StrJoin(names, "/",
                       [](std::string* out, absl::string_view name) {
                         absl::StrAppend(out, QuoteForMessage(name));
                       });
}

std::size_t Distance(absl::Span<const absl::string_view> a,
                     absl::Span<const absl::string_view> b) {
  // Names may be as long as fields; the cost of a distance is quadratic.
  constexpr std::size_t kLimit = 64;
  std::size_t sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += EditDistance(a[i].substr(0, kLimit), b[i].substr(0, kLimit));
  }
  return sum;
}

// The columns' names, the nearest to `wanted` first, a sentence long.
std::string PrintNearest(absl::Span<const absl::string_view> wanted,
                         const std::vector<Names>& columns) {
  constexpr std::size_t kLimit = 20;
  std::vector<std::pair<std::size_t, std::size_t>> order;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    order.emplace_back(Distance(wanted, columns[i]), i);
  }
  std::sort(order.begin(), order.end());
  const std::size_t shown = std::min(kLimit, order.size());
  std::string text = absl::StrJoin(
      order.begin(), order.begin() + shown, ", ",
      [&](std::string* out, const std::pair<std::size_t, std::size_t>& entry) {
        absl::StrAppend(out, PrintNames(columns[entry.second]));
      });
  if (shown < order.size()) {
    absl::StrAppend(&text, " and ", order.size() - shown, " more");
  }
  return text;
}

absl::string_view AsText(absl::Span<const std::uint8_t> bytes) {
  return absl::string_view(reinterpret_cast<const char*>(bytes.data()),
                           bytes.size());
}

}  // namespace

CsvTable::CsvTable(std::string text, std::unique_ptr<MappedFile> file,
                   absl::string_view source, const CsvTableOptions& options)
    : text_(std::move(text)),
      file_(std::move(file)),
      source_(source),
      options_(options) {}

absl::StatusOr<std::unique_ptr<CsvTable>> CsvTable::Read(
    Files& files, absl::string_view path, const CsvTableOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<MappedFile> file, files.Map(path));
  std::unique_ptr<CsvTable> table(
      new CsvTable("", std::move(file), path, options));
  RETURN_IF_ERROR(table->ReadRows(AsText(table->file_->bytes())));
  return table;
}

absl::StatusOr<std::unique_ptr<CsvTable>> CsvTable::Parse(
    std::string text, absl::string_view source,
    const CsvTableOptions& options) {
  std::unique_ptr<CsvTable> table(
      new CsvTable(std::move(text), nullptr, source, options));
  RETURN_IF_ERROR(table->ReadRows(table->text_));
  return table;
}

absl::Status CsvTable::ReadRows(absl::string_view text) {
  ASSIGN_OR_RETURN(const std::unique_ptr<CsvReader> reader,
                   CsvReader::Create(text, source_, options_));
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<std::uint64_t> line,
                     reader->AppendRow(&fields_));
    if (!line.has_value()) break;
    row_ends_.push_back(fields_.size());
    row_lines_.push_back(*line);
  }
  unescaped_ = std::move(reader->unescaped_);
  if (row_ends_.size() >= options_.header_rows) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(source_, ": found ", row_ends_.size(),
                   row_ends_.size() == 1 ? " row" : " rows",
                   ", expected at least ", options_.header_rows,
                   options_.header_rows == 1 ? " header row" : " header rows"));
}

std::size_t CsvTable::num_rows() const {
  return row_ends_.size() - options_.header_rows;
}

std::size_t CsvTable::num_columns() const {
  return row_ends_.empty() ? 0 : row_ends_.front();
}

absl::Span<const absl::string_view> CsvTable::AnyRow(std::size_t row) const {
  const std::size_t begin = row == 0 ? 0 : row_ends_[row - 1];
  return absl::MakeConstSpan(fields_).subspan(begin, row_ends_[row] - begin);
}

absl::Span<const absl::string_view> CsvTable::Row(std::size_t row) const {
  return AnyRow(options_.header_rows + row);
}

std::uint64_t CsvTable::LineOfRow(std::size_t row) const {
  return row_lines_[options_.header_rows + row];
}

absl::Span<const absl::string_view> CsvTable::HeaderRow(std::size_t row) const {
  return AnyRow(row);
}

absl::StatusOr<std::size_t> CsvTable::ColumnIndex(
    absl::string_view name) const {
  return ColumnIndexUnder({name});
}

absl::StatusOr<std::size_t> CsvTable::ColumnIndexUnder(
    absl::Span<const absl::string_view> names) const {
  if (options_.header_rows == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(source_, ": the column ", PrintNames(names),
                     " was asked for in a table read without header rows"));
  }
  if (names.empty() || names.size() > options_.header_rows) {
    return absl::InvalidArgumentError(absl::StrCat(
        source_, ": ", names.size(), " names of one column, expected 1 to ",
        options_.header_rows, ", one for each header row"));
  }
  std::vector<Names> columns(num_columns(), Names(names.size()));
  std::vector<std::size_t> matches;
  for (std::size_t column = 0; column < columns.size(); ++column) {
    for (std::size_t row = 0; row < names.size(); ++row) {
      // Header rows may differ in length if the options allow it.
      const absl::Span<const absl::string_view> header = HeaderRow(row);
      if (column < header.size()) columns[column][row] = header[column];
    }
    if (absl::MakeConstSpan(columns[column]) == names) {
      matches.push_back(column);
    }
  }
  if (matches.size() == 1) return matches.front();
  if (matches.empty()) {
    return absl::NotFoundError(
        absl::StrCat(source_, ": no column ", PrintNames(names),
                     "; the columns, the nearest first, are ",
                     PrintNearest(names, columns)));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      source_, ": ", matches.size(), " columns are named ", PrintNames(names),
      ", counted from 0: ", absl::StrJoin(matches, ", "),
      "; rename all but one, or give the names in further header rows"));
}

}  // namespace culturemert
