#include "tools/base/config/strict_json.h"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/charconv.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/base/config/config_path.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

using nlohmann::json;

// Line and column of ever later offsets, in one pass over the text.
class Locator {
 public:
  explicit Locator(absl::string_view text) : text_(text) {}

  JsonLocation At(std::size_t offset) {
    for (; offset_ < offset && offset_ < text_.size(); ++offset_) {
      const auto byte = static_cast<std::uint8_t>(text_[offset_]);
      if (byte == '\n') {
        ++location_.line;
        location_.column = 1;
      } else if ((byte & 0xC0) != 0x80) {
        ++location_.column;
      }
    }
    return location_;
  }

 private:
  const absl::string_view text_;
  std::size_t offset_ = 0;
  JsonLocation location_;
};

absl::Status ErrorAt(absl::string_view text, absl::string_view source,
                     std::size_t offset, absl::string_view path,
                     absl::string_view message) {
  const JsonLocation location = Locator(text).At(offset);
  constexpr std::size_t kLongestPath = 200;
  const std::string shown_path = path.size() <= kLongestPath
                                     ? std::string(path)
                                     : QuoteForMessage(path, kLongestPath);
  return absl::InvalidArgumentError(
      absl::StrCat(source, ":", location.line, ":", location.column, ": ",
                   shown_path, path.empty() ? "" : ": ", message));
}

// Feeds the lexer and remembers how far it has read, which it does not tell.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* position, const char** furthest)
      : position_(position), furthest_(furthest) {}

  reference operator*() const { return *position_; }
  CountingIterator& operator++() {
    *furthest_ = ++position_;
    return *this;
  }
  CountingIterator operator++(int) {
    const CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const {
    return position_ == other.position_;
  }
  bool operator!=(const CountingIterator& other) const {
    return !(*this == other);
  }

 private:
  const char* position_;
  const char** furthest_;
};

// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax
// error while parsing value - invalid literal; last read: '…'; expected '}'"
// without the identifier, the place and the text, which are said elsewhere.
std::string WithoutPlaceAndText(absl::string_view what) {
  if (const auto end = what.find("] "); end != what.npos) {
    what.remove_prefix(end + 2);
  }
  if (absl::StartsWith(what, "parse error at ")) {
    if (const auto end = what.find(": "); end != what.npos) {
      what.remove_prefix(end + 2);
    }
  }
  const auto read = what.find("; last read: '");
  if (read == what.npos) return std::string(what);
  constexpr absl::string_view kExpected = "'; expected ";
  constexpr std::size_t kLongestToken = 40;
  const auto expected = what.rfind(kExpected);
  if (expected == what.npos || what.size() - expected > kLongestToken) {
    return std::string(what.substr(0, read));
  }
  return absl::StrCat(what.substr(0, read), what.substr(expected + 1));
}

// Builds the value from the parser's events and stops at the first defect.
class Builder {
 public:
  Builder(absl::string_view text, absl::string_view source,
          const JsonOptions& options, JsonLocations* locations,
          const char* const* read_to)
      : text_(text),
        source_(source),
        options_(options),
        locations_(locations),
        read_to_(read_to),
        locator_(text) {}

  // The parser's events, under the names it asks for; false stops it.
  bool null() { return Scalar(json(nullptr)); }
  bool boolean(bool value) { return Scalar(json(value)); }
  bool number_integer(std::int64_t value) { return Number(json(value)); }
  bool number_unsigned(std::uint64_t value) { return Number(json(value)); }
  bool number_float(double, const std::string&) {
    EndNumber();
    return FloatingPoint(text_.substr(token_, end_ - token_));
  }
  bool string(std::string& value) { return Scalar(json(std::move(value))); }
  bool binary(json::binary_t&) { return false; }
  bool start_object(std::size_t) { return Open(json::object()); }
  bool start_array(std::size_t) { return Open(json::array()); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }

  bool key(std::string& name) {
    FinishToken();
    Frame& frame = frames_.back();
    frame.key = name;
    if (frame.container->contains(name)) {
      return Fail(token_, Path(), "the key appears twice in its object");
    }
    Locate();
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) {
    // The parser's position lies behind the token; whichever is earlier is
    // where a reader should look.
    const std::size_t offset =
        std::min(NextToken(), position == 0 ? 0 : position - 1);
    const absl::string_view rest = text_.substr(std::min(offset, text_.size()));
    const std::string found =
        rest.empty() ? "the end of the text"
                     : QuoteForMessage(rest.substr(0, rest.find('\n')), 30);
    constexpr int kNumberOverflow = 406;
    if (error.id == kNumberOverflow) {
      return Fail(
          offset, Path(),
          absl::StrCat("the number is too large for a double, found ", found));
    }
    return Fail(
        offset, ContainerPath(),
        absl::StrCat(WithoutPlaceAndText(error.what()), ", found ", found));
  }

  absl::Status TakeError() { return std::move(error_); }
  json TakeValue() { return std::move(root_); }

 private:
  struct Frame {
    json* container;
    std::string key;  // of the member being read
  };

  bool Fail(std::size_t offset, absl::string_view path,
            absl::string_view message) {
    error_ = ErrorAt(text_, source_, offset, path, message);
    return false;
  }

  // Of the object or list being read.
  std::string ContainerPath() const {
    std::string path;
    for (std::size_t i = 0; i + 1 < frames_.size(); ++i) {
      // The container inside is the last element so far.
      const json& container = *frames_[i].container;
      path = JoinConfigPath(path, container.is_object()
                                      ? frames_[i].key
                                      : absl::StrCat(container.size() - 1));
    }
    return path;
  }

