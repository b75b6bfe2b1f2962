#include "experiments/evaluation/name_list.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "tools/base/text/utf8.h"

namespace culturemert {

std::string ListNames(absl::string_view what,
                      absl::Span<const std::string> names) {
  constexpr std::size_t kShown = 10;
  std::string text = absl::StrCat(names.size(), " ", what, ": ");
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) {
    absl::StrAppend(&text, i > 0 ? ", " : "", QuoteForMessage(names[i]));
  }
  if (names.size() > kShown) {
    absl::StrAppend(&text, " and ", names.size() - kShown, " more");
  }
  return text;
}

}  // namespace culturemert
