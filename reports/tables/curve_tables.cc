#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "reports/tables/table_makers.h"
#include "reports/tables/table_parts.h"

namespace culturemert {
namespace reports_internal {
namespace {

constexpr std::array<Metric, 2> kShown = {Metric::kRocAuc,
                                          Metric::kAveragePrecision};
constexpr std::array<Part, 2> kParts = {Part::kNonWestern, Part::kWestern};

// A row: what stands in its first column, the model, and the model that it is
// compared with, if any.
struct LevelRow {
  Cell key;
  std::size_t model = 0;
  std::optional<std::size_t> against;
};

// For each part and origin the averages of ROC-AUC and AP, and where rows have
// a model to compare with, the change.
std::optional<Table> AverageTable(const Study& study, Column key,
                                  absl::Span<const LevelRow> rows,
                                  const std::string& change, Table table) {
  if (rows.empty() || study.datasets.empty()) return std::nullopt;
  table.profile = study.Name();
  AddColumn(&table, "", std::nullopt, std::move(key));
  for (const Part part : kParts) {
    for (const Origin origin : OriginsOf(study, part)) {
      for (const Metric metric : kShown) {
        AddColumn(&table, PartTitle(part), origin,
                  LevelColumn(std::string(MetricTitle(metric))));
      }
      if (!change.empty()) {
        AddColumn(&table, PartTitle(part), origin, DifferenceColumn(change));
      }
    }
  }
  for (const LevelRow& level : rows) {
    TableRow row{{level.key}, false};
    for (const Part part : kParts) {
      for (const Origin origin : OriginsOf(study, part)) {
        for (const Metric metric : kShown) {
          row.cells.push_back(
              AverageLevelCell(study, level.model, origin, part, {metric}));
        }
        if (change.empty()) continue;
        row.cells.push_back(level.against.has_value()
                                ? AverageDifferenceCell(study, level.model,
                                                        *level.against, origin,
                                                        part, kShown)
                                : Cell::Without(CellState::kEmpty));
      }
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

// The row with that label that stands in a record of `model`.
std::optional<std::size_t> Beside(const Study& study, std::size_t model,
                                  absl::string_view label) {
  const std::vector<std::size_t>& records = study.models[model].records;
  for (std::size_t i = 0; i < study.models.size(); ++i) {
    const StudyModel& other = study.models[i];
    if (other.label != label || i == model) continue;
    if (std::find_first_of(records.begin(), records.end(),
                           other.records.begin(),
                           other.records.end()) != records.end()) {
      return i;
    }
  }
  return std::nullopt;
}

LevelRow NamedRow(const Study& study, std::size_t model,
                  std::optional<std::size_t> against) {
  return {Cell::Text(study.models[model].name), model, against};
}

// Models of a role with the model of a label beside them, which leads.
std::vector<LevelRow> WithReference(const Study& study, ModelRole role,
                                    absl::string_view reference) {
  std::vector<LevelRow> rows;
  std::set<std::size_t> shown;
  for (const std::size_t model : ModelsOf(study, {role})) {
    const std::optional<std::size_t> against = Beside(study, model, reference);
    if (against.has_value() && shown.insert(*against).second) {
      rows.push_back(NamedRow(study, *against, std::nullopt));
    }
    rows.push_back(NamedRow(study, model, against));
  }
  return rows;
}

// Rows whose key is a number, in its order.
void SortByKey(std::vector<LevelRow>* rows) {
  std::stable_sort(rows->begin(), rows->end(),
                   [](const LevelRow& a, const LevelRow& b) {
                     return a.key.value < b.key.value;
                   });
}

// Mean gain over the base, in ROC-AUC and AP, of models adapted to one of the
// two datasets' cultures on the other; over both directions where there are
// both.
Cell MeasuredTransfer(const Study& study, const std::string& first,
                      const std::string& second) {
  double sum = 0;
  int count = 0;
  const std::pair<std::string, std::string> directions[] = {{first, second},
                                                            {second, first}};
  for (const std::size_t model : ModelsOf(study, {ModelRole::kSingleCulture})) {
    const std::optional<std::size_t>& base = study.models[model].base;
    if (!base.has_value()) continue;
    for (const auto& [culture, tested] : directions) {
      if (study.models[model].setup.cultures.front() != culture) continue;
      for (std::size_t i = 0; i < study.datasets.size(); ++i) {
        if (study.datasets[i].name != tested) continue;
        const std::optional<Average> gain =
            AverageDifference(study, model, *base, {i}, kShown);
        if (!gain.has_value()) continue;
        sum += 100 * gain->mean;
        ++count;
      }
    }
  }
  return count == 0 ? Cell::Without(CellState::kNotRun)
                    : Cell::Value(sum / count);
}

}  // namespace

std::optional<Table> Ablation(const ReportData&, const Study& study) {
  Table table;
  table.id = "ablation";
  table.title = "Variants of continual pre-training";
  table.caption =
      "One change each to the recipe of the first row. Averages over data "
      "sets; changes are means over both metrics. Other seeds of the same "
      "recipe show what is no effect.";
  return AverageTable(
      study, TextColumn("Variant"),
      WithReference(study, ModelRole::kVariant, "multicultural_cpt"), "change",
      std::move(table));
}

std::optional<Table> TaskArithmetic(const ReportData&, const Study& study) {
  std::vector<LevelRow> rows;
  std::set<std::size_t> bases;
  for (const std::size_t model :
       ModelsOf(study, {ModelRole::kMerged, ModelRole::kMergeScale})) {
    const StudyModel& merged = study.models[model];
    if (!merged.setup.merge_scale.has_value()) continue;
    if (merged.base.has_value()) bases.insert(*merged.base);
    rows.push_back(
        {Cell::Value(*merged.setup.merge_scale), model, merged.base});
  }
  if (rows.empty()) return std::nullopt;
  for (const std::size_t base : bases) {
    rows.push_back({Cell::Value(0), base, std::nullopt});
  }
  SortByKey(&rows);
  Table table;
  table.id = "task_arithmetic";
  table.title = "Task arithmetic by λ";
  table.caption =
      "The single-culture models' task vectors, added to the base with weight "
      "λ; 0 is the base itself. Averages over data sets; gains over the base "
      "are means over both metrics.";
  Column key;
  key.header = "λ";
  key.decimals = 2;
  return AverageTable(study, key, rows, "gain", std::move(table));
}

std::optional<Table> MergingMethods(const ReportData&, const Study& study) {
  Table table;
  table.id = "merging_methods";
  table.title = "Ways to merge";
  table.caption =
      "Merges of the same single-culture models. Averages over data sets; "
      "changes against task arithmetic are means over both metrics.";
  return AverageTable(
      study, TextColumn("Method"),
      WithReference(study, ModelRole::kMergeMethod, "task_arithmetic"),
      "change", std::move(table));
}

std::optional<Table> Layers(const ReportData&, const Study& study) {
  std::vector<LevelRow> rows;
  std::map<std::string, std::size_t> first_of_weights;
  std::vector<std::size_t> layers = ModelsOf(study, {ModelRole::kLayer});
  // Models stay together, in the order of their first layer's row.
  for (const std::size_t model : layers) {
    first_of_weights.emplace(study.models[model].weights_key, model);
  }
  std::stable_sort(
      layers.begin(), layers.end(), [&](std::size_t a, std::size_t b) {
        const StudyModel& x = study.models[a];
        const StudyModel& y = study.models[b];
        return std::make_pair(first_of_weights[x.weights_key], *x.setup.layer) <
               std::make_pair(first_of_weights[y.weights_key], *y.setup.layer);
      });
  for (const std::size_t model : layers) {
    rows.push_back(NamedRow(study, model, std::nullopt));
  }
  Table table;
  table.id = "layers";
  table.title = "A probe a layer";
  table.caption =
      "Probes that see one hidden state; 0 is the input of the first layer. "
      "Averages over data sets.";
  return AverageTable(study, TextColumn("Model and layer"), rows, "",
                      std::move(table));
}

std::optional<Table> DataScaling(const ReportData&, const Study& study) {
  std::vector<LevelRow> rows;
  std::set<std::size_t> bases;
  std::set<std::size_t> whole;
  for (const std::size_t model : ModelsOf(study, {ModelRole::kFraction})) {
    const StudyModel& part = study.models[model];
    rows.push_back({Cell::Value(100 * part.setup.fraction), model, part.base});
    if (part.base.has_value()) bases.insert(*part.base);
    const auto main = Beside(study, model, "multicultural_cpt");
    if (main.has_value()) whole.insert(*main);
  }
  if (rows.empty()) return std::nullopt;
  for (const std::size_t base : bases) {
    rows.push_back({Cell::Value(0), base, std::nullopt});
  }
  for (const std::size_t model : whole) {
    rows.push_back({Cell::Value(100), model, study.models[model].base});
  }
  SortByKey(&rows);
  Table table;
  table.id = "data_scaling";
  table.title = "By the share of the recordings";
  table.caption =
      "Continual pre-training on a part of the recordings; 0 is the base. "
      "Averages over data sets; gains over the base are means over both "
      "metrics.";
  Column key;
  key.header = "Recordings";
  key.unit = "%";
  key.decimals = 0;
  return AverageTable(study, key, rows, "gain", std::move(table));
}

std::optional<Table> TokenSimilarity(const ReportData&, const Study& study) {
  constexpr std::array<std::pair<absl::string_view, absl::string_view>, 4>
      kMeasures = {{{"js_mean", "all books"},
                    {"js_first_book", "first book"},
                    {"cosine_mean", "all books"},
                    {"cosine_first_book", "first book"}}};
  std::map<std::string, std::map<std::string, double>> pairs;
  for (const StudySeries& entry : study.series) {
    absl::string_view measure = entry.series->name;
    if (!absl::ConsumePrefix(&measure, "token_similarity.") ||
        entry.series->y.size() != 1) {
      continue;
    }
    pairs[entry.series->label][std::string(measure)] = entry.series->y.front();
  }
  if (pairs.empty()) return std::nullopt;
  Table table;
  table.id = "token_similarity";
  table.profile = study.Name();
  table.title = "Similarity of codes";
  table.caption =
      "Jensen-Shannon distance (0: equal, 1: no code in common) and cosine "
      "similarity of two sets' histograms of codes, as the mean over the "
      "books and of the first one, beside the transfer "
      "between them: the mean gain over the base of models adapted to one and "
      "tested on the other.";
  AddColumn(&table, "", std::nullopt, TextColumn("Sets"));
  for (std::size_t i = 0; i < kMeasures.size(); ++i) {
    Column column;
    column.header = std::string(kMeasures[i].second);
    column.decimals = 3;
    AddColumn(&table, i < 2 ? "Jensen-Shannon distance" : "Cosine similarity",
              std::nullopt, column);
  }
  AddColumn(&table, "", std::nullopt, DifferenceColumn("Transfer"));
  for (const auto& [label, values] : pairs) {
    TableRow row{{Cell::Text(label)}, false};
    for (const auto& [measure, title] : kMeasures) {
      const auto value = values.find(std::string(measure));
      row.cells.push_back(value == values.end()
                              ? Cell::Without(CellState::kUndefined)
                              : Cell::Value(value->second));
    }
    const std::vector<std::string> sets = absl::StrSplit(label, " and ");
    row.cells.push_back(sets.size() == 2
                            ? MeasuredTransfer(study, sets[0], sets[1])
                            : Cell::Without(CellState::kUndefined));
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace reports_internal
}  // namespace culturemert
