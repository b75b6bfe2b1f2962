// Whether markup is well-formed: for tests of what writes it.

#ifndef CULTUREMERT_TESTS_REPORTS_PLOTS_MARKUP_CHECK_H_
#define CULTUREMERT_TESTS_REPORTS_PLOTS_MARKUP_CHECK_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace culturemert {

struct MarkupElement {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;

  // As it stands in the text; "" if there is none.
  std::string Attribute(absl::string_view name) const;
};

struct MarkupCheck {
  // Empty: every element that begins ends, in order, every attribute is quoted
  // and stands once, "&" begins only the entities &amp; &lt; &gt; &quot; &#39;,
  // and the text is UTF-8 without control characters but line feeds. Else the
  // first thing that is wrong.
  std::string problem;
  std::vector<MarkupElement> elements;  // In the order of their beginnings.
};

// XML as Svg writes it, or HTML as the page has it: a doctype is passed over,
// meta needs no end, and script and style end at their end tags only.
MarkupCheck CheckMarkup(absl::string_view text);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_REPORTS_PLOTS_MARKUP_CHECK_H_
