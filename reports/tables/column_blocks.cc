#include "reports/tables/column_blocks.h"

#include "reports/tables/cell_text.h"

namespace culturemert {

std::vector<ColumnBlock> CutIntoColumnBlocks(
    const Table& table, absl::Span<const std::size_t> widths, std::size_t gap,
    std::size_t limit) {
  const std::vector<std::size_t> groups = GroupOfColumns(table);
  std::size_t key_width = 0;
  for (std::size_t i = 0; i < table.key_columns; ++i) {
    key_width += widths[i] + (i == 0 ? 0 : gap);
  }
  std::vector<ColumnBlock> blocks;
  std::size_t column = table.key_columns;
  while (column < widths.size()) {
    ColumnBlock block{column, column};
    std::size_t used = key_width;
    std::size_t last_whole = column;
    while (block.end < widths.size()) {
      used += gap + widths[block.end];
      if (used > limit && block.end > block.begin) break;
      ++block.end;
      if (block.end == widths.size() ||
          groups[block.end] != groups[block.end - 1]) {
        last_whole = block.end;
      }
    }
    if (last_whole > block.begin) block.end = last_whole;
    blocks.push_back(block);
    column = block.end;
  }
  return blocks;
}

}  // namespace culturemert
