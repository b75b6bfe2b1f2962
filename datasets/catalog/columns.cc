#include "datasets/catalog/columns.h"

#include "absl/status/status.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

absl::StatusOr<std::size_t> RequiredColumn(const CsvTable& table,
                                           absl::string_view name) {
  absl::StatusOr<std::size_t> column = table.ColumnIndex(name);
  if (absl::IsNotFound(column.status())) {
    return absl::InvalidArgumentError(column.status().message());
  }
  return column;
}

absl::StatusOr<std::optional<std::size_t>> OptionalColumn(
    const CsvTable& table, absl::string_view name) {
  const absl::StatusOr<std::size_t> column = table.ColumnIndex(name);
  if (absl::IsNotFound(column.status())) return std::optional<std::size_t>();
  RETURN_IF_ERROR(column);
  return std::optional<std::size_t>(*column);
}

}  // namespace culturemert
