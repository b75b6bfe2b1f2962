// Columns that a metadata table must have.

#ifndef CULTUREMERT_DATASETS_CATALOG_COLUMNS_H_
#define CULTUREMERT_DATASETS_CATALOG_COLUMNS_H_

#include <cstddef>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/base/formats/csv.h"

namespace culturemert {

// As CsvTable::ColumnIndex, but a missing column is kInvalidArgument: the file
// is there, it is not as it should be. (kNotFound means a missing file to
// whoever loads a data set.)
absl::StatusOr<std::size_t> RequiredColumn(const CsvTable& table,
                                           absl::string_view name);

// Nothing where there is no such column.
absl::StatusOr<std::optional<std::size_t>> OptionalColumn(
    const CsvTable& table, absl::string_view name);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_COLUMNS_H_
