#include "datasets/catalog/unicode_npy.h"

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr absl::string_view kMagic("\x93NUMPY", 6);
constexpr std::uint64_t kCodePointBytes = 4;
constexpr std::size_t kMaxHeaderBytes = 10000;  // As NumPy limits it.

struct Header {
  std::uint64_t width = 0;  // Code points an element.
  std::uint64_t count = 0;  // Elements.
  absl::string_view data;
};

std::uint32_t LittleEndian(absl::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  }
  return value;
}

absl::StatusOr<Header> ParseHeader(absl::string_view file,
                                   absl::string_view source) {
  // Magic, version, and the header's length in 2 or 4 bytes.
  const bool is_npy = absl::StartsWith(file, kMagic) && file.size() >= 8;
  const int version = is_npy ? file[6] : 0;
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  if (!is_npy || version < 1 || version > 3 || file[7] != 0 ||
      file.size() < 8 + length_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": not a .npy file of version 1.0, 2.0 or 3.0"));
  }
  const std::uint32_t length = LittleEndian(file.substr(8, length_bytes));
  file.remove_prefix(8 + length_bytes);
  if (length > kMaxHeaderBytes || length > file.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        source, ": the header announces ", length, " bytes, found ",
        file.size(), ", expected at most ", kMaxHeaderBytes));
  }
  const absl::string_view text = file.substr(0, length);
  static const RE2& pattern =
      *new RE2(R"(\{'descr': '<U(\d{1,6})', 'fortran_order': (?:False|True), )"
               R"('shape': \((\d{1,12}),\), \}\s*)");
  Header header;
  if (!RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern,
                      &header.width, &header.count)) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": found the header ", QuoteForMessage(text),
                     ", expected a one-dimensional array of strings ('<U36')"));
  }
  header.data = file.substr(length);
  return header;
}

void AppendUtf8(std::uint32_t code, std::string* text) {
  const auto append = [text](std::uint32_t byte) {
    text->push_back(static_cast<char>(byte));
  };
  if (code < 0x80) {
    append(code);
  } else if (code < 0x800) {
    append(0xC0 | code >> 6);
    append(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    append(0xE0 | code >> 12);
    append(0x80 | (code >> 6 & 0x3F));
    append(0x80 | (code & 0x3F));
  } else {
    append(0xF0 | code >> 18);
    append(0x80 | (code >> 12 & 0x3F));
    append(0x80 | (code >> 6 & 0x3F));
    append(0x80 | (code & 0x3F));
  }
}

absl::StatusOr<std::string> ParseElement(absl::string_view bytes) {
  std::string text;
  std::size_t end = bytes.size();
  while (end > 0 && LittleEndian(bytes.substr(end - kCodePointBytes,
                                              kCodePointBytes)) == 0) {
    end -= kCodePointBytes;
  }
  for (std::size_t i = 0; i < end; i += kCodePointBytes) {
    const std::uint32_t code = LittleEndian(bytes.substr(i, kCodePointBytes));
    const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code == 0 || is_surrogate || code > 0x10FFFF) {
      return absl::DataLossError(
          absl::StrCat("found the number ", code, " where a character stands"));
    }
    AppendUtf8(code, &text);
  }
  return text;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseUnicodeNpy(
    absl::Span<const std::uint8_t> bytes, absl::string_view source) {
  const absl::string_view file(reinterpret_cast<const char*>(bytes.data()),
                               bytes.size());
  ASSIGN_OR_RETURN(const Header header, ParseHeader(file, source));
  // At most 10^6 times 4 times 10^12: no overflow.
  const std::uint64_t element_bytes = header.width * kCodePointBytes;
  if (element_bytes == 0 ||
      header.data.size() / element_bytes != header.count ||
      header.data.size() % element_bytes != 0) {
    return absl::DataLossError(absl::StrCat(
        source, ": the header announces ", header.count, " strings of ",
        element_bytes, " bytes, ", header.data.size(), " bytes follow"));
  }
  std::vector<std::string> strings;
  strings.reserve(header.count);
  for (std::uint64_t i = 0; i < header.count; ++i) {
    ASSIGN_OR_RETURN(std::string text,
                     Annotate(ParseElement(header.data.substr(i * element_bytes,
                                                              element_bytes)),
                              absl::StrCat(source, ": element ", i)));
    strings.push_back(std::move(text));
  }
  return strings;
}

}  // namespace culturemert
