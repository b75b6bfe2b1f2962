// Names for an error message that is read whole, however many are wrong.

#ifndef CULTUREMERT_EXPERIMENTS_EVALUATION_NAME_LIST_H_
#define CULTUREMERT_EXPERIMENTS_EVALUATION_NAME_LIST_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace culturemert {

// "2 recordings are too short: \"a\", \"b\"", for `what` "recordings are too
// short"; of more than ten, the first ten "and 3 more".
std::string ListNames(absl::string_view what,
                      absl::Span<const std::string> names);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_EVALUATION_NAME_LIST_H_
