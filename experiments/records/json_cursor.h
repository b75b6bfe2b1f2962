// JSON read from front to back, straight into what it is for: no tree is built,
// so that megabytes of numbers take milliseconds.
//
//   JsonCursor cursor(text);
//   std::vector<double> values;
//   const bool read = cursor.List([&](std::size_t) {
//                       return cursor.Double(&values.emplace_back());
//                     }) && cursor.End();
//
// As strict as ParseJson (tools/base/config/strict_json.h) on what it reads:
// RFC 8259, UTF-8, whole surrogate pairs, no number beyond the range of its
// type, limited nesting. Repeated keys are for the caller to refuse.
//
// After the first error every call returns false; error() says what was found
// and where.

#ifndef CULTUREMERT_EXPERIMENTS_RECORDS_JSON_CURSOR_H_
#define CULTUREMERT_EXPERIMENTS_RECORDS_JSON_CURSOR_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace culturemert {

class JsonCursor {
 public:
  static constexpr int kMaxDepth = 64;

  // `text` must outlive this.
  explicit JsonCursor(absl::string_view text) : text_(text) {}

  // Each reads one value, which must be of this kind.
  bool Null();
  bool Bool(bool* value);
  bool Signed(std::int64_t* value);
  bool Unsigned(std::uint64_t* value);
  bool Double(double* value);
  bool String(std::string* value);
  // Calls back before each value, which `member` (or `element`, given its
  // index) must read; what that returns decides whether to go on. A `key` is
  // valid until the next is read.
  bool Object(absl::FunctionRef<bool(absl::string_view key)> member);
  bool List(absl::FunctionRef<bool(std::size_t index)> element);
  // Any value; `raw`, if given, is its text.
  bool Skip(absl::string_view* raw = nullptr);

  // Whether the next value is null; does not read it.
  bool IsNull();
  // Nothing but white space is left.
  bool End();

  // Makes `message` the error, if there is none yet. Returns false.
  bool Fail(absl::string_view message);
  bool failed() const { return !error_.empty(); }
  // "byte 17: found 'x', expected a number". Empty without an error.
  const std::string& error() const { return error_; }

 private:
  void SkipSpace();
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool Take(char expected);
  bool Expect(absl::string_view what);
  bool Word(absl::string_view word, absl::string_view what);
  bool Open(char bracket, absl::string_view what);
  // Whether another member or element follows; `more` says so.
  bool Continue(char close, bool first, bool* more);
  bool NumberLiteral(absl::string_view* literal, bool* is_integer);
  bool Escape(std::string* value);
  bool FourHexDigits(std::uint32_t* unit);

  const absl::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::string error_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_RECORDS_JSON_CURSOR_H_
