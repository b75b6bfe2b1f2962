#include "reports/plots/markup.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "reports/plots/characters.h"

namespace culturemert {
namespace {

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";

// U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069.
bool ChangesDirection(std::uint32_t code) {
  return code == 0x061C || code == 0x200E || code == 0x200F ||
         (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

bool IsNoncharacter(std::uint32_t code) {
  return (code >= 0xFDD0 && code <= 0xFDEF) || (code & 0xFFFE) == 0xFFFE;
}

bool IsControl(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

// Printable ASCII that means itself.
bool IsPlain(char character) {
  return character >= ' ' && character < 0x7F && character != '&' &&
         character != '<' && character != '>' && character != '"' &&
         character != '\'';
}

void AppendEscaped(const Character& character, std::string* out) {
  switch (character.code) {
    case '&':
      out->append("&amp;");
      return;
    case '<':
      out->append("&lt;");
      return;
    case '>':
      out->append("&gt;");
      return;
    case '"':
      out->append("&quot;");
      return;
    case '\'':
      out->append("&#39;");
      return;
    case '\n':
    case '\r':
    case '\t':
      out->push_back(' ');
      return;
    default:
      break;
  }
  const bool is_fit = character.is_valid && !IsControl(character.code) &&
                      !IsNoncharacter(character.code) &&
                      !ChangesDirection(character.code);
  absl::StrAppend(out, is_fit ? character.bytes : kReplacement);
}

}  // namespace

std::string EscapeMarkup(absl::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  while (!text.empty()) {
    const std::size_t plain = static_cast<std::size_t>(
        std::find_if_not(text.begin(), text.end(), IsPlain) - text.begin());
    escaped.append(text.data(), plain);
    text.remove_prefix(plain);
    if (!text.empty()) AppendEscaped(TakeCharacter(&text), &escaped);
  }
  return escaped;
}

std::string MarkupId(absl::string_view text) {
  std::string id(text);
  for (char& character : id) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(character))) {
      character = '-';
    }
  }
  return id;
}

}  // namespace culturemert
