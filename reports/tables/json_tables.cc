#include "reports/tables/json_tables.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "reports/tables/cell_text.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using ::nlohmann::json;

const char* StateName(CellState state) {
  switch (state) {
    case CellState::kValue:
      return "value";
    case CellState::kText:
      return "text";
    case CellState::kEmpty:
      return "empty";
    case CellState::kNotRun:
      return "not run";
    case CellState::kUndefined:
      return "undefined";
    case CellState::kNotFound:
      return "not found";
  }
  return "";
}

const char* KindName(RecordProblemKind kind) {
  switch (kind) {
    case RecordProblemKind::kUnreadable:
      return "unreadable";
    case RecordProblemKind::kDamaged:
      return "damaged";
    case RecordProblemKind::kSchema:
      return "other schema";
    case RecordProblemKind::kConformance:
      return "other conformance";
  }
  return "";
}

void SetNumber(const char* key, std::optional<double> value, json* object) {
  if (value.has_value() && std::isfinite(*value)) (*object)[key] = *value;
}

json JsonCell(const Cell& cell) {
  json object = {{"state", StateName(cell.state)}};
  if (cell.state == CellState::kText) object["text"] = cell.text;
  if (cell.state != CellState::kValue) return object;
  SetNumber("value", cell.value, &object);
  SetNumber("deviation", cell.deviation, &object);
  SetNumber("low", cell.low, &object);
  SetNumber("high", cell.high, &object);
  SetNumber("p", cell.p, &object);
  if (cell.p.has_value()) object["significant"] = cell.is_significant;
  if (cell.is_best) object["best"] = true;
  return object;
}

json JsonTable(const Table& table) {
  json columns = json::array();
  const std::vector<std::size_t> groups = GroupOfColumns(table);
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const ColumnGroup& group = table.groups[groups[i]];
    columns.push_back({{"group", group.title},
                       {"header", table.columns[i].header},
                       {"unit", table.columns[i].unit}});
    if (group.origin.has_value()) {
      const absl::string_view origin = OriginName(*group.origin);
      columns.back()["origin"] = std::string(origin);
    }
  }
  json rows = json::array();
  for (const TableRow& row : table.rows) {
    json cells = json::array();
    for (const Cell& cell : row.cells) cells.push_back(JsonCell(cell));
    rows.push_back(std::move(cells));
  }
  return {{"id", table.id},          {"profile", table.profile},
          {"title", table.title},    {"caption", table.caption},
          {"notes", table.notes},    {"columns", std::move(columns)},
          {"rows", std::move(rows)}, {"deviation_over", table.deviation_over}};
}

json JsonNotes(absl::Span<const ReportNote> notes) {
  json list = json::array();
  for (const ReportNote& note : notes) {
    const absl::string_view name = Basename(note.path);
    list.push_back({{"record", std::string(name)}, {"text", note.text}});
  }
  return list;
}

}  // namespace

absl::StatusOr<std::string> JsonTables(const ReportData& data,
                                       absl::Span<const Table> tables) {
  json report = {{"schema_version", kTablesSchemaVersion},
                 {"conflicts", JsonNotes(data.conflicts)},
                 {"superseded", JsonNotes(data.superseded)},
                 {"problems", json::array()},
                 {"records", json::array()},
                 {"tables", json::array()}};
  for (const RecordProblem& problem : data.problems) {
    report["problems"].push_back(
        {{"record", std::string(Basename(problem.path))},
         {"kind", KindName(problem.kind)}});
  }
  for (const StoredRecord& stored : data.records) {
    report["records"].push_back(
        {{"record", std::string(Basename(stored.path))},
         {"experiment", stored.record.experiment},
         {"profile", stored.record.profile},
         {"configuration_hash", stored.record.configuration_hash.ToHex()}});
  }
  for (const Table& table : tables) {
    report["tables"].push_back(JsonTable(table));
  }
  ASSIGN_OR_RETURN(std::string text,
                   CanonicalJson(report, JsonLayout::kIndented));
  return absl::StrCat(text, "\n");
}

}  // namespace culturemert
