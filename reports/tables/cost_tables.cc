#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reports/tables/table_makers.h"
#include "reports/tables/table_parts.h"

namespace culturemert {
namespace reports_internal {
namespace {

constexpr double kSecondsAMinute = 60;
constexpr double kBytesAGigabyte = 1e9;

struct ActionCost {
  std::string name;
  double wall_seconds = 0;
  double peak_bytes = 0;
};

// Each artifact of the study once; where several records measured it, the
// first one.
std::map<std::string, ActionCost> ActionsOf(const ReportData& data,
                                            const Study& study) {
  std::map<std::string, ActionCost> actions;
  for (const std::size_t i : study.records) {
    const Record& record = data.records[i].record;
    if (!record.timing.has_value()) continue;
    for (std::size_t k = 0; k < record.actions.size(); ++k) {
      const ActionTiming& timing = record.timing->actions[k];
      actions.emplace(record.actions[k].key,
                      ActionCost{record.actions[k].name, timing.wall_seconds,
                                 static_cast<double>(timing.peak_bytes)});
    }
  }
  return actions;
}

Column NumberColumn(const char* header, const char* unit, int decimals) {
  Column column;
  column.header = header;
  column.unit = unit;
  column.decimals = decimals;
  return column;
}

// Of the recordings it was adapted to, by the record's corpora.
Cell HoursCell(const ReportData& data, const StudyModel& model) {
  const Record& record = data.records[model.records.front()].record;
  double hours = 0;
  std::size_t found = 0;
  for (const CorpusRecord& corpus : record.corpora) {
    const std::vector<std::string>& cultures = model.setup.cultures;
    if (std::find(cultures.begin(), cultures.end(), corpus.name) ==
        cultures.end()) {
      continue;
    }
    hours += corpus.hours;
    ++found;
  }
  if (found == 0 || found < model.setup.cultures.size()) {
    return Cell::Without(CellState::kUndefined);
  }
  return Cell::Value(hours * model.setup.fraction);
}

// From the last update of the model's curves in one of its records; they count
// from 0, and losses on held-out audio are taken behind the last one.
Cell UpdatesCell(const Study& study, const StudyModel& model) {
  double updates = -1;
  for (const StudySeries& entry : study.series) {
    const SeriesRecord& series = *entry.series;
    if (series.name != "training_loss" && series.name != "held_out_loss") {
      continue;
    }
    if (series.label != model.label || series.x.empty() ||
        std::find(model.records.begin(), model.records.end(), entry.record) ==
            model.records.end()) {
      continue;
    }
    updates = std::max(updates, series.x.back());
  }
  return updates < 0 ? Cell::Without(CellState::kUndefined)
                     : Cell::Value(updates + 1);
}

}  // namespace

std::optional<Table> Cost(const ReportData& data, const Study& study) {
  Table table;
  table.id = "cost";
  table.profile = study.Name();
  table.title = "Cost of the models";
  table.caption =
      "Audio of the corpora adapted to, updates of all stages, and wall time "
      "and peak memory of the process that made the weights. Where recordings "
      "were left out, hours are by their share.";
  AddColumn(&table, "", std::nullopt, TextColumn("Model"));
  AddColumn(&table, "", std::nullopt, NumberColumn("Audio", "h", 2));
  AddColumn(&table, "", std::nullopt, NumberColumn("Updates", "", 0));
  AddColumn(&table, "", std::nullopt, NumberColumn("Time", "min", 1));
  AddColumn(&table, "", std::nullopt, NumberColumn("Memory", "GB", 2));
  const std::map<std::string, ActionCost> actions = ActionsOf(data, study);
  for (const StudyModel& model : study.models) {
    const bool is_made =
        model.setup.kind == "pretrain" || model.setup.kind == "merge";
    const auto action = actions.find(model.weights_key);
    if (!is_made || action == actions.end() || model.setup.layer.has_value()) {
      continue;
    }
    const bool is_trained = model.setup.kind == "pretrain";
    table.rows.push_back(
        {{Cell::Text(model.name),
          is_trained ? HoursCell(data, model)
                     : Cell::Without(CellState::kEmpty),
          is_trained ? UpdatesCell(study, model)
                     : Cell::Without(CellState::kEmpty),
          Cell::Value(action->second.wall_seconds / kSecondsAMinute),
          Cell::Value(action->second.peak_bytes / kBytesAGigabyte)},
         false});
  }
  if (table.rows.empty()) return std::nullopt;
  return table;
}

std::optional<Table> CostOfActions(const ReportData& data, const Study& study) {
  struct Sum {
    int count = 0;
    double wall_seconds = 0;
    double longest_seconds = 0;
    double peak_bytes = 0;
  };
  std::map<std::string, Sum> sums;
  Sum all;
  for (const auto& [key, action] : ActionsOf(data, study)) {
    for (Sum* sum : {&sums[action.name], &all}) {
      ++sum->count;
      sum->wall_seconds += action.wall_seconds;
      sum->longest_seconds =
          std::max(sum->longest_seconds, action.wall_seconds);
      sum->peak_bytes = std::max(sum->peak_bytes, action.peak_bytes);
    }
  }
  if (sums.empty()) return std::nullopt;
  Table table;
  table.id = "cost_actions";
  table.profile = study.Name();
  table.title = "Cost of the study";
  table.caption =
      "Every artifact once, as measured when it was made, whichever experiment "
      "made it first.";
  AddColumn(&table, "", std::nullopt, TextColumn("Action"));
  AddColumn(&table, "", std::nullopt, NumberColumn("Artifacts", "", 0));
  AddColumn(&table, "", std::nullopt, NumberColumn("Time", "min", 1));
  AddColumn(&table, "", std::nullopt, NumberColumn("Longest", "min", 1));
  AddColumn(&table, "", std::nullopt, NumberColumn("Memory", "GB", 2));
  const auto add = [&](const std::string& name, const Sum& sum,
                       bool starts_section) {
    table.rows.push_back({{Cell::Text(name), Cell::Value(sum.count),
                           Cell::Value(sum.wall_seconds / kSecondsAMinute),
                           Cell::Value(sum.longest_seconds / kSecondsAMinute),
                           Cell::Value(sum.peak_bytes / kBytesAGigabyte)},
                          starts_section});
  };
  for (const auto& [name, sum] : sums) add(name, sum, false);
  add("all", all, true);
  return table;
}

}  // namespace reports_internal
}  // namespace culturemert
