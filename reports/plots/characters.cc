#include "reports/plots/characters.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr std::size_t kLongestCharacter = 4;
constexpr absl::string_view kEllipsis = "…";

std::size_t LengthByFirstByte(unsigned char byte) {
  if (byte < 0xC0) return 1;
  if (byte < 0xE0) return 2;
  return byte < 0xF0 ? 3 : kLongestCharacter;
}

std::uint32_t Decode(absl::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes[0]);
  if (bytes.size() == 1) return first;
  std::uint32_t code = first & (0xFF >> (bytes.size() + 1));
  for (const char byte : bytes.substr(1)) {
    code = (code << 6) | (static_cast<unsigned char>(byte) & 0x3F);
  }
  return code;
}

// In units of the font's size.
double RelativeWidth(const Character& character) {
  const std::uint32_t code = character.code;
  if (code >= 0x0300 && code <= 0x036F) return 0;  // Combining marks.
  if (code >= 0x1100 && code < 0x1E00) return 1;
  if (code >= 0x2E80) return 1;
  if (code >= 0x80 || code < 0x20) return 0.64;
  const char ascii = static_cast<char>(code);
  if (absl::StrContains("ijl.,:;'|!", ascii)) return 0.32;
  if (absl::StrContains("ftrI()[]{} -/\\", ascii)) return 0.4;
  if (absl::StrContains("mwMW%@", ascii)) return 0.96;
  if (ascii >= 'A' && ascii <= 'Z') return 0.7;
  return 0.62;
}

}  // namespace

Character TakeCharacter(absl::string_view* text) {
  const std::size_t length = std::min(
      text->size(), LengthByFirstByte(static_cast<unsigned char>((*text)[0])));
  Character character;
  character.bytes = text->substr(0, length);
  character.is_valid = IsValidUtf8(character.bytes);
  if (character.is_valid) {
    character.code = Decode(character.bytes);
  } else {
    character.bytes = text->substr(0, 1);
  }
  text->remove_prefix(character.bytes.size());
  return character;
}

double EstimateTextWidth(absl::string_view text, double font_size) {
  double width = 0;
  while (!text.empty()) width += RelativeWidth(TakeCharacter(&text));
  return width * font_size;
}

std::string WithMinusSign(absl::string_view number) {
  return absl::ConsumePrefix(&number, "-") ? absl::StrCat("−", number)
                                           : std::string(number);
}

std::string ShortenText(absl::string_view text, double font_size,
                        double max_width) {
  const double room = max_width - EstimateTextWidth(kEllipsis, font_size);
  absl::string_view rest = text;
  double width = 0;
  std::size_t kept = 0;
  while (!rest.empty()) {
    width += RelativeWidth(TakeCharacter(&rest)) * font_size;
    if (width > max_width) {
      return absl::StrCat(text.substr(0, kept), kEllipsis);
    }
    if (width <= room) kept = text.size() - rest.size();
  }
  return std::string(text);
}

}  // namespace culturemert
