#include "reports/site/report_plots.h"

#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "reports/plots/forest_plot.h"
#include "reports/plots/scatter_plot.h"
#include "reports/site/series_plots.h"
#include "reports/site/study_choices.h"
#include "reports/site/sweep_plots.h"
#include "reports/site/transfer_plots.h"
#include "reports/tables/number_text.h"

namespace culturemert {
namespace {

constexpr double kSignificance = 0.05;

// Which differences a forest plot shows. Those over random weights and the like
// are larger by far: on one axis with gains, these would all lie at zero.
struct ForestChoice {
  const char* id;
  const char* what;
  bool is_over_floor;
};
constexpr ForestChoice kGains = {"gains-", "Differences in ", false};
constexpr ForestChoice kOverFloor = {
    "floor-", "Differences from untrained features in ", true};

class PlotMaker {
 public:
  PlotMaker(const ReportData& data, const Study& study)
      : study_(study), data_(DataOf(data, study)) {}

  std::vector<SitePlot> Make() {
    for (const Metric metric : {Metric::kRocAuc, Metric::kAveragePrecision}) {
      for (const Origin origin : OriginsIn(study_)) {
        Forest(metric, origin, kGains);
        Forest(metric, origin, kOverFloor);
      }
    }
    AddAll(MakeTransferPlots(study_, data_));
    AddAll(MakeSweepPlots(study_, data_));
    AddAll(MakeSeriesPlots(study_, data_));
    for (std::size_t i = 0; i < study_.datasets.size(); ++i) TagScatter(i);
    return std::move(plots_);
  }

 private:
  void AddAll(std::vector<SitePlot> plots) {
    for (SitePlot& plot : plots) plots_.push_back(std::move(plot));
  }

  // The pairs of main models that were tested, in the order of the study.
  std::vector<std::pair<std::size_t, std::size_t>> TestedPairs(
      bool are_over_floor) const {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    std::set<std::pair<std::size_t, std::size_t>> seen;
    for (const StudyComparison& comparison : study_.comparisons) {
      const std::pair<std::size_t, std::size_t> pair = {comparison.model,
                                                        comparison.against};
      const bool is_main = IsMainModel(study_.models[pair.first]) &&
                           IsMainModel(study_.models[pair.second]);
      const bool is_over_floor =
          study_.models[pair.second].role == ModelRole::kFloor;
      if (is_main && is_over_floor == are_over_floor &&
          seen.insert(pair).second) {
        pairs.push_back(pair);
      }
    }
    return pairs;
  }

  void Forest(Metric metric, Origin origin, const ForestChoice& choice) {
    ForestPlot plot;
    for (const auto& [model, against] : TestedPairs(choice.is_over_floor)) {
      ForestGroup group;
      group.title = absl::StrCat(study_.models[model].name, " against ",
                                 study_.models[against].name);
      for (const std::size_t i : DatasetsOf(study_, origin)) {
        const ComparisonRecord* const comparison =
            study_.FindComparison(model, against, i, metric);
        if (comparison == nullptr) continue;
        group.rows.push_back(
            ForestRowOf(study_.datasets[i].title, *comparison));
      }
      if (!group.rows.empty()) plot.groups.push_back(std::move(group));
    }
    if (plot.groups.empty()) return;
    plot.text.id =
        PlotId(study_, absl::StrCat(choice.id, MetricName(metric)), origin);
    plot.text.title = absl::StrCat(choice.what, MetricTitle(metric),
                                   TitleEnd(study_, origin));
    plot.text.description = DescribeForest(plot);
    plot.x_label =
        absl::StrCat("difference in ", MetricTitle(metric), ", points");
    plot.significant_label = "p < 0.05 after Holm's correction";
    plot.other_label = "not significant";
    plots_.push_back({plot.text.id, plot.text.title,
                      "Lines are 95 % intervals over recordings.",
                      DrawForestPlot(plot), std::nullopt});
  }

  static ForestRow ForestRowOf(std::string label,
                               const ComparisonRecord& comparison) {
    ForestRow row;
    row.label = std::move(label);
    row.value = 100 * comparison.difference;
    if (comparison.low.has_value() && comparison.high.has_value()) {
      row.low = 100 * *comparison.low;
      row.high = 100 * *comparison.high;
    }
    row.is_significant =
        comparison.p_holm.value_or(comparison.p) < kSignificance;
    return row;
  }

  static std::string DescribeForest(const ForestPlot& plot) {
    std::string text = "A forest plot.";
    for (const ForestGroup& group : plot.groups) {
      absl::StrAppend(&text, " ", group.title, ":");
      for (const ForestRow& row : group.rows) {
        absl::StrAppend(&text, " ", row.label, " ",
                        SignedFixedText(row.value, 1),
                        row.is_significant ? " (significant);" : ";");
      }
      text.back() = '.';
    }
    return text;
  }

  void TagScatter(std::size_t dataset) {
    const auto pair = TagPair(study_);
    if (!pair.has_value()) return;
    const auto& [against, model] = *pair;
    const std::vector<double> x =
        TagMeans(study_, against, dataset, Metric::kRocAuc);
    const std::vector<double> y =
        TagMeans(study_, model, dataset, Metric::kRocAuc);
    if (x.empty() || y.empty()) return;
    ScatterPlot plot;
    std::map<std::string, ScatterGroup> groups;
    const DatasetRecord& record = *study_.datasets[dataset].record;
    int above = 0;
    int count = 0;
    for (std::size_t tag = 0; tag < x.size(); ++tag) {
      if (std::isnan(x[tag]) || std::isnan(y[tag])) continue;
      const std::string name = TagGroup(record, tag);
      groups[name].label = name;
      groups[name].points.push_back(
          {record.tags[tag], 100 * x[tag], 100 * y[tag]});
      above += y[tag] > x[tag] ? 1 : 0;
      ++count;
    }
    if (count == 0) return;
    for (auto& [name, group] : groups) plot.groups.push_back(std::move(group));
    const StudyDataset& column = study_.datasets[dataset];
    plot.text.id =
        PlotId(study_, absl::StrCat("tags-", dataset + 1, "-", column.name));
    plot.text.title = absl::StrCat(column.title, ": ROC-AUC by tag",
                                   TitleEnd(study_, column.origin));
    plot.text.description =
        absl::StrCat("A scatter plot of ", count, " tags: ", above,
                     " score higher under ", study_.models[model].name,
                     " than under ", study_.models[against].name, ".");
    plot.x_label = absl::StrCat(study_.models[against].name, ", %");
    plot.y_label = absl::StrCat(study_.models[model].name, ", %");
    plots_.push_back({plot.text.id, plot.text.title, plot.text.description,
                      DrawScatterPlot(plot), dataset});
  }

  const Study& study_;
  const std::string data_;
  std::vector<SitePlot> plots_;
};

}  // namespace

std::vector<SitePlot> MakeStudyPlots(const ReportData& data,
                                     const Study& study) {
  return PlotMaker(data, study).Make();
}

}  // namespace culturemert
