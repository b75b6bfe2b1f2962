#include "experiments/records/json_cursor.h"

#include <charconv>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void AppendUtf8(std::uint32_t character, std::string* text) {
  const auto append = [&](std::uint32_t byte) {
    text->push_back(static_cast<char>(byte));
  };
  if (character < 0x80) {
    append(character);
  } else if (character < 0x800) {
    append(0xC0 | character >> 6);
    append(0x80 | (character & 0x3F));
  } else if (character < 0x10000) {
    append(0xE0 | character >> 12);
    append(0x80 | (character >> 6 & 0x3F));
    append(0x80 | (character & 0x3F));
  } else {
    append(0xF0 | character >> 18);
    append(0x80 | (character >> 12 & 0x3F));
    append(0x80 | (character >> 6 & 0x3F));
    append(0x80 | (character & 0x3F));
  }
}

}  // namespace

bool JsonCursor::Fail(absl::string_view message) {
  if (error_.empty()) error_ = absl::StrCat("byte ", at_ + 1, ": ", message);
  return false;
}

bool JsonCursor::Expect(absl::string_view what) {
  if (failed()) return false;
  const std::string found = at_ >= text_.size()
                                ? "the end of the text"
                                : QuoteForMessage(text_.substr(at_, 24), 20);
  return Fail(absl::StrCat("found ", found, ", expected ", what));
}

void JsonCursor::SkipSpace() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' ||
                                text_[at_] == '\r' || text_[at_] == '\t')) {
    ++at_;
  }
}

bool JsonCursor::Take(char expected) {
  if (at_ == text_.size() || text_[at_] != expected) return false;
  ++at_;
  return true;
}

bool JsonCursor::Word(absl::string_view word, absl::string_view what) {
  SkipSpace();
  if (failed() || text_.substr(at_, word.size()) != word) return Expect(what);
  at_ += word.size();
  return true;
}

bool JsonCursor::Null() { return Word("null", "null"); }

bool JsonCursor::IsNull() {
  SkipSpace();
  return !failed() && Peek() == 'n';
}

bool JsonCursor::Bool(bool* value) {
  SkipSpace();
  *value = Peek() == 't';
  return Word(*value ? "true" : "false", "true or false");
}

bool JsonCursor::NumberLiteral(absl::string_view* literal, bool* is_integer) {
  SkipSpace();
  if (failed()) return false;
  std::size_t end = at_;
  const auto here = [&] { return end < text_.size() ? text_[end] : '\0'; };
  const auto digits = [&] {
    const std::size_t begin = end;
    while (IsDigit(here())) ++end;
    return end > begin;
  };
  if (here() == '-') ++end;
  if (here() == '0') {
    ++end;
  } else if (!digits()) {
    return Expect("a number");
  }
  *is_integer = true;
  if (here() == '.') {
    ++end;
    *is_integer = false;
    if (!digits()) return Expect("a number");
  }
  if (here() == 'e' || here() == 'E') {
    ++end;
    *is_integer = false;
    if (here() == '+' || here() == '-') ++end;
    if (!digits()) return Expect("a number");
  }
  if (IsDigit(here())) return Expect("a number without leading zeros");
  *literal = text_.substr(at_, end - at_);
  return true;
}

bool JsonCursor::Double(double* value) {
  absl::string_view literal;
  bool is_integer = false;
  if (!NumberLiteral(&literal, &is_integer)) return false;
  const char* const end = literal.data() + literal.size();
  if (std::from_chars(literal.data(), end, *value).ec != std::errc()) {
    return Expect("a number within the range of a double");
  }
  at_ += literal.size();
  return true;
}

bool JsonCursor::Unsigned(std::uint64_t* value) {
  absl::string_view literal;
  bool is_integer = false;
  if (!NumberLiteral(&literal, &is_integer)) return false;
  const char* const end = literal.data() + literal.size();
  if (!is_integer ||
      std::from_chars(literal.data(), end, *value).ec != std::errc()) {
    return Expect("an integer of at least 0, of 64 bits");
  }
  at_ += literal.size();
  return true;
}

bool JsonCursor::Signed(std::int64_t* value) {
  absl::string_view literal;
  bool is_integer = false;
  if (!NumberLiteral(&literal, &is_integer)) return false;
  const char* const end = literal.data() + literal.size();
  if (!is_integer ||
      std::from_chars(literal.data(), end, *value).ec != std::errc()) {
    return Expect("an integer of 64 bits");
  }
  at_ += literal.size();
  return true;
}

