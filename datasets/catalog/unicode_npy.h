// Lists of strings in NumPy's .npy format, as CCML's split files are.

#ifndef CULTUREMERT_DATASETS_CATALOG_UNICODE_NPY_H_
#define CULTUREMERT_DATASETS_CATALOG_UNICODE_NPY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace culturemert {

// The strings, as UTF-8, of a one-dimensional array of type '<Un': n UTF-32
// code points an element, filled up with NULs, little-endian (format versions
// 1.0 to 3.0 of numpy/lib/format.py). Arrays of pickled objects ('|O') are
// refused: nothing from a file is ever executed. `source` names the file in
// errors. kInvalidArgument for another header, kDataLoss where elements are
// missing, bytes follow the last one, or an element is no text.
absl::StatusOr<std::vector<std::string>> ParseUnicodeNpy(
    absl::Span<const std::uint8_t> bytes, absl::string_view source);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_UNICODE_NPY_H_
