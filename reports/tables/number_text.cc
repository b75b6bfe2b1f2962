#include "reports/tables/number_text.h"

#include <array>
#include <charconv>
#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace culturemert {

std::string FixedText(double value, int decimals) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  // 309 digits, a sign, a point and nine decimals at most.
  std::array<char, 330> buffer;
  const std::to_chars_result result =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                    std::chars_format::fixed, decimals);
  std::string text(buffer.data(), result.ptr);
  if (absl::StartsWith(text, "-") &&
      text.find_first_of("123456789") == std::string::npos) {
    text.erase(0, 1);
  }
  return text;
}

std::string SignedFixedText(double value, int decimals) {
  std::string text = FixedText(value, decimals);
  const bool is_zero = text.find_first_of("123456789in") == std::string::npos;
  if (absl::StartsWith(text, "-") || is_zero || std::isnan(value)) return text;
  return absl::StrCat("+", text);
}

std::string ProbabilityText(double p) {
  return p < 0.001 ? "<0.001" : FixedText(p, 3);
}

}  // namespace culturemert
