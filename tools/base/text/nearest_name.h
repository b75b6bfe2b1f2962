// The valid name that a mistyped one was probably meant to be.

#ifndef CULTUREMERT_TOOLS_BASE_TEXT_NEAREST_NAME_H_
#define CULTUREMERT_TOOLS_BASE_TEXT_NEAREST_NAME_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace culturemert {

// The fewest insertions, deletions, replacements and swaps of neighbouring
// bytes that turn `a` into `b`, no byte being edited twice (the optimal string
// alignment distance). ASCII upper and lower case count as the same, and so do
// '-' and '_'. Needs time and memory in the order of the product of the sizes.
std::size_t EditDistance(absl::string_view a, absl::string_view b);

// The name in `valid` nearest to `wrong` by EditDistance, the first of equals;
// "" where none is within a third of its own length (at least one edit).
std::string NearestName(absl::string_view wrong,
                        absl::Span<const std::string> valid);

// ` (did you mean "steps"?)` to put behind a message, or "" where no valid name
// is near.
std::string DidYouMean(absl::string_view wrong,
                       absl::Span<const std::string> valid);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_TEXT_NEAREST_NAME_H_
