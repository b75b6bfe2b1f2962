#include "tools/base/formats/csv.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

using Row = std::vector<std::string>;
using Rows = std::vector<Row>;

absl::StatusOr<Rows> ReadAll(absl::string_view text,
                             const CsvOptions& options = {}) {
  ASSIGN_OR_RETURN(const std::unique_ptr<CsvReader> reader,
                   CsvReader::Create(text, "a.csv", options));
  Rows rows;
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<CsvRow> row, reader->Next());
    if (!row.has_value()) return rows;
    rows.emplace_back(row->fields.begin(), row->fields.end());
  }
}

std::vector<absl::string_view> Views(const Row& row) {
  return {row.begin(), row.end()};
}

CsvOptions AnyNumberOfFields() {
  CsvOptions options;
  options.same_number_of_fields = false;
  return options;
}

CsvOptions Delimiter(char delimiter) {
  CsvOptions options;
  options.delimiter = delimiter;
  return options;
}

TEST(CsvReaderTest, ReadsWhatRfc4180Allows) {
  const std::pair<absl::string_view, Rows> cases[] = {
      {"", {}},
      {"\n", {}},
      {"\r\n\n\r\n", {}},
      {"\xEF\xBB\xBF", {}},
      {"a", {{"a"}}},
      {"a\n", {{"a"}}},
      {"a\r\n", {{"a"}}},
      {"a,b\nc,d", {{"a", "b"}, {"c", "d"}}},
      {"a,b\r\nc,d\n", {{"a", "b"}, {"c", "d"}}},
      {"a,b\nc,d\n\n\r\n", {{"a", "b"}, {"c", "d"}}},
      {",", {{"", ""}}},
      {",\n,", {{"", ""}, {"", ""}}},
      {"\"\"", {{""}}},
      {"\"\"\n\"\"\n", {{""}, {""}}},
      {"\"a\"", {{"a"}}},
      {"\"a\",\"b\"\r\n", {{"a", "b"}}},
      {"\"a,b\",c", {{"a,b", "c"}}},
      {"\"a\nb\",c\n", {{"a\nb", "c"}}},
      {"\"a\r\nb\",\"c\rd\"", {{"a\r\nb", "c\rd"}}},
      {"\"a \"\"b\"\" c\"", {{"a \"b\" c"}}},
      {"\"\"\"\"", {{"\""}}},
      {"\"\"\"\"\"\",\"\"\"x\"", {{"\"\"", "\"x"}}},
      {" a , b ", {{" a ", " b "}}},
      {"\xEF\xBB\xBFpath,tag\n", {{"path", "tag"}}},
      {"\xEF\xBB\xBF\"path\",tag\n", {{"path", "tag"}}},
      {"a\xEF\xBB\xBF", {{"a\xEF\xBB\xBF"}}},
      {"ney,हिन्दी,λύρα\n", {{"ney", "हिन्दी", "λύρα"}}},
      {"a\tb;c,d", {{"a\tb;c", "d"}}},
  };
  for (const auto& [text, rows] : cases) {
    EXPECT_THAT(ReadAll(text), IsOkAndHolds(rows)) << absl::CHexEscape(text);
  }
}

TEST(CsvReaderTest, SplitsAtTheDelimiterGiven) {
  EXPECT_THAT(ReadAll("a,b\tc;d", Delimiter('\t')),
              IsOkAndHolds(Rows{{"a,b", "c;d"}}));
  EXPECT_THAT(ReadAll("a,b\tc;\"d;e\"", Delimiter(';')),
              IsOkAndHolds(Rows{{"a,b\tc", "d;e"}}));
}

TEST(CsvReaderTest, RefusesDelimitersThatCannotWork) {
  int refused = 0;
  for (int byte = 0; byte < 256; ++byte) {
    const char delimiter = static_cast<char>(byte);
    const bool allowed =
        byte != 0 && byte != '"' && byte != '\r' && byte != '\n' && byte < 128;
    const absl::Status status = ReadAll("", Delimiter(delimiter)).status();
    EXPECT_EQ(status.ok(), allowed) << byte;
    std::string text;
    EXPECT_EQ(AppendCsvRow({"a", "b"}, delimiter, &text).ok(), allowed) << byte;
    if (!allowed) ++refused;
  }
  EXPECT_EQ(refused, 132);
  EXPECT_THAT(ReadAll("", Delimiter('"')),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "a.csv: the delimiter \"\\\"\" is not allowed; expected "
                       "an ASCII character other than a quote, CR, LF and "
                       "NUL"));
}

