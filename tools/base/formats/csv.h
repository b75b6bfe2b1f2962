// Tables as text: comma- or tab-separated values after RFC 4180, read and
// written.
//
//   ASSIGN_OR_RETURN(const std::unique_ptr<CsvTable> labels,
//                    CsvTable::Read(files, "labels.csv"));
//   ASSIGN_OR_RETURN(const std::size_t path, labels->ColumnIndex("path"));
//   for (std::size_t row = 0; row < labels->num_rows(); ++row) {
//     Use(labels->Row(row)[path]);
//   }
//
// What is read: UTF-8 text, with or without a byte-order mark. A line ends in
// LF or CR LF; the last line may lack its end. A field in quotes may hold
// delimiters, line ends and doubled quotes. Nothing is trimmed: spaces belong
// to their field. Empty lines at the end of the text are ignored.
//
// What is refused, with "file:line:column: " before the message, lines and
// columns counted from 1 and columns in characters: a quote that is never
// closed, text after a closing quote, a quote inside an unquoted field, a row
// with another number of fields than the first, an empty line before the last
// row, a carriage return that ends no line, a NUL byte, invalid UTF-8, and a
// field that is too long.

#ifndef CULTUREMERT_TOOLS_BASE_FORMATS_CSV_H_
#define CULTUREMERT_TOOLS_BASE_FORMATS_CSV_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/base/files/files.h"

namespace culturemert {

struct CsvOptions {
  // One ASCII character, neither a quote nor CR, LF or NUL.
  char delimiter = ',';

  // A quote inside a field that does not begin with one is plain text, not an
  // error: `12" single`.
  bool allow_bare_quotes = false;

  // Quotes have no meaning anywhere, so that no field can hold a delimiter or
  // a line end. For tab-separated files written without any quoting, whose
  // titles may even begin with a quote: `"Heroes" (live)`.
  bool quotes_are_text = false;

  // Each row must have as many fields as the first one.
  bool same_number_of_fields = true;

  // The longest field, without its quotes. A limit finds a forgotten closing
  // quote early.
  std::uint64_t max_field_bytes = 1 << 20;
};

// One row, valid until the reader's next call.
struct CsvRow {
  // Never empty. Views of the text, or of the reader where quotes were doubled.
  absl::Span<const absl::string_view> fields;
  // Where the row begins, from 1.
  std::uint64_t line = 0;
};

// Reads rows one by one from a text in memory or in a mapped file.
class CsvReader {
 public:
  // `text` must outlive the reader; `source` names it in errors.
  // kInvalidArgument if the delimiter is not allowed.
  static absl::StatusOr<std::unique_ptr<CsvReader>> Create(
      absl::string_view text, absl::string_view source,
      const CsvOptions& options = {});

  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  // The next row, or nothing after the last. kInvalidArgument if the text
  // breaks a rule above; every later call then gives the same error.
  absl::StatusOr<std::optional<CsvRow>> Next();

 private:
  friend class CsvTable;

  CsvReader(absl::string_view text, absl::string_view source,
            const CsvOptions& options);

  // Appends the next row's fields and gives its line, or nothing at the end.
  // Fields with doubled quotes go to unescaped_, which only grows.
  absl::StatusOr<std::optional<std::uint64_t>> AppendRow(
      std::vector<absl::string_view>* fields);

  absl::Status SkipEmptyLines();
  absl::Status ScanFields(std::vector<absl::string_view>* fields);
  absl::Status ScanPlainField(absl::string_view* field);
  absl::Status ScanQuotedField(absl::string_view* field);
  absl::Status CheckCharacters() const;
  absl::Status CheckLength(std::size_t begin, std::size_t length_bytes) const;
  absl::Status CheckNumberOfFields(std::size_t found);

  // The bytes of the line end at `position`, 0 if there is none.
  std::size_t LineEndBytes(std::size_t position) const;
  // An error at a position of the current row.
  absl::Status ErrorAt(std::size_t position, absl::string_view message) const;

  const absl::string_view text_;
  const std::string source_;
  const CsvOptions options_;
  bool stops_plain_field_[256] = {};

  std::size_t position_ = 0;
  // Where the row being read begins, and its line.
  std::size_t row_begin_ = 0;
  std::uint64_t row_line_ = 1;
  // The number of fields of the first row and its line; 0 before it.
  std::size_t expected_fields_ = 0;
  std::uint64_t expected_fields_line_ = 0;
  absl::Status failure_;