  // Of the value being read, which is not in its container yet.
  std::string Path() const {
    if (frames_.empty()) return "";
    const Frame& frame = frames_.back();
    return JoinConfigPath(ContainerPath(),
                          frame.container->is_object()
                              ? frame.key
                              : absl::StrCat(frame.container->size()));
  }

  // Offset of the first byte behind the last token that is neither space nor
  // comment nor the punctuation between tokens.
  std::size_t NextToken() const {
    std::size_t at = end_;
    while (at < text_.size()) {
      const absl::string_view rest = text_.substr(at);
      if (absl::StartsWith(rest, "//")) {
        const auto line = rest.find('\n');
        at = line == rest.npos ? text_.size() : at + line;
      } else if (absl::StartsWith(rest, "/*")) {
        const auto close = rest.find("*/", 2);
        if (close == rest.npos) break;
        at += close + 2;
      } else if (absl::StrContains(" \t\r\n,:", rest.substr(0, 1))) {
        ++at;
      } else {
        break;
      }
    }
    return at;
  }

  void FinishToken() {
    token_ = NextToken();
    end_ = static_cast<std::size_t>(*read_to_ - text_.data());
  }

  // The lexer has read one byte behind a number, unless the text ends there; a
  // number's own last byte is a digit.
  void EndNumber() {
    FinishToken();
    if (text_[end_ - 1] < '0' || text_[end_ - 1] > '9') --end_;
  }

  bool Number(json value) {
    EndNumber();
    Insert(std::move(value));
    return true;
  }

  bool Scalar(json value) {
    FinishToken();
    Insert(std::move(value));
    return true;
  }

  bool FloatingPoint(absl::string_view literal) {
    const std::string path = Path();
    if (literal.find_first_of(".eE") == literal.npos) {
      return Fail(token_, path,
                  absl::StrCat("an integer must fit 64 bits (a number may be "
                               "written as 1e20), found ",
                               QuoteForMessage(literal, 30)));
    }
    double value = 0;
    absl::from_chars(literal.data(), literal.data() + literal.size(), value);
    const absl::string_view digits =
        literal.substr(0, literal.find_first_of("eE"));
    if (value == 0 && digits.find_first_of("123456789") != digits.npos) {
      return Fail(token_, path,
                  absl::StrCat("the number is too near to 0 for a double, "
                               "found ",
                               QuoteForMessage(literal, 30)));
    }
    Insert(json(value));
    return true;
  }

  // A member's place is its key's, noted when that was read.
  void Locate() {
    if (locations_ != nullptr) {
      (*locations_)[Path()] = locator_.At(token_);
    }
  }

  json* Insert(json value) {
    if (frames_.empty()) {
      Locate();
      root_ = std::move(value);
      return &root_;
    }
    Frame& frame = frames_.back();
    if (frame.container->is_object()) {
      return &((*frame.container)[frame.key] = std::move(value));
    }
    Locate();
    frame.container->push_back(std::move(value));
    return &frame.container->back();
  }

  bool Open(json container) {
    FinishToken();
    if (frames_.size() == options_.max_depth) {
      return Fail(token_, Path(),
                  absl::StrCat("nested deeper than ", options_.max_depth,
                               " objects and lists"));
    }
    frames_.push_back(Frame{Insert(std::move(container)), ""});
    return true;
  }

  bool Close() {
    end_ = static_cast<std::size_t>(*read_to_ - text_.data());
    frames_.pop_back();
    return true;
  }

  const absl::string_view text_;
  const absl::string_view source_;
  const JsonOptions options_;
  JsonLocations* const locations_;
  const char* const* const read_to_;
  Locator locator_;
  std::size_t token_ = 0;  // where the last token starts
  std::size_t end_ = 0;    // and ends
  std::vector<Frame> frames_;
  json root_;
  absl::Status error_;
};

absl::Status CheckBytes(absl::string_view text, absl::string_view source) {
  if (absl::StartsWith(text, "\xEF\xBB\xBF")) {
    return ErrorAt(text, source, 0, "",
                   "the text starts with a byte order mark; save it as UTF-8 "
                   "without one");
  }
  if (const std::size_t valid = ValidUtf8Length(text); valid < text.size()) {
    return ErrorAt(text, source, valid, "",
                   absl::StrCat("not UTF-8, found the byte ",
                                QuoteForMessage(text.substr(valid, 1))));
  }
  // The lexer would take a NUL for the end of the text.
  if (const std::size_t nul = text.find('\0'); nul != text.npos) {
    return ErrorAt(text, source, nul, "", "a NUL byte is not JSON");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<json> ParseJson(absl::string_view text, absl::string_view source,
                               const JsonOptions& options,
                               JsonLocations* locations) {
  if (locations != nullptr) locations->clear();
  if (absl::Status status = CheckBytes(text, source); !status.ok()) {
    return status;
  }
  const char* read_to = text.data();
  Builder builder(text, source, options, locations, &read_to);
  try {
    const bool complete = json::sax_parse(
        CountingIterator(text.data(), &read_to),
        CountingIterator(text.data() + text.size(), &read_to), &builder,
        json::input_format_t::json, /*strict=*/true, options.allow_comments);
    if (complete) return builder.TakeValue();
  } catch (const std::exception& error) {
    return absl::InternalError(
        absl::StrCat(source, ": the JSON parser failed: ", error.what()));
  }
  return builder.TakeError();
}

}  // namespace culturemert
