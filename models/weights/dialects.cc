#include "models/weights/dialects.h"

#include <algorithm>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "re2/re2.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr std::size_t kShownNames = 5;

std::size_t CountMatches(const char* signature,
                         absl::Span<const std::string> names) {
  const RE2 pattern(signature);
  return std::count_if(
      names.begin(), names.end(),
      [&](const std::string& name) { return RE2::FullMatch(name, pattern); });
}

}  // namespace

absl::StatusOr<const Dialect*> SniffDialect(
    absl::Span<const Dialect> dialects, absl::Span<const std::string> names) {
  const Dialect* best = nullptr;
  std::size_t most = 0;
  for (const Dialect& dialect : dialects) {
    const std::size_t matches = CountMatches(dialect.signature, names);
    if (matches > most) {
      most = matches;
      best = &dialect;
    }
  }
  if (best != nullptr) return best;
  const std::size_t shown = std::min(names.size(), kShownNames);
  std::vector<std::string> quoted;
  for (std::size_t i = 0; i < shown; ++i) {
    quoted.push_back(QuoteForMessage(names[i]));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "its ", names.size(), " tensors are of no known model (expected ",
      absl::StrJoin(dialects, " or ",
                    [](std::string* out, const Dialect& dialect) {
                      absl::StrAppend(out, dialect.described);
                    }),
      ")",
      shown == 0
          ? ""
          : absl::StrCat("; the first are ", absl::StrJoin(quoted, ", "))));
}

}  // namespace culturemert
