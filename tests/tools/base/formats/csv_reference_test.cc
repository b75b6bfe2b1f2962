// CsvReader against a second, plain definition of the format.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

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

// The definition of the format once more, one byte at a time: what CsvReader is
// compared with.
class PlainCsvMachine {
 public:
  explicit PlainCsvMachine(const CsvOptions& options) : options_(options) {}

  // The rows, or nothing; error_offset() is then where the error is.
  std::optional<Rows> Run(absl::string_view text) {
    for (offset_ = 0; offset_ < text.size(); ++offset_) {
      const char next = offset_ + 1 < text.size() ? text[offset_ + 1] : '\0';
      if (!Step(text[offset_], next)) return std::nullopt;
    }
    if (state_ == State::kQuoted) {
      error_offset_ = opening_offset_;
      return std::nullopt;
    }
    if (state_ != State::kRowStart && !EndRow()) return std::nullopt;
    return rows_;
  }

  std::size_t error_offset() const { return error_offset_; }

 private:
  enum class State { kRowStart, kFieldStart, kPlain, kQuoted, kAfterQuote };

  bool Fail(std::size_t offset) {
    error_offset_ = offset;
    return false;
  }

  bool EndRow() {
    row_.push_back(field_);
    field_.clear();
    rows_.push_back(row_);
    row_.clear();
    state_ = State::kRowStart;
    empty_lines_offset_.reset();
    return !options_.same_number_of_fields ||
           rows_.back().size() == rows_.front().size() || Fail(row_offset_);
  }

  bool Step(char c, char next) {
    if (state_ == State::kQuoted) {
      if (c != '"') {
        field_ += c;
      } else if (next == '"') {
        field_ += c;
        ++offset_;
      } else {
        state_ = State::kAfterQuote;
      }
      return true;
    }
    const bool crlf = c == '\r' && next == '\n';
    if (state_ == State::kRowStart) {
      if (c == '\n' || crlf) {
        if (!empty_lines_offset_) empty_lines_offset_ = offset_;
        offset_ += crlf;
        return true;
      }
      if (empty_lines_offset_) return Fail(*empty_lines_offset_);
      row_offset_ = offset_;
      state_ = State::kFieldStart;
    }
    if (c == '\n' || crlf) {
      offset_ += crlf;
      return EndRow();
    }
    if (c == options_.delimiter) {
      row_.push_back(field_);
      field_.clear();
      state_ = State::kFieldStart;
      return true;
    }
    if (state_ == State::kAfterQuote || c == '\r') return Fail(offset_);
    if (c == '"' && !options_.quotes_are_text) {
      if (state_ == State::kFieldStart) {
        opening_offset_ = offset_;
        state_ = State::kQuoted;
        return true;
      }
      if (!options_.allow_bare_quotes) return Fail(offset_);
    }
    field_ += c;
    state_ = State::kPlain;
    return true;
  }

  const CsvOptions options_;
  State state_ = State::kRowStart;
  std::size_t offset_ = 0;
  std::size_t row_offset_ = 0;
  std::size_t opening_offset_ = 0;
  std::size_t error_offset_ = 0;
  std::optional<std::size_t> empty_lines_offset_;
  std::string field_;
  Row row_;
  Rows rows_;
};

std::string PlaceOf(absl::string_view text, std::size_t offset) {
  int line = 1;
  int column = 1;
  for (const char c : text.substr(0, offset)) {
    line += c == '\n';
    column = c == '\n' ? 1 : column + 1;
  }
  return absl::StrCat("a.csv:", line, ":", column, ": ");
}

void ExpectSameAsThePlainMachine(absl::string_view text,
                                 const CsvOptions& options) {
  PlainCsvMachine machine(options);
  const std::optional<Rows> expected = machine.Run(text);
  const absl::StatusOr<Rows> found = ReadAll(text, options);
  if (expected.has_value()) {
    EXPECT_THAT(found, IsOkAndHolds(*expected)) << absl::CHexEscape(text);
  } else {
    EXPECT_THAT(found,
                StatusIs(absl::StatusCode::kInvalidArgument,
                         StartsWith(PlaceOf(text, machine.error_offset()))))
        << absl::CHexEscape(text);
  }
}

TEST(CsvReaderTest, AgreesWithAPlainStateMachineOnAllShortTexts) {
  constexpr absl::string_view kAlphabet = "a,\"\n\r";
  for (int mode = 0; mode < 6; ++mode) {
    CsvOptions options;
    options.same_number_of_fields = mode % 2 == 0;
    options.allow_bare_quotes = mode / 2 == 1;
    options.quotes_are_text = mode / 2 == 2;
    int texts = 1;
    for (int length = 0; length <= 6; ++length) {
      for (int number = 0; number < texts; ++number) {
        std::string text;
        for (int rest = number; static_cast<int>(text.size()) < length;
             rest /= 5) {
          text += kAlphabet[rest % 5];
        }
        ExpectSameAsThePlainMachine(text, options);
      }
      texts *= 5;
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST(CsvReaderTest, AgreesWithAPlainStateMachineOnRandomTexts) {
  CsvOptions options;
  options.same_number_of_fields = false;
  std::mt19937_64 random(11);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (std::uint64_t i = random() % 24; i > 0; --i) {
      text += "ab,,\"\"\n\r"[random() % 8];
    }
    ExpectSameAsThePlainMachine(text, options);
  }
}

}  // namespace
}  // namespace culturemert
