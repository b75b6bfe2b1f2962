// Text of others made fit for SVG and HTML.
//
// Whatever stands in a record may have been written to do harm: to close an
// element, to start a script, to turn the reading direction of what follows.

#ifndef CULTUREMERT_REPORTS_PLOTS_MARKUP_H_
#define CULTUREMERT_REPORTS_PLOTS_MARKUP_H_

#include <string>

#include "absl/strings/string_view.h"

namespace culturemert {

// `text` as it may stand between tags and in quoted attributes of XML 1.0 and
// of HTML: & < > " ' become entities, line feeds and tabs become spaces, and
// U+FFFD stands for ill-formed bytes, other control characters, noncharacters,
// and the invisible characters that change the reading direction. A script's
// text is another matter: do not put it there.
std::string EscapeMarkup(absl::string_view text);

// `text` with all but ASCII letters, digits and '-' replaced by '-': as an id
// or the name of a file. Different texts may get the same.
std::string MarkupId(absl::string_view text);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_PLOTS_MARKUP_H_
