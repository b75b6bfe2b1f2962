#include "tools/base/config/config_path.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "tools/base/config/utf8.h"

namespace culturemert {
namespace {

constexpr std::size_t kUncut = std::numeric_limits<std::size_t>::max();

bool NeedsQuotes(absl::string_view segment) {
  if (segment.empty() || !IsValidUtf8(segment)) return true;
  for (const char byte : segment) {
    const auto code = static_cast<unsigned char>(byte);
    if (code <= ' ' || code == 0x7F || byte == '.' || byte == '"' ||
        byte == '=' || byte == '\\') {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string JoinConfigPath(absl::string_view parent,
                           absl::string_view segment) {
  const std::string name = NeedsQuotes(segment)
                               ? QuoteForMessage(segment, kUncut)
                               : std::string(segment);
  return parent.empty() ? name : absl::StrCat(parent, ".", name);
}

}  // namespace culturemert
