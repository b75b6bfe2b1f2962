#include "experiments/study/summary.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace culturemert {
namespace {

constexpr Metric kShown = Metric::kRocAuc;

const MetricResult* FindResult(const Record& record, absl::string_view model,
                               absl::string_view dataset) {
  for (const ResultRecord& result : record.results) {
    if (result.model != model || result.dataset != dataset) continue;
    for (const MetricResult& metric : result.metrics) {
      if (metric.metric == kShown) return &metric;
    }
  }
  return nullptr;
}

const ComparisonRecord* FindComparison(const Record& record,
                                       const ComparisonRecord& pair,
                                       absl::string_view dataset) {
  for (const ComparisonRecord& comparison : record.comparisons) {
    if (comparison.model == pair.model && comparison.against == pair.against &&
        comparison.dataset == dataset && comparison.metric == kShown) {
      return &comparison;
    }
  }
  return nullptr;
}

// Columns as wide as their widest cell; the first one to the left.
std::string FormatColumns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    absl::StrAppend(&text, "  ");
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - row[i].size(), ' ');
      absl::StrAppend(&text, i == 0 ? "" : "  ", i == 0 ? row[i] : padding,
                      i == 0 ? padding : row[i]);
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

std::string FormatScores(const Record& record) {
  std::vector<std::vector<std::string>> rows = {{""}};
  for (const DatasetRecord& dataset : record.datasets) {
    rows.front().push_back(dataset.name);
  }
  rows.front().push_back("mean");
  for (const ModelRecord& model : record.models) {
    std::vector<std::string> row = {model.label};
    double sum = 0;
    int known = 0;
    for (const DatasetRecord& dataset : record.datasets) {
      const MetricResult* result =
          FindResult(record, model.label, dataset.name);
      if (result == nullptr) {
        row.push_back("undefined");
        continue;
      }
      row.push_back(absl::StrFormat("%.1f", 100 * result->mean));
      sum += result->mean;
      ++known;
    }
    row.push_back(known == 0 ? "undefined"
                             : absl::StrFormat("%.1f", 100 * sum / known));
    rows.push_back(std::move(row));
  }
  return FormatColumns(rows);
}

std::string FormatDifference(const ComparisonRecord& comparison) {
  std::string text = absl::StrFormat("%+.2f", 100 * comparison.difference);
  if (comparison.low.has_value()) {
    absl::StrAppendFormat(&text, " [%+.2f, %+.2f]", 100 * *comparison.low,
                          100 * *comparison.high);
  }
  return text;
}

std::string FormatPair(const Record& record, const ComparisonRecord& pair) {
  std::vector<std::vector<std::string>> rows = {
      {absl::StrCat(pair.model, " - ", pair.against), "points [95 %]",
       "p (Holm)"}};
  for (const DatasetRecord& dataset : record.datasets) {
    const ComparisonRecord* comparison =
        FindComparison(record, pair, dataset.name);
    if (comparison == nullptr) {
      rows.push_back({dataset.name, "undefined", ""});
      continue;
    }
    rows.push_back(
        {dataset.name, FormatDifference(*comparison),
         absl::StrFormat("%.4f", comparison->p_holm.value_or(comparison->p))});
  }
  return FormatColumns(rows);
}

}  // namespace

std::string FormatSummary(const Record& record, Charset) {
  if (record.results.empty()) return "";
  std::string text = absl::StrCat(
      record.title.empty() ? record.experiment : record.title,
      "\nmacro ROC-AUC in points, means of ", record.seeds.size(), " probes",
      record.data == DataKind::kSynthetic ? ", SYNTHETIC data"
      : record.data == DataKind::kMixed   ? ", synthetic and real data mixed"
                                          : "",
      "\n\n", FormatScores(record));
  std::vector<std::pair<std::string, std::string>> shown;
  for (const ComparisonRecord& comparison : record.comparisons) {
    const std::pair<std::string, std::string> pair = {comparison.model,
                                                      comparison.against};
    if (std::find(shown.begin(), shown.end(), pair) != shown.end()) continue;
    shown.push_back(pair);
    absl::StrAppend(&text, "\n", FormatPair(record, comparison));
  }
  return text;
}

}  // namespace culturemert
