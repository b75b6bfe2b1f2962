#include "reports/tables/csv_table.h"

#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "reports/tables/cell_text.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// What a cell may have beside its value.
struct Extra {
  absl::string_view name;
  std::string (*text)(const Cell& cell);
};

std::string NumberText(std::optional<double> value) {
  return value.has_value() && std::isfinite(*value) ? ShortestDouble(*value)
                                                    : "";
}

constexpr std::array<Extra, 5> kExtras = {
    {{"deviation", [](const Cell& cell) { return NumberText(cell.deviation); }},
     {"low", [](const Cell& cell) { return NumberText(cell.low); }},
     {"high", [](const Cell& cell) { return NumberText(cell.high); }},
     {"p", [](const Cell& cell) { return NumberText(cell.p); }},
     {"best", [](const Cell& cell) -> std::string {
        return cell.is_best ? "yes" : "";
      }}}};

std::string HeadingOf(const Table& table, std::size_t column) {
  const std::string group =
      GroupHeading(table.groups[GroupOfColumns(table)[column]]);
  const std::string own = ColumnHeading(table.columns[column]);
  return absl::StrCat(group, group.empty() || own.empty() ? "" : ", ", own);
}

bool AnyHas(const Table& table, std::size_t column, const Extra& extra) {
  for (const TableRow& row : table.rows) {
    if (!extra.text(row.cells[column]).empty()) return true;
  }
  return false;
}

absl::Status AppendFields(const std::vector<std::string>& fields,
                          std::string* text) {
  const std::vector<absl::string_view> views(fields.begin(), fields.end());
  return AppendCsvRow(views, ',', text);
}

}  // namespace

absl::StatusOr<std::string> CsvTableText(const Table& table) {
  std::vector<std::string> headings;
  std::vector<std::vector<const Extra*>> extras(table.columns.size());
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    headings.push_back(HeadingOf(table, i));
    const std::string heading = headings.back();
    for (const Extra& extra : kExtras) {
      if (!AnyHas(table, i, extra)) continue;
      extras[i].push_back(&extra);
      headings.push_back(absl::StrCat(heading, ", ", extra.name));
    }
  }
  std::string text;
  RETURN_IF_ERROR(AppendFields(headings, &text));
  for (const TableRow& row : table.rows) {
    std::vector<std::string> fields;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const Cell& cell = row.cells[i];
      fields.push_back(cell.state == CellState::kValue
                           ? NumberText(cell.value)
                           : CellText(table.columns[i], cell, CellStyle()));
      for (const Extra* extra : extras[i]) fields.push_back(extra->text(cell));
    }
    RETURN_IF_ERROR(AppendFields(fields, &text));
  }
  return text;
}

}  // namespace culturemert