  std::vector<absl::string_view> fields_;
  // A deque, so that views stay valid as it grows.
  std::deque<std::string> unescaped_;
};

struct CsvTableOptions : CsvOptions {
  // The rows at the top that name the columns. FMA's tracks.csv has three:
  // group, name, and the name of its index column.
  std::size_t header_rows = 1;
};

// A whole table in memory. Fields are views of the text or the mapped file
// wherever quotes are not doubled.
class CsvTable {
 public:
  // Maps the file, which stays mapped as long as the table lives. Errors:
  // those of Files::Map and CsvReader, and kInvalidArgument if there are fewer
  // rows than header rows.
  static absl::StatusOr<std::unique_ptr<CsvTable>> Read(
      Files& files, absl::string_view path,
      const CsvTableOptions& options = {});

  // As Read, from a text.
  static absl::StatusOr<std::unique_ptr<CsvTable>> Parse(
      std::string text, absl::string_view source,
      const CsvTableOptions& options = {});

  CsvTable(const CsvTable&) = delete;
  CsvTable& operator=(const CsvTable&) = delete;

  // The file's name as given to Read or Parse.
  const std::string& source() const { return source_; }

  // Rows after the header rows.
  std::size_t num_rows() const;

  // Fields of the first row, header or not; 0 if there is no row at all. Every
  // row has as many, unless the options allow other numbers.
  std::size_t num_columns() const;

  // `row` < num_rows().
  absl::Span<const absl::string_view> Row(std::size_t row) const;

  // Where that row begins in the file, from 1: for messages about its values.
  std::uint64_t LineOfRow(std::size_t row) const;

  // `row` < header_rows.
  absl::Span<const absl::string_view> HeaderRow(std::size_t row) const;

  // The column that the first header row calls `name`. kNotFound names the
  // columns there are, the nearest first; kInvalidArgument if several columns
  // have the name. kFailedPrecondition without header rows.
  absl::StatusOr<std::size_t> ColumnIndex(absl::string_view name) const;

  // The column whose name in the i-th header row is names[i], for each i:
  // {"track", "genre_top"}. Between one name and `header_rows` names; fewer or
  // more are kInvalidArgument. Otherwise as ColumnIndex.
  absl::StatusOr<std::size_t> ColumnIndexUnder(
      absl::Span<const absl::string_view> names) const;

 private:
  CsvTable(std::string text, std::unique_ptr<MappedFile> file,
           absl::string_view source, const CsvTableOptions& options);

  absl::Status ReadRows(absl::string_view text);
  absl::Span<const absl::string_view> AnyRow(std::size_t row) const;

  const std::string text_;
  const std::unique_ptr<MappedFile> file_;
  const std::string source_;
  const CsvTableOptions options_;

  // All fields, row after row; row i is [row_ends_[i - 1], row_ends_[i]).
  std::vector<absl::string_view> fields_;
  std::vector<std::size_t> row_ends_;
  std::vector<std::uint64_t> row_lines_;
  std::deque<std::string> unescaped_;
};

// Appends one row to `text`, ended by LF, so that CsvReader reads the same
// fields again. A field is quoted only where it must be: where it holds a
// quote, the delimiter or a line end, where it begins with a byte-order mark,
// and where it is empty and alone in its row. kInvalidArgument if there are no
// fields, if one holds a NUL byte or invalid UTF-8, or if the delimiter is not
// allowed; `text` is then unchanged.
absl::Status AppendCsvRow(absl::Span<const absl::string_view> fields,
                          char delimiter, std::string* text);

// Writes a table row by row. The file appears under its name at Commit; without
// it no trace is left.
class CsvWriter {
 public:
  // Errors: those of Files::CreateAtomically, and kInvalidArgument if the
  // delimiter is not allowed.
  static absl::StatusOr<std::unique_ptr<CsvWriter>> Create(
      Files& files, absl::string_view path, char delimiter = ',');

  // As AppendCsvRow, and kInvalidArgument if the number of fields differs from
  // the first row's. Nothing is written for a row that is refused.
  absl::Status Append(absl::Span<const absl::string_view> fields);

  // The errors of AtomicWriter::Commit; kFailedPrecondition if an earlier call
  // failed to write. Called once, last.
  absl::Status Commit();

 private:
  CsvWriter(std::string path, char delimiter,
            std::unique_ptr<AtomicWriter> writer);

  absl::Status Flush();

  const std::string path_;
  const char delimiter_;
  std::uint64_t rows_ = 0;
  std::size_t expected_fields_ = 0;
  std::string buffer_;
  absl::Status failure_;
  std::unique_ptr<AtomicWriter> writer_;
};

// Implementation details only from here on.

namespace csv_internal {

absl::Status CheckDelimiter(char delimiter);

inline constexpr absl::string_view kByteOrderMark("\xEF\xBB\xBF", 3);

}  // namespace csv_internal

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FORMATS_CSV_H_
