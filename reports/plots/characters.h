// Text as a sequence of characters, and about how wide it is drawn.

#ifndef CULTUREMERT_REPORTS_PLOTS_CHARACTERS_H_
#define CULTUREMERT_REPORTS_PLOTS_CHARACTERS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace culturemert {

struct Character {
  absl::string_view bytes;  // At least one.
  std::uint32_t code = 0;   // Code point; 0 if not valid.
  bool is_valid = false;    // Well-formed UTF-8.
};

// The first character of `text`, which is not empty, or its first byte where
// that starts none; takes it off `text`.
Character TakeCharacter(absl::string_view* text);

// About how wide `text` is in a common sans-serif font of `font_size`, in the
// unit of the latter. Fonts differ; this is on the wide side of them.
double EstimateTextWidth(absl::string_view text, double font_size);

// A number's text with "−" (U+2212) for a "-" at its start.
std::string WithMinusSign(absl::string_view number);

// `text`, or as much of its start as fits with "…" behind it.
std::string ShortenText(absl::string_view text, double font_size,
                        double max_width);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_PLOTS_CHARACTERS_H_
