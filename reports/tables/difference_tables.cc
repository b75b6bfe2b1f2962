#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "experiments/metrics/statistics.h"
#include "reports/statistics/training_repeats.h"
#include "reports/tables/table_makers.h"
#include "reports/tables/table_parts.h"

namespace culturemert {
namespace reports_internal {
namespace {

constexpr std::array<Metric, 2> kShown = {Metric::kRocAuc,
                                          Metric::kAveragePrecision};
constexpr std::array<ModelRole, 4> kAdaptedRoles = {
    ModelRole::kControl, ModelRole::kAdapted, ModelRole::kSingleCulture,
    ModelRole::kMerged};

struct Pair {
  std::string name;
  std::size_t model = 0;
  std::size_t against = 0;
};

// Adapted models and their bases; the base's name only where there are several.
std::vector<Pair> PairsWithBase(const Study& study) {
  const bool is_one = ModelsOf(study, {ModelRole::kBase}).size() == 1;
  std::vector<Pair> pairs;
  for (const std::size_t model : ModelsOf(study, kAdaptedRoles)) {
    const std::optional<std::size_t>& base = study.models[model].base;
    if (!base.has_value()) continue;
    const std::string& name = study.models[model].name;
    pairs.push_back(
        {is_one ? name : absl::StrCat(name, " − ", study.models[*base].name),
         model, *base});
  }
  return pairs;
}

// A column for each metric of the datasets in `shown`, and one for each origin
// and part in `averages`.
std::optional<Table> DifferenceTable(
    const Study& study, absl::Span<const Pair> pairs, Part shown,
    absl::Span<const std::pair<Part, std::string>> averages, Table table) {
  std::vector<std::size_t> datasets;
  for (std::size_t i = 0; i < study.datasets.size(); ++i) {
    if (BelongsTo(study.datasets[i], study.datasets[i].origin, shown)) {
      datasets.push_back(i);
    }
  }
  if (pairs.empty() || datasets.empty()) return std::nullopt;
  table.profile = study.Name();
  AddColumn(&table, "", std::nullopt, TextColumn("Model"));
  for (const std::size_t i : datasets) {
    for (const Metric metric : kShown) {
      AddColumn(&table, study.datasets[i].title, study.datasets[i].origin,
                DifferenceColumn(std::string(MetricTitle(metric))));
    }
  }
  for (const auto& [part, title] : averages) {
    for (const Origin origin : OriginsOf(study, part)) {
      AddColumn(&table, title, origin,
                DifferenceColumn(MeanTitle(study, origin, part, kShown)));
    }
  }
  for (const Pair& pair : pairs) {
    TableRow row{{Cell::Text(pair.name)}, false};
    for (const std::size_t i : datasets) {
      for (const Metric metric : kShown) {
        row.cells.push_back(
            DifferenceCell(study, pair.model, pair.against, i, metric));
      }
    }
    for (const auto& [part, title] : averages) {
      for (const Origin origin : OriginsOf(study, part)) {
        row.cells.push_back(AverageDifferenceCell(
            study, pair.model, pair.against, origin, part, kShown));
      }
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

// The mean of each column and its deviation, of rows that all have a value.
TableRow MeanRow(std::string name, absl::Span<const TableRow> rows) {
  TableRow mean{{Cell::Text(std::move(name))}, false};
  for (std::size_t column = 1; column < rows[0].cells.size(); ++column) {
    std::vector<double> values;
    for (const TableRow& row : rows) {
      const Cell& cell = row.cells[column];
      if (cell.state == CellState::kValue) values.push_back(cell.value);
    }
    const std::optional<Summary> summary = Summarize(values);
    if (values.size() != rows.size() || !summary.has_value()) {
      mean.cells.push_back(Cell::Without(CellState::kNotRun));
      continue;
    }
    mean.cells.push_back(Cell::Value(summary->mean));
    mean.cells.back().deviation = summary->deviation;
  }
  return mean;
}

}  // namespace

std::optional<Table> Gain(const ReportData&, const Study& study) {
  Table table;
  table.id = "gain";
  table.title = "Gain over the base model";
  table.caption =
      "Differences of means over seeds. The published headline is the mean of "
      "ROC-AUC and AP over the non-Western sets; a gain over the base alone "
      "does not tell adaptation to a culture from longer training, the "
      "control does.";
  table.significance = "differs from the base model";
  return DifferenceTable(study, PairsWithBase(study), Part::kAll,
                         {{Part::kNonWestern, PartTitle(Part::kNonWestern)},
                          {Part::kWestern, PartTitle(Part::kWestern)}},
                         std::move(table));
}

std::optional<Table> PretrainingSeeds(const ReportData&, const Study& study) {
  std::vector<Pair> pairs;
  std::vector<std::size_t> sizes;  // Of groups of pairs.
  for (const std::vector<std::size_t>& repeats : TrainingRepeats(study)) {
    const std::optional<std::size_t>& base = study.models[repeats[0]].base;
    if (!base.has_value()) continue;
    for (const std::size_t model : repeats) {
      pairs.push_back({study.models[model].name, model, *base});
    }
    sizes.push_back(repeats.size());
  }
  Table table;
  table.id = "pretraining_seeds";
  table.title = "Gain by the seed of pre-training";
  table.caption =
      "Trainings of one recipe with several seeds, as differences from the "
      "base model. An interval over test recordings says nothing of what "
      "another training would have given; the deviation of the mean's row "
      "does.";
  table.significance = "differs from the base model";
  table.deviation_over = "the seeds of pre-training";
  std::optional<Table> made =
      DifferenceTable(study, pairs, Part::kAll,
                      {{Part::kNonWestern, PartTitle(Part::kNonWestern)},
                       {Part::kWestern, PartTitle(Part::kWestern)}},
                      std::move(table));
  if (!made.has_value()) return std::nullopt;
  // Deviations over the seeds of probes would be taken for those shown here.
  for (TableRow& row : made->rows) {
    for (Cell& cell : row.cells) cell.deviation.reset();
  }
  std::size_t first = 0;
  for (const std::size_t size : sizes) {
    made->rows[first].starts_section = first > 0;
    TableRow mean =
        MeanRow(absl::StrCat("mean of ", size, " seeds"),
                absl::MakeConstSpan(made->rows).subspan(first, size));
    first += size;
    made->rows.insert(made->rows.begin() + first, std::move(mean));
    ++first;
  }
  return made;
}

std::optional<Table> OtherTests(const ReportData&, const Study& study) {
  std::vector<Pair> pairs;
  for (const StudyComparison& comparison : study.comparisons) {
    if (study.models[comparison.against].role == ModelRole::kBase) continue;
    if (!pairs.empty() && pairs.back().model == comparison.model &&
        pairs.back().against == comparison.against) {
      continue;
    }
    pairs.push_back({absl::StrCat(study.models[comparison.model].name, " − ",
                                  study.models[comparison.against].name),
                     comparison.model, comparison.against});
  }
  Table table;
  table.id = "comparisons";
  table.title = "Differences between other models";
  table.caption = "Differences of means over seeds, of all pairs tested.";
  table.significance = "the two differ";
  return DifferenceTable(study, pairs, Part::kAll,
                         {{Part::kNonWestern, PartTitle(Part::kNonWestern)},
                          {Part::kWestern, PartTitle(Part::kWestern)}},
                         std::move(table));
}

std::optional<Table> Forgetting(const ReportData&, const Study& study) {
  Table table;
  table.id = "forgetting";
  table.title = "Forgetting";
  table.caption =
      "Change on Western music against the base model. Backward transfer: the "
      "mean of these changes; below zero is forgetting.";
  table.significance = "differs from the base model";
  return DifferenceTable(study, PairsWithBase(study), Part::kWestern,
                         {{Part::kWestern, "Backward transfer"}},
                         std::move(table));
}

}  // namespace reports_internal
}  // namespace culturemert
