// Where a table that is too wide for its page is cut: into blocks of columns,
// each beside the key columns.

#ifndef CULTUREMERT_REPORTS_TABLES_COLUMN_BLOCKS_H_
#define CULTUREMERT_REPORTS_TABLES_COLUMN_BLOCKS_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "reports/tables/table.h"

namespace culturemert {

// Columns [begin, end) of a table, none of them a key column.
struct ColumnBlock {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// All columns but the key columns, in turn. `widths` has the characters of each
// column; a block, with the key columns and `gap` characters between any two,
// is at most `limit` wide unless it has one column only. Groups stay whole
// where they fit.
std::vector<ColumnBlock> CutIntoColumnBlocks(
    const Table& table, absl::Span<const std::size_t> widths, std::size_t gap,
    std::size_t limit);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_TABLES_COLUMN_BLOCKS_H_