TEST(CsvReaderTest, NamesThePlaceOfEveryError) {
  const std::string too_long(1 << 20 | 1, 'x');
  const std::pair<std::string, std::string> cases[] = {
      {"\"a", "1:1: the quote opened here is never closed"},
      {"a,b\nc,\"d\n\ne", "2:3: the quote opened here is never closed"},
      {"a,b\nc,\"d\"\"", "2:3: the quote opened here is never closed"},
      {"\"a\"b",
       "1:4: text after the closing quote of a field; expected the delimiter "
       "or the line's end (a quote inside a quoted field is written twice)"},
      {"a,b\n\"c\nd\" ,e",
       "3:3: text after the closing quote of a field; expected the delimiter "
       "or the line's end (a quote inside a quoted field is written twice)"},
      {"\"a\"\rb",
       "1:4: text after the closing quote of a field; expected the delimiter "
       "or the line's end (a quote inside a quoted field is written twice)"},
      {"a,b\nहिन्दी,12\" single",
       "2:10: a quote inside an unquoted field; put the whole field in quotes "
       "and write the quote twice"},
      {"\xEF\xBB\xBF x\"",
       "1:3: a quote inside an unquoted field; put the whole field in quotes "
       "and write the quote twice"},
      {"a,b\rc,d",
       "1:4: a carriage return that is not followed by a line feed; end lines "
       "in LF or CR LF, or put the field in quotes"},
      {"a,b\r\nc,d\r",
       "2:4: a carriage return that is not followed by a line feed; end lines "
       "in LF or CR LF, or put the field in quotes"},
      {"a,b\nc\n", "2:1: found 1 field, expected 2 as in line 1"},
      {"a\n\"b\nc\",d\n", "2:1: found 2 fields, expected 1 as in line 1"},
      {"\"a\n\",b\n\"c\n\n\",d\ne\n",
       "6:1: found 1 field, expected 2 as in line 1"},
      {"a\n\nb\n",
       "2:1: an empty line before the last row; remove it, or write \"\" for a "
       "single empty field"},
      {"\n\r\na\n",
       "1:1: an empty line before the last row; remove it, or write \"\" for a "
       "single empty field"},
      {std::string("a\nb\0c", 5),
       "2:2: a NUL byte; the file is damaged or not UTF-8 text"},
      {std::string("a\n\"\0\"x", 6),
       "2:2: a NUL byte; the file is damaged or not UTF-8 text"},
      {"a,\xFF,b",
       "1:3: invalid UTF-8, \"\\xff\"; save the file with the encoding UTF-8"},
      {"a,b\n\"\n\xC3\",b",
       "3:1: invalid UTF-8, \"\\xc3\"; save the file with the encoding UTF-8"},
      {"\xFF\xFEp\x01",
       "1:1: invalid UTF-8, \"\\xff\"; save the file with the encoding UTF-8"},
      {"a\n" + too_long,
       "2:1: a field of more than 1048576 bytes, the longest allowed; is a "
       "closing quote or a delimiter missing?"},
      {"a,\"" + too_long + "\"",
       "1:3: a field of more than 1048576 bytes, the longest allowed; is a "
       "closing quote or a delimiter missing?"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(ReadAll(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                        "a.csv:" + message))
        << absl::CHexEscape(text.substr(0, 80));
  }
}

TEST(CsvReaderTest, LimitsAFieldWithoutItsQuotes) {
  CsvOptions options;
  options.max_field_bytes = 3;
  for (const absl::string_view text :
       {"abc", "\"abc\"", "\"a\"\"c\"", "abc,abc", "\"\"\"\"\"\"\"\""}) {
    EXPECT_THAT(ReadAll(text, options), IsOk()) << text;
  }
  for (const absl::string_view text : {"abcd", "\"abcd\"", "\"a\"\"cd\"",
                                       "\"abc\"\"\"", "\"\"\"\"\"\"\"\"\"\""}) {
    EXPECT_THAT(ReadAll(text, options),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         StartsWith("a.csv:1:1: a field of more than 3 bytes")))
        << text;
  }
}

TEST(CsvReaderTest, KeepsBareQuotesWhereTheyAreAllowed) {
  CsvOptions options = Delimiter('\t');
  options.allow_bare_quotes = true;
  EXPECT_THAT(ReadAll("12\" single\t\"a\"\"b\"\nx\"\"\ty\"\n", options),
              IsOkAndHolds(Rows{{"12\" single", "a\"b"}, {"x\"\"", "y\""}}));
  EXPECT_THAT(ReadAll("x\t\"Heroes\" (live)", options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StartsWith("a.csv:1:11: text after the closing quote")));
}

TEST(CsvReaderTest, TakesQuotesAsTextWhereTheyHaveNoMeaning) {
  CsvOptions options = Delimiter('\t');
  options.quotes_are_text = true;
  EXPECT_THAT(ReadAll("\"Heroes\" (live)\t\"\n\"\tx\"\"", options),
              IsOkAndHolds(Rows{{"\"Heroes\" (live)", "\""}, {"\"", "x\"\""}}));
}

