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
constexpr char kSimilarity[] = "token_similarity.";

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

// A line a pair of data sets, a column a measure of token_similarity.h.
std::string FormatSimilarities(const Record& record) {
  const std::vector<std::pair<std::string, std::string>> measures = {
      {"js_mean", "distance"},
      {"js_first_book", "of book 0"},
      {"cosine_mean", "cosine"},
      {"cosine_first_book", "of book 0"}};
  std::vector<std::vector<std::string>> rows = {{""}};
  for (const auto& [name, column] : measures) rows.front().push_back(column);
  for (const SeriesRecord& series : record.series) {
    for (std::size_t i = 0; i < measures.size(); ++i) {
      if (series.name != kSimilarity + measures[i].first) continue;
      if (rows.back().front() != series.label) {
        rows.push_back({series.label});
        rows.back().resize(1 + measures.size(), "undefined");
      }
      if (!series.y.empty()) {
        rows.back()[1 + i] = absl::StrFormat("%.3f", series.y.front());
      }
    }
  }
  return rows.size() == 1 ? "" : FormatColumns(rows);
}

std::string FormatHeading(const Record& record, absl::string_view what) {
  return absl::StrCat(
      record.title.empty() ? record.experiment : record.title, "\n", what,
      record.data == DataKind::kSynthetic ? ", SYNTHETIC data"
      : record.data == DataKind::kMixed   ? ", synthetic and real data mixed"
                                          : "",
      "\n\n");
}

}  // namespace

std::string FormatSummary(const Record& record) {
  const std::string similarities = FormatSimilarities(record);
  if (!similarities.empty()) {
    return absl::StrCat(
        FormatHeading(record,
                      "codes of two sets: Jensen-Shannon distance (0 equal, 1 "
                      "none in common) and cosine"),
        similarities);
  }
  if (record.results.empty()) return "";
  std::string text =
      FormatHeading(record, absl::StrCat("macro ROC-AUC in points, means of ",
                                         record.seeds.size(), " probes"));
  absl::StrAppend(&text, FormatScores(record));
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