bool JsonCursor::String(std::string* value) {
  SkipSpace();
  value->clear();
  if (failed() || !Take('"')) return Expect("a text in quotes");
  while (true) {
    std::size_t end = at_;
    bool is_ascii = true;
    while (end < text_.size() && text_[end] != '"' && text_[end] != '\\' &&
           static_cast<unsigned char>(text_[end]) >= 0x20) {
      is_ascii &= static_cast<unsigned char>(text_[end]) < 0x80;
      ++end;
    }
    const absl::string_view piece = text_.substr(at_, end - at_);
    if (!is_ascii && !IsValidUtf8(piece)) {
      return Expect("a text in UTF-8");
    }
    absl::StrAppend(value, piece);
    at_ = end;
    if (Take('"')) return true;
    if (!Take('\\')) return Expect("a character or a closing quote");
    if (!Escape(value)) return false;
  }
}

bool JsonCursor::FourHexDigits(std::uint32_t* unit) {
  const absl::string_view digits = text_.substr(at_, 4);
  const char* const end = digits.data() + digits.size();
  const auto result = std::from_chars(digits.data(), end, *unit, 16);
  if (digits.size() != 4 || result.ec != std::errc() || result.ptr != end) {
    return Expect("four hexadecimal digits");
  }
  at_ += 4;
  return true;
}

bool JsonCursor::Escape(std::string* value) {
  constexpr absl::string_view kEscapes = "\"\\/bfnrt";
  constexpr absl::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const char escape = Peek();
  if (escape != '\0' && kEscapes.find(escape) != kEscapes.npos) {
    ++at_;
    value->push_back(kMeanings[kEscapes.find(escape)]);
    return true;
  }
  if (!Take('u')) return Expect("an escape of JSON");
  std::uint32_t unit = 0;
  if (!FourHexDigits(&unit)) return false;
  if (unit >= 0xD800 && unit < 0xDC00) {
    std::uint32_t low = 0;
    if (!Take('\\') || !Take('u')) return Expect("a pair of surrogates");
    if (!FourHexDigits(&low)) return false;
    if (low < 0xDC00 || low > 0xDFFF) return Expect("a pair of surrogates");
    unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
  } else if (unit >= 0xDC00 && unit < 0xE000) {
    return Expect("a pair of surrogates");
  }
  AppendUtf8(unit, value);
  return true;
}

bool JsonCursor::Open(char bracket, absl::string_view what) {
  SkipSpace();
  if (failed() || !Take(bracket)) return Expect(what);
  if (depth_ == kMaxDepth) {
    return Fail(
        absl::StrCat("nested deeper than ", kMaxDepth, " objects and lists"));
  }
  ++depth_;
  return true;
}

bool JsonCursor::Continue(char close, bool first, bool* more) {
  SkipSpace();
  *more = false;
  if (Take(close)) {
    --depth_;
    return true;
  }
  if (!first && !Take(',')) {
    return Expect(close == '}' ? "a comma or }" : "a comma or ]");
  }
  *more = true;
  return true;
}

bool JsonCursor::Object(absl::FunctionRef<bool(absl::string_view)> member) {
  if (!Open('{', "an object")) return false;
  std::string key;
  for (bool first = true, more = false;; first = false) {
    if (!Continue('}', first, &more)) return false;
    if (!more) return true;
    if (!String(&key)) return false;
    SkipSpace();
    if (!Take(':')) return Expect("a colon");
    if (!member(key)) return false;
  }
}

bool JsonCursor::List(absl::FunctionRef<bool(std::size_t)> element) {
  if (!Open('[', "a list")) return false;
  bool more = false;
  for (std::size_t index = 0;; ++index) {
    if (!Continue(']', index == 0, &more)) return false;
    if (!more) return true;
    if (!element(index)) return false;
  }
}

bool JsonCursor::Skip(absl::string_view* raw) {
  SkipSpace();
  const std::size_t begin = at_;
  bool boolean = false;
  double number = 0;
  std::string text;
  bool read = false;
  switch (Peek()) {
    case '{':
      read = Object([&](absl::string_view) { return Skip(); });
      break;
    case '[':
      read = List([&](std::size_t) { return Skip(); });
      break;
    case '"':
      read = String(&text);
      break;
    case 't':
    case 'f':
      read = Bool(&boolean);
      break;
    case 'n':
      read = Null();
      break;
    default:
      read = Double(&number);
  }
  if (raw != nullptr) *raw = text_.substr(begin, at_ - begin);
  return read;
}

bool JsonCursor::End() {
  SkipSpace();
  return !failed() && at_ == text_.size() ? true
                                          : Expect("the end of the text");
}

}  // namespace culturemert