TEST(CsvReaderTest, AllowsRowsOfAnyLengthWhereToldTo) {
  EXPECT_THAT(ReadAll("a\nb,c\n,,\n", AnyNumberOfFields()),
              IsOkAndHolds(Rows{{"a"}, {"b", "c"}, {"", "", ""}}));
}

TEST(CsvReaderTest, TellsTheLineWhereEachRowBegins) {
  const auto reader = CsvReader::Create("a\n\"b\n\nc\"\r\nd", "a.csv").value();
  std::vector<std::uint64_t> lines;
  while (const std::optional<CsvRow> row = reader->Next().value()) {
    lines.push_back(row->line);
  }
  EXPECT_THAT(lines, ElementsAre(1, 2, 5));
}

TEST(CsvReaderTest, RepeatsAnErrorOnEveryLaterCall) {
  const auto reader = CsvReader::Create("a\nb,c\nd\n", "a.csv").value();
  EXPECT_THAT(reader->Next(), IsOk());
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(reader->Next().status(),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         StartsWith("a.csv:2:1: ")));
  }
}

TEST(CsvReaderTest, StaysAtTheEnd) {
  const auto reader = CsvReader::Create("a\n\n", "a.csv").value();
  EXPECT_TRUE(reader->Next().value().has_value());
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(reader->Next().value().has_value());
  }
}

TEST(CsvReaderTest, ViewsTheTextWhereQuotesAreNotDoubled) {
  const std::string text = "plain,\"quoted\",\"a\"\"b\"";
  const auto reader = CsvReader::Create(text, "a.csv").value();
  const CsvRow row = *reader->Next().value();
  EXPECT_EQ(row.fields[0].data(), text.data());
  EXPECT_EQ(row.fields[1].data(), text.data() + 7);
  EXPECT_EQ(row.fields[2], "a\"b");
}

std::string RandomField(std::mt19937_64& random) {
  const absl::string_view pieces[] = {"a",  " ", ",",    "\t",
                                      "\"", "x", "\r\n", "\n",
                                      "\r", "ü", "",     "\xEF\xBB\xBF"};
  std::string field;
  for (std::uint64_t i = random() % 5; i > 0; --i) {
    absl::StrAppend(&field, pieces[random() % std::size(pieces)]);
  }
  return field;
}

TEST(CsvRoundTripTest, GivesBackRandomTables) {
  std::mt19937_64 random(4180);
  for (int round = 0; round < 5000; ++round) {
    const char delimiter = ",\t;"[random() % 3];
    const std::size_t columns = 1 + random() % 4;
    Rows rows(random() % 6, Row(columns));
    std::string text;
    for (Row& row : rows) {
      for (std::string& field : row) field = RandomField(random);
      ASSERT_THAT(AppendCsvRow(Views(row), delimiter, &text), IsOk());
    }
    EXPECT_THAT(ReadAll(text, Delimiter(delimiter)), IsOkAndHolds(rows))
        << absl::CHexEscape(text);
  }
}

TEST(AppendCsvRowTest, QuotesOnlyWhereNeeded) {
  const std::pair<Row, absl::string_view> cases[] = {
      {{"a", "b c", "", "d;e", "ü"}, "a,b c,,d;e,ü\n"},
      {{"a,b"}, "\"a,b\"\n"},
      {{"say \"ney\""}, "\"say \"\"ney\"\"\"\n"},
      {{"a\nb", "a\rb"}, "\"a\nb\",\"a\rb\"\n"},
      {{""}, "\"\"\n"},
      {{"", ""}, ",\n"},
      {{"\xEF\xBB\xBFx"}, "\"\xEF\xBB\xBFx\"\n"},
  };
  for (const auto& [row, expected] : cases) {
    std::string text;
    EXPECT_THAT(AppendCsvRow(Views(row), ',', &text), IsOk());
    EXPECT_EQ(text, expected);
  }
}

TEST(AppendCsvRowTest, RefusesWhatCannotBeReadBackAndLeavesTheText) {
  std::string text = "before\n";
  EXPECT_THAT(AppendCsvRow({}, ',', &text),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "a row needs at least one field"));
  EXPECT_THAT(
      AppendCsvRow({"a", absl::string_view("\0", 1)}, ',', &text),
      StatusIs(absl::StatusCode::kInvalidArgument, "field 2 holds a NUL byte"));
  EXPECT_THAT(AppendCsvRow({"a\xFF"}, ',', &text),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "field 1 holds invalid UTF-8: \"a\\xff\""));
  EXPECT_EQ(text, "before\n");
}

}  // namespace
}  // namespace culturemert
