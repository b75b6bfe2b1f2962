#include "tools/base/text/nearest_name.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace culturemert {
namespace {

char Folded(char byte) { return byte == '-' ? '_' : absl::ascii_tolower(byte); }

bool Same(char a, char b) { return Folded(a) == Folded(b); }

std::size_t MostEdits(absl::string_view name) {
  return std::max<std::size_t>(1, name.size() / 3);
}

}  // namespace

std::size_t EditDistance(absl::string_view a, absl::string_view b) {
  // Row i holds the distances from the first i bytes of `a` to each prefix of
  // `b`; only three rows are alive.
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced =
          last[j - 1] + (Same(a[i - 1], b[j - 1]) ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) &&
          Same(a[i - 2], b[j - 1])) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

std::string NearestName(absl::string_view wrong,
                        absl::Span<const std::string> valid) {
  std::string nearest;
  std::size_t fewest_edits = 0;
  for (const std::string& name : valid) {
    const std::size_t most_edits = MostEdits(name);
    // The difference of the lengths is a lower bound, and keeps a hostile
    // `wrong` from costing more than its own reading did.
    const std::size_t difference = std::max(wrong.size(), name.size()) -
                                   std::min(wrong.size(), name.size());
    if (difference > most_edits) continue;
    const std::size_t edits = EditDistance(wrong, name);
    if (edits > most_edits || edits >= name.size()) continue;
    if (nearest.empty() || edits < fewest_edits) {
      nearest = name;
      fewest_edits = edits;
    }
  }
  return nearest;
}

std::string DidYouMean(absl::string_view wrong,
                       absl::Span<const std::string> valid) {
  const std::string nearest = NearestName(wrong, valid);
  if (nearest.empty()) return "";
  return absl::StrCat(" (did you mean \"", nearest, "\"?)");
}

}  // namespace culturemert
