#include "reports/site/transfer_plots.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "reports/plots/heat_map.h"
#include "reports/site/study_choices.h"

namespace culturemert {
namespace {

constexpr double kSignificance = 0.05;
constexpr absl::string_view kSimilarityPrefix = "token_similarity.";

HeatCell TransferCell(const Study& study, std::size_t row, std::size_t column) {
  const StudyModel& model = study.models[row];
  const std::string& tested = study.datasets[column].name;
  HeatCell cell;
  cell.is_framed =
      std::find(model.setup.cultures.begin(), model.setup.cultures.end(),
                tested) != model.setup.cultures.end();
  const ComparisonRecord* const comparison =
      study.FindComparison(row, *model.base, column, Metric::kRocAuc);
  if (comparison != nullptr) {
    cell.value = 100 * comparison->difference;
    cell.is_significant =
        comparison->p_holm.value_or(comparison->p) < kSignificance;
    return cell;
  }
  const MetricResult* const ours =
      study.FindMetric(row, column, Metric::kRocAuc);
  const MetricResult* const base =
      study.FindMetric(*model.base, column, Metric::kRocAuc);
  if (ours != nullptr && base != nullptr) {
    cell.value = 100 * (ours->mean - base->mean);
  }
  return cell;
}

std::optional<SitePlot> Transfer(const Study& study, Origin origin) {
  const std::vector<std::size_t> datasets = DatasetsOf(study, origin);
  HeatMap map;
  for (const std::size_t dataset : datasets) {
    map.columns.push_back(study.datasets[dataset].title);
  }
  for (std::size_t i = 0; i < study.models.size(); ++i) {
    const StudyModel& model = study.models[i];
    if (model.role != ModelRole::kSingleCulture || !model.base) continue;
    map.rows.push_back(model.name);
    std::vector<HeatCell>& cells = map.cells.emplace_back();
    for (const std::size_t dataset : datasets) {
      cells.push_back(TransferCell(study, i, dataset));
    }
  }
  if (map.rows.empty()) return std::nullopt;
  map.text.id = PlotId(study, "transfer", origin);
  map.text.title = absl::StrCat("Transfer of single-culture models, ROC-AUC",
                                TitleEnd(study, origin));
  map.text.description =
      "A heat map of the change over the base model: a row a model adapted to "
      "one culture, a column a set that it is tested on. The same numbers "
      "stand in the table of gains.";
  map.row_label = "adapted model";
  map.column_label = "tested on";
  map.note = "points over the base · * p < 0.05 · frame: own culture";
  return SitePlot{map.text.id, map.text.title,
                  "Triangles point up where the model is better than the base, "
                  "and down where it is worse.",
                  DrawHeatMap(map), std::nullopt};
}

// The cells of one measure by the names of a pair of sets.
using Similarities = std::map<std::pair<std::string, std::string>, double>;

SitePlot Similarity(const Study& study, absl::string_view data,
                    std::size_t number, const std::string& measure,
                    const Similarities& pairs) {
  HeatMap map;
  for (const StudyDataset& dataset : study.datasets) {
    const bool is_there = std::any_of(
        pairs.begin(), pairs.end(), [&](const Similarities::value_type& pair) {
          return pair.first.first == dataset.name ||
                 pair.first.second == dataset.name;
        });
    if (is_there) map.rows.push_back(dataset.name);
  }
  for (const auto& [names, value] : pairs) {
    for (const std::string& name : {names.first, names.second}) {
      const bool is_new =
          std::find(map.rows.begin(), map.rows.end(), name) == map.rows.end();
      if (is_new) map.rows.push_back(name);
    }
  }
  map.columns = map.rows;
  for (const std::string& row : map.rows) {
    std::vector<HeatCell>& cells = map.cells.emplace_back();
    for (const std::string& column : map.columns) {
      HeatCell& cell = cells.emplace_back();
      for (const auto& names :
           {std::make_pair(row, column), std::make_pair(column, row)}) {
        const auto found = pairs.find(names);
        if (found != pairs.end()) cell.value = found->second;
      }
    }
  }
  map.text.id = PlotId(study, absl::StrCat("tokens-", number, "-", measure));
  map.text.title =
      absl::StrCat("Codes of music compared, ", measure, TitleEnd(study, data));
  map.text.description =
      "A heat map of how alike the distributions of codes of two sets are; the "
      "same numbers stand in the table of token similarity.";
  map.row_label = "set";
  map.column_label = "set";
  map.note = absl::StrCat("measure: ", measure);
  map.decimals = 3;
  map.is_signed = false;
  return {map.text.id, map.text.title, "", DrawHeatMap(map), std::nullopt};
}

}  // namespace

std::vector<SitePlot> MakeTransferPlots(const Study& study,
                                        absl::string_view data) {
  std::vector<SitePlot> plots;
  for (const Origin origin : OriginsIn(study)) {
    std::optional<SitePlot> transfer = Transfer(study, origin);
    if (transfer.has_value()) plots.push_back(*std::move(transfer));
  }
  std::map<std::string, Similarities> measures;
  for (const StudySeries& line : study.series) {
    absl::string_view name = line.series->name;
    const std::vector<std::string> names =
        absl::StrSplit(line.series->label, " and ");
    if (!absl::ConsumePrefix(&name, kSimilarityPrefix) || names.size() != 2 ||
        line.series->y.empty()) {
      continue;
    }
    measures[std::string(name)][{names[0], names[1]}] = line.series->y.front();
  }
  std::size_t number = 0;
  for (const auto& [measure, pairs] : measures) {
    plots.push_back(Similarity(study, data, ++number, measure, pairs));
  }
  return plots;
}

}  // namespace culturemert
