// A table with a cell of every kind, for tests of the printers.

#ifndef CULTUREMERT_TESTS_REPORTS_TABLES_SAMPLE_TABLE_H_
#define CULTUREMERT_TESTS_REPORTS_TABLES_SAMPLE_TABLE_H_

#include "reports/tables/table.h"

namespace culturemert {

// Three rows; a group of rendered and one of published numbers; a title and
// cells with characters that Markdown, LaTeX and terminals take for their own.
inline Table SampleTable() {
  Table table;
  table.id = "sample";
  table.profile = "mini";
  table.title = "Results | λ_1 & 100 %";
  table.caption = "Means over seeds.";
  table.significance = "differs from the base model";
  table.marks_best = true;
  table.groups = {{"", std::nullopt, 1},
                  {"Lyra_#1", Origin::kSynthetic, 2},
                  {"", Origin::kPublished, 1}};
  Column model;
  model.header = "Model";
  model.is_text = true;
  Column level;
  level.header = "AP";
  level.unit = "%";
  Column change;
  change.header = "gain";
  change.unit = "points";
  change.decimals = 2;
  change.is_signed = true;
  table.columns = {model, level, change, level};
  Cell best = Cell::Value(61.25);
  best.deviation = 0.5;
  best.low = 60;
  best.high = 62;
  best.is_best = true;
  Cell changed = Cell::Value(-1.5);
  changed.low = -2.5;
  changed.high = -0.5;
  changed.p = 0.01;
  changed.is_significant = true;
  table.rows = {
      {{Cell::Text("chance"), Cell::Value(0), Cell(), Cell::Value(50)}, false},
      {{Cell::Text("CPT {a}\\b*\n\x1b[31m"), best, changed,
        Cell::Without(CellState::kNotFound)},
       true},
      {{Cell::Text("[uşşak, \"x\"]"), Cell::Without(CellState::kNotRun),
        Cell::Without(CellState::kUndefined), Cell::Value(48.1)},
       false}};
  table.notes = {"MTAT: test recordings were heard."};
  return table;
}

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_REPORTS_TABLES_SAMPLE_TABLE_H_
