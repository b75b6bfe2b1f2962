#include "tools/base/config/config_path.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr std::size_t kUncut = std::numeric_limits<std::size_t>::max();

bool NeedsQuotes(absl::string_view segment) {
  if (segment.empty() || !IsPrintable(segment)) return true;
  return segment.find_first_of(" .\"=\\") != segment.npos;
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
