// Early return on errors, and words added to an error on its way up.
//
//   absl::StatusOr<Corpus> ReadCorpus(Files& files, absl::string_view path) {
//     ASSIGN_OR_RETURN(const std::string text, files.Read(path));
//     RETURN_IF_ERROR(Annotate(CheckHeader(text), path));
//     ...
//   }

#ifndef CULTUREMERT_TOOLS_BASE_STATUS_STATUS_MACROS_H_
#define CULTUREMERT_TOOLS_BASE_STATUS_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace culturemert {

// The same status with "where: " before its message, payloads kept; OK stays
// OK. `where` names the file, key or tensor the error is about.
inline absl::Status Annotate(const absl::Status& status,
                             absl::string_view where) {
  if (status.ok()) return status;
  absl::Status annotated(status.code(),
                         absl::StrCat(where, ": ", status.message()));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    annotated.SetPayload(url, payload);
  });
  return annotated;
}

template <typename T>
absl::StatusOr<T> Annotate(absl::StatusOr<T> value, absl::string_view where) {
  if (value.ok()) return value;
  return Annotate(value.status(), where);
}

namespace status_internal {

inline const absl::Status& ToStatus(const absl::Status& status) {
  return status;
}

template <typename T>
const absl::Status& ToStatus(const absl::StatusOr<T>& value) {
  return value.status();
}

}  // namespace status_internal
}  // namespace culturemert

#define CULTUREMERT_CONCAT_INNER(a, b) a##b
#define CULTUREMERT_CONCAT(a, b) CULTUREMERT_CONCAT_INNER(a, b)

// Returns from the function if `expression` (absl::Status or absl::StatusOr) is
// not OK.
#define RETURN_IF_ERROR(expression)                                        \
  do {                                                                     \
    if (const auto& culturemert_result = (expression);                     \
        !culturemert_result.ok()) {                                        \
      return ::culturemert::status_internal::ToStatus(culturemert_result); \
    }                                                                      \
  } while (false)

// Moves the value of a StatusOr into `left` (an assignable expression or a
// declaration), or returns its status. Types with commas need parentheses-free
// aliases, as in every macro.
#define ASSIGN_OR_RETURN(left, expression)                                  \
  CULTUREMERT_ASSIGN_OR_RETURN(CULTUREMERT_CONCAT(status_or_, __COUNTER__), \
                               left, expression)

#define CULTUREMERT_ASSIGN_OR_RETURN(result, left, expression) \
  auto result = (expression);                                  \
  if (!result.ok()) return std::move(result).status();         \
  left = *std::move(result)

#endif  // CULTUREMERT_TOOLS_BASE_STATUS_STATUS_MACROS_H_
