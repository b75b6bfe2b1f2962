#include "tools/base/text/utf8.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace culturemert {
namespace {

// What RFC 3629, section 4, says of a first byte: how many bytes its character
// has, and between which values the second must lie.
struct FirstByte {
  std::size_t length;  // 0: no character starts so
  std::uint8_t second_low;
  std::uint8_t second_high;
};

FirstByte Classify(std::uint8_t byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xC2) return {0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

// Bytes of the character that `text` starts with; 0 if it is ill-formed.
std::size_t CharacterLength(absl::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint8_t>(text[i]);
  };
  if (text.empty()) return 0;
  const FirstByte first = Classify(byte(0));
  if (first.length > text.size()) return 0;
  for (std::size_t i = 1; i < first.length; ++i) {
    const std::uint8_t low = i == 1 ? first.second_low : 0x80;
    const std::uint8_t high = i == 1 ? first.second_high : 0xBF;
    if (byte(i) < low || byte(i) > high) return 0;
  }
  return first.length;
}

// Code of a control character, U+0000 to U+001F and U+007F to U+009F (which
// some terminals obey too); -1 for all others.
int ControlCode(absl::string_view character) {
  const auto byte = static_cast<std::uint8_t>(character[0]);
  if (byte < 0x20 || byte == 0x7F) return byte;
  if (byte != 0xC2) return -1;
  const auto second = static_cast<std::uint8_t>(character[1]);
  return second < 0xA0 ? second : -1;
}

std::string Escaped(absl::string_view character) {
  if (character == "\"") return "\\\"";
  if (character == "\\") return "\\\\";
  if (character == "\n") return "\\n";
  if (character == "\t") return "\\t";
  if (const int code = ControlCode(character); code >= 0) {
    return absl::StrFormat("\\u%04x", code);
  }
  return std::string(character);
}

}  // namespace

std::size_t ValidUtf8Length(absl::string_view text) {
  std::size_t position = 0;
  while (position < text.size()) {
    const std::size_t length = CharacterLength(text.substr(position));
    if (length == 0) break;
    position += length;
  }
  return position;
}

bool IsPrintable(absl::string_view text) {
  while (!text.empty()) {
    const std::size_t length = CharacterLength(text);
    if (length == 0 || ControlCode(text.substr(0, length)) >= 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::size_t CountCharacters(absl::string_view text) {
  std::size_t characters = 0;
  for (const char byte : text) {
    if ((static_cast<std::uint8_t>(byte) & 0xC0) != 0x80) ++characters;
  }
  return characters;
}

std::string QuoteForMessage(absl::string_view text, std::size_t max_bytes) {
  std::string quoted = "\"";
  std::size_t position = 0;
  while (position < text.size() && quoted.size() <= max_bytes) {
    const std::size_t length = CharacterLength(text.substr(position));
    if (length == 0) {
      absl::StrAppendFormat(&quoted, "\\x%02x",
                            static_cast<std::uint8_t>(text[position]));
    } else {
      absl::StrAppend(&quoted, Escaped(text.substr(position, length)));
    }
    position += length == 0 ? 1 : length;
  }
  return absl::StrCat(quoted, position < text.size() ? "…\"" : "\"");
}

}  // namespace culturemert
