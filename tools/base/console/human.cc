#include "tools/base/console/human.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace culturemert {
namespace {

constexpr double kMaxDurationSeconds = 1e12;
constexpr double kMaxSignificant = 1e15;

std::string TwoUnits(std::int64_t major, absl::string_view major_unit,
                     std::int64_t minor, absl::string_view minor_unit) {
  return absl::StrCat(major, " ", major_unit, " ",
                      absl::Dec(minor, absl::kZeroPad2), " ", minor_unit);
}

// `scaled` / 10^decimals, for scaled >= 0.
std::string Fixed(std::int64_t scaled, int decimals) {
  std::string digits = absl::StrCat(scaled);
  const std::size_t least = static_cast<std::size_t>(decimals) + 1;
  if (digits.size() < least) digits.insert(0, least - digits.size(), '0');
  digits.insert(digits.size() - decimals, ".");
  return digits;
}

std::uint64_t RoundedQuotient(std::uint64_t number, std::uint64_t divisor) {
  return number / divisor + (number % divisor >= divisor / 2 ? 1 : 0);
}

bool IsContinuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

std::string EscapedByte(char byte) {
  return absl::StrCat(
      "\\x", absl::Hex(static_cast<unsigned char>(byte), absl::kZeroPad2));
}

}  // namespace

std::string FormatDuration(double seconds) {
  if (!(std::abs(seconds) <= kMaxDurationSeconds)) return "unknown";
  const std::int64_t microseconds = std::llround(seconds * 1e6);
  if (microseconds == 0) return "0 s";
  if (seconds < 0) return absl::StrCat("-", FormatDuration(-seconds));
  if (microseconds < 1000) return absl::StrCat(Fixed(microseconds, 3), " ms");
  const std::int64_t milliseconds = std::llround(seconds * 1000);
  if (milliseconds < 1000) return absl::StrCat(milliseconds, " ms");
  const std::int64_t tenths = std::llround(seconds * 10);
  if (tenths < 600) return absl::StrCat(Fixed(tenths, 1), " s");
  const std::int64_t whole = std::llround(seconds);
  if (whole < 3600) return TwoUnits(whole / 60, "min", whole % 60, "s");
  const std::int64_t minutes = std::llround(seconds / 60);
  if (minutes < 1440) return TwoUnits(minutes / 60, "h", minutes % 60, "min");
  const std::int64_t hours = std::llround(seconds / 3600);
  return TwoUnits(hours / 24, "d", hours % 24, "h");
}

std::string FormatBytes(std::uint64_t bytes) {
  constexpr absl::string_view kUnits[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 1000) return absl::StrCat(bytes, " B");
  // 2^64 bytes are 18 EB, so that this ends there.
  std::size_t unit = 0;
  std::uint64_t unit_bytes = 1000;
  while (RoundedQuotient(bytes, unit_bytes) >= 1000) {
    ++unit;
    unit_bytes *= 1000;
  }
  const std::uint64_t tenths = RoundedQuotient(bytes, unit_bytes / 10);
  if (tenths < 100) {
    return absl::StrCat(tenths / 10, ".", tenths % 10, " ", kUnits[unit]);
  }
  return absl::StrCat(RoundedQuotient(bytes, unit_bytes), " ", kUnits[unit]);
}

std::string FormatCount(std::int64_t count, Charset charset) {
  const absl::string_view separator =
      charset == Charset::kUtf8 ? "\xE2\x80\x89" : " ";
  const std::string digits = absl::StrCat(count);
  const std::size_t sign = count < 0 ? 1 : 0;
  std::string grouped;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const bool starts_group = i > sign && (digits.size() - i) % 3 == 0;
    absl::StrAppend(&grouped, starts_group ? separator : "",
                    digits.substr(i, 1));
  }
  return grouped;
}

std::string FormatSignificant(double value, Charset charset) {
  if (!(value >= 0 && value < kMaxSignificant)) return "?";
  if (value == 0) return "0";
  const std::int64_t thousandths = std::llround(std::min(value, 1e3) * 1000);
  if (thousandths < 1000) return Fixed(thousandths, 3);
  const std::int64_t hundredths = std::llround(std::min(value, 1e3) * 100);
  if (hundredths < 1000) return Fixed(hundredths, 2);
  const std::int64_t tenths = std::llround(std::min(value, 1e3) * 10);
  if (tenths < 1000) return Fixed(tenths, 1);
  return FormatCount(std::llround(value), charset);
}

std::string FormatRate(double per_second, absl::string_view unit,
                       Charset charset) {
  if (per_second > 0 && per_second * 60 < 0.1) {
    return absl::StrCat(FormatSignificant(per_second * 3600, charset), " ",
                        unit, "/h");
  }
  if (per_second > 0 && per_second < 0.1) {
    return absl::StrCat(FormatSignificant(per_second * 60, charset), " ", unit,
                        "/min");
  }
  return absl::StrCat(FormatSignificant(per_second, charset), " ", unit, "/s");
}

std::string FormatRealTimeFactor(double factor, Charset charset) {
  return absl::StrCat(FormatSignificant(factor, charset),
                      charset == Charset::kUtf8 ? "\xC3\x97" : "x",
                      " real time");
}

std::string Printable(absl::string_view text) {
  std::string printable;
  printable.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char byte = text[i];
    const bool starts_c1 = byte == '\xC2' && i + 1 < text.size() &&
                           static_cast<unsigned char>(text[i + 1]) >= 0x80 &&
                           static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (starts_c1) {
      absl::StrAppend(&printable, EscapedByte(byte), EscapedByte(text[++i]));
    } else if (absl::ascii_iscntrl(byte) && byte != '\t' && byte != '\n') {
      absl::StrAppend(&printable, EscapedByte(byte));
    } else {
      printable.push_back(byte);
    }
  }
  return printable;
}

int CountColumns(absl::string_view text) {
  int columns = 0;
  for (const char byte : text) columns += IsContinuation(byte) ? 0 : 1;
  return columns;
}

absl::string_view TruncateToColumns(absl::string_view text, int columns) {
  std::size_t size = 0;
  while (size < text.size() && (IsContinuation(text[size]) || columns-- > 0)) {
    ++size;
  }
  return text.substr(0, size);
}

}  // namespace culturemert
