// Any text is read or refused with its place, in every reading mode; what was
// read is written and read again, with the same fields. The first byte of the
// input chooses the options.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using Rows = std::vector<std::vector<std::string>>;

void Check(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", property);
  std::abort();
}

absl::StatusOr<Rows> ReadAll(absl::string_view text,
                             const CsvOptions& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<CsvReader> reader,
                   CsvReader::Create(text, "a.csv", options));
  Rows rows;
  std::uint64_t line = 0;
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<CsvRow> row, reader->Next());
    if (!row.has_value()) return rows;
    Check(row->line > line, "rows begin on later and later lines");
    line = row->line;
    rows.emplace_back(row->fields.begin(), row->fields.end());
    for (const std::string& field : rows.back()) {
      Check(field.size() <= options.max_field_bytes, "no field is too long");
    }
  }
}

std::string Write(const Rows& rows, char delimiter) {
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    const std::vector<absl::string_view> fields(row.begin(), row.end());
    Check(AppendCsvRow(fields, delimiter, &text).ok(),
          "what was read can be written");
  }
  return text;
}

CsvTableOptions OptionsOf(std::uint8_t byte) {
  CsvTableOptions options;
  options.delimiter = ",\t;a"[byte % 4];
  options.allow_bare_quotes = (byte & 4) != 0;
  options.quotes_are_text = (byte & 8) != 0;
  options.same_number_of_fields = (byte & 16) == 0;
  if ((byte & 32) != 0) options.max_field_bytes = 4;
  options.header_rows = byte >> 6;
  return options;
}

void CheckText(absl::string_view text, const CsvTableOptions& options) {
  const absl::StatusOr<Rows> rows = ReadAll(text, options);
  const auto table = CsvTable::Parse(std::string(text), "a.csv", options);
  if (!rows.ok()) {
    Check(absl::StartsWith(rows.status().message(), "a.csv:"),
          "an error names its place");
    Check(table.status() == rows.status(), "the table has the same error");
    return;
  }
  Check(table.ok() == (rows->size() >= options.header_rows),
        "the table has the same rows");
  if (table.ok()) {
    for (std::size_t i = options.header_rows; i < rows->size(); ++i) {
      const auto row = (*table)->Row(i - options.header_rows);
      Check(std::vector<std::string>(row.begin(), row.end()) == (*rows)[i],
            "the table has the same fields");
    }
  }
  CsvOptions strict = options;
  strict.allow_bare_quotes = false;
  strict.quotes_are_text = false;
  const std::string written = Write(*rows, options.delimiter);
  const absl::StatusOr<Rows> again = ReadAll(written, strict);
  Check(again.ok() && *again == *rows, "what was written reads the same");
  Check(Write(*again, options.delimiter) == written, "writing is stable");
}

}  // namespace
}  // namespace culturemert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  culturemert::CheckText(
      absl::string_view(reinterpret_cast<const char*>(data) + 1, size - 1),
      culturemert::OptionsOf(data[0]));
  return 0;
}
