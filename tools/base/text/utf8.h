// UTF-8 checks, and text from outside made fit for a one-line message.

#ifndef CULTUREMERT_TOOLS_BASE_TEXT_UTF8_H_
#define CULTUREMERT_TOOLS_BASE_TEXT_UTF8_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace culturemert {

// Bytes of the longest prefix that is well-formed UTF-8 (RFC 3629: no overlong
// forms, no surrogates, nothing above U+10FFFF); text.size() if all of it is.
std::size_t ValidUtf8Length(absl::string_view text);

inline bool IsValidUtf8(absl::string_view text) {
  return ValidUtf8Length(text) == text.size();
}

// Whether `text` is well-formed UTF-8 without control characters (U+0000 to
// U+001F, U+007F to U+009F), so that a message may show it as it stands.
bool IsPrintable(absl::string_view text);

// Characters (code points) of well-formed UTF-8.
std::size_t CountCharacters(absl::string_view text);

// `text` in double quotes: control characters, quotes and backslashes escaped
// as in JSON, ill-formed bytes as \xHH, and the rest cut off ("…") after about
// `max_bytes`, so that a hostile text can neither flood nor control a terminal.
std::string QuoteForMessage(absl::string_view text, std::size_t max_bytes = 80);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_TEXT_UTF8_H_
