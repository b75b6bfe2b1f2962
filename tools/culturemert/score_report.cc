#include "tools/culturemert/score_report.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "tools/base/console/human.h"

namespace culturemert {
namespace {

constexpr std::size_t kNamed = 20;

using Row = std::vector<std::string>;

// Columns as wide as they must be; the first to the left, the others to the
// right; two spaces between them.
std::string Table(const std::vector<Row>& rows) {
  std::vector<int> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], CountColumns(row[i]));
    }
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - CountColumns(row[i]), ' ');
      absl::StrAppend(&line, i == 0 ? "" : "  ", i == 0 ? row[i] : space,
                      i == 0 ? space : row[i]);
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

std::string Number(double value) { return absl::StrFormat("%.4f", value); }

std::string Number(const std::optional<Summary>& summary) {
  return summary.has_value() ? Number(summary->mean) : "-";
}

std::string Range(const std::optional<Interval>& interval) {
  if (!interval.has_value()) return "-";
  return absl::StrFormat("%.4f to %.4f", interval->low, interval->high);
}

std::string SignedRange(const std::optional<Interval>& interval) {
  if (!interval.has_value()) return "-";
  return absl::StrFormat("%+.4f to %+.4f", interval->low, interval->high);
}

std::string PValue(double value) {
  return absl::StrFormat(value < 0.001 ? "%.2g" : "%.4f", value);
}

std::string IntervalTitle(const ScoreReport& report) {
  return absl::StrFormat("%g %% interval", 100 * report.options.confidence);
}

std::string Counted(std::int64_t count, absl::string_view thing) {
  return absl::StrCat(FormatCount(count, Charset::kAscii), " ", thing,
                      count == 1 ? "" : "s");
}

std::string Heading(const ScoreReport& report) {
  const Evaluation& evaluation = report.model.evaluation;
  return absl::StrCat(
      Counted(evaluation.recordings, "recording"), ", ",
      Counted(evaluation.sets.all.tags, "tag"), ", ",
      FormatCount(evaluation.sets.all.scored_tags, Charset::kAscii),
      " of them scored",
      evaluation.seeds > 1
          ? absl::StrCat(", means over ", Counted(evaluation.seeds, "seed"))
          : "",
      "\n\n");
}

std::string AllTags(const ScoreReport& report) {
  const SetEvaluation& all = report.model.evaluation.sets.all;
  const bool has_seeds = report.model.evaluation.seeds > 1;
  std::vector<Row> rows = {{"all tags", "score"}};
  if (has_seeds) rows[0].push_back("deviation");
  rows[0].push_back(IntervalTitle(report));
  for (Metric metric : kMetrics) {
    const std::optional<Summary>& summary = all.summary[metric];
    Row& row = rows.emplace_back(
        Row{std::string(MetricTitle(metric)), Number(summary)});
    if (has_seeds) {
      row.push_back(summary.has_value() ? Number(*summary->deviation) : "-");
    }
    row.push_back(Range(report.model.intervals.all.intervals[metric]));
  }
  return Table(rows);
}

std::string ComparedTags(const ScoreReport& report) {
  std::vector<Row> rows = {{"all tags", "scores", "against", "difference",
                            IntervalTitle(report), "p-value"}};
  for (Metric metric : kMetrics) {
    const std::optional<Difference>& difference =
        report.comparison->all.metrics[metric];
    const std::string title(MetricTitle(metric));
    if (!difference.has_value()) {
      rows.push_back({title, "-", "-", "-", "-", "-"});
      continue;
    }
    rows.push_back(
        {title, Number(difference->model), Number(difference->reference),
         absl::StrFormat("%+.4f", difference->difference),
         SignedRange(difference->interval), PValue(difference->p_value)});
  }
  return Table(rows);
}

// A row a set, with the two metrics that the literature reports.
std::string Sets(const ScoreReport& report, absl::string_view title,
                 const std::vector<SetEvaluation>& sets,
                 const std::vector<SetIntervals>& intervals) {
  std::vector<Row> rows = {{std::string(title), "tags", "positives", "ROC-AUC",
                            IntervalTitle(report), "AP", IntervalTitle(report),
                            "macro F1"}};
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const SetEvaluation& set = sets[i];
    rows.push_back({Printable(set.name), absl::StrCat(set.scored_tags),
                    absl::StrCat(set.positives),
                    Number(set.summary[Metric::kRocAuc]),
                    Range(intervals[i].intervals[Metric::kRocAuc]),
                    Number(set.summary[Metric::kAveragePrecision]),
                    Range(intervals[i].intervals[Metric::kAveragePrecision]),
                    Number(set.summary[Metric::kMacroF1])});
  }
  return Table(rows);
}

std::string ComparedSets(const ScoreReport& report, absl::string_view title,
                         const std::vector<SetComparison>& sets) {
  std::string text;
  for (Metric metric : {Metric::kRocAuc, Metric::kAveragePrecision}) {
    std::vector<Row> rows = {{absl::StrCat(title, ", ", MetricTitle(metric)),
                              "scores", "against", "difference",
                              IntervalTitle(report), "p-value", "by Holm"}};
    for (const SetComparison& set : sets) {
      const std::optional<Difference>& difference = set.metrics[metric];
      if (!difference.has_value()) {
        rows.push_back({Printable(set.name), "-", "-", "-", "-", "-", "-"});
        continue;
      }
      rows.push_back({Printable(set.name), Number(difference->model),
                      Number(difference->reference),
                      absl::StrFormat("%+.4f", difference->difference),
                      SignedRange(difference->interval),
                      PValue(difference->p_value),
                      PValue(difference->holm_p_value)});
    }
    absl::StrAppend(&text, text.empty() ? "" : "\n", Table(rows));
  }
  return text;
}

std::string TagList(const std::vector<UndefinedTag>& tags,
                    bool on_every_recording) {
  std::vector<std::string> names;
  for (const UndefinedTag& tag : tags) {
    if (tag.on_every_recording != on_every_recording) continue;
    names.push_back(Printable(tag.tag));
  }
  if (names.empty()) return "";
  const std::size_t count = names.size();
  names.resize(std::min(count, kNamed));
  return absl::StrCat(
      "not scored, ", on_every_recording ? "on every" : "on no",
      " recording: ", absl::StrJoin(names, ", "),
      count > kNamed ? absl::StrCat(" and ", count - kNamed, " more") : "",
      "\n");
}

std::string Notes(const ScoreReport& report) {
  const std::vector<UndefinedTag>& undefined =
      report.model.evaluation.undefined;
  const std::string replicates =
      FormatCount(report.options.replicates, Charset::kAscii);
  std::string text = TagList(undefined, /*on_every_recording=*/false);
  absl::StrAppend(&text, TagList(undefined, /*on_every_recording=*/true));
  absl::StrAppend(
      &text,
      "ROC-AUC, AP and macro F1: means over the scored tags; F1: score "
      "above 0.5 is yes\n",
      "intervals: ", replicates,
      " draws of the recordings with replacement, seed ", report.options.seed,
      "\n");
  if (report.comparison.has_value()) {
    absl::StrAppend(&text, "p-values: ", replicates,
                    " exchanges of the two models' ranks of recordings, "
                    "two-sided\n");
  }
  return text;
}

nlohmann::ordered_json IntervalJson(const std::optional<Interval>& interval) {
  if (!interval.has_value()) return nullptr;
  return nlohmann::ordered_json::array({interval->low, interval->high});
}

nlohmann::ordered_json SetJson(const SetEvaluation& set,
                               const SetIntervals& intervals) {
  nlohmann::ordered_json json = {{"name", set.name},
                                 {"tags", set.tags},
                                 {"scored_tags", set.scored_tags},
                                 {"positives", set.positives}};
  for (Metric metric : kMetrics) {
    nlohmann::ordered_json& value = json[std::string(MetricName(metric))];
    const std::optional<Summary>& summary = set.summary[metric];
    if (!summary.has_value()) continue;
    value["mean"] = summary->mean;
    value["deviation"] = nullptr;
    if (summary->deviation.has_value()) {
      value["deviation"] = *summary->deviation;
    }
    value["interval"] = IntervalJson(intervals.intervals[metric]);
    for (const PerMetric<std::optional<double>>& seed : set.seeds) {
      value["seeds"].push_back(*seed[metric]);
    }
  }
  return json;
}

nlohmann::ordered_json ModelJson(const ModelScores& model) {
  const TagSetResults<SetEvaluation>& sets = model.evaluation.sets;
  nlohmann::ordered_json json;
  json["all"] = SetJson(sets.all, model.intervals.all);
  json["groups"] = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < sets.groups.size(); ++i) {
    json["groups"].push_back(
        SetJson(sets.groups[i], model.intervals.groups[i]));
  }
  json["tags"] = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < sets.tags.size(); ++i) {
    json["tags"].push_back(SetJson(sets.tags[i], model.intervals.tags[i]));
  }
  return json;
}

nlohmann::ordered_json ComparisonJson(const SetComparison& set) {
  nlohmann::ordered_json json = {{"name", set.name}};
  for (Metric metric : kMetrics) {
    nlohmann::ordered_json& value = json[std::string(MetricName(metric))];
    const std::optional<Difference>& difference = set.metrics[metric];
    if (!difference.has_value()) continue;
    value["difference"] = difference->difference;
    value["interval"] = IntervalJson(difference->interval);
    value["p_value"] = difference->p_value;
    value["holm_p_value"] = difference->holm_p_value;
  }
  return json;
}

nlohmann::ordered_json ComparisonsJson(
    const std::vector<SetComparison>& comparisons) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const SetComparison& comparison : comparisons) {
    json.push_back(ComparisonJson(comparison));
  }
  return json;
}

}  // namespace

std::string FormatScoreReport(const ScoreReport& report, bool per_tag) {
  const ModelScores& model = report.model;
  const TagSetResults<SetEvaluation>& sets = model.evaluation.sets;
  const bool is_compared = report.comparison.has_value();
  std::string text = absl::StrCat(Heading(report), AllTags(report), "\n");
  if (is_compared) absl::StrAppend(&text, ComparedTags(report), "\n");
  if (!sets.groups.empty()) {
    absl::StrAppend(&text,
                    Sets(report, "group", sets.groups, model.intervals.groups),
                    "\n");
    if (is_compared) {
      absl::StrAppend(&text,
                      ComparedSets(report, "group", report.comparison->groups),
                      "\n");
    }
  }
  if (per_tag) {
    absl::StrAppend(&text, Sets(report, "tag", sets.tags, model.intervals.tags),
                    "\n");
    if (is_compared) {
      absl::StrAppend(
          &text, ComparedSets(report, "tag", report.comparison->tags), "\n");
    }
  }
  return absl::StrCat(text, Notes(report));
}

nlohmann::ordered_json ScoreReportJson(const ScoreReport& report) {
  const Evaluation& evaluation = report.model.evaluation;
  nlohmann::ordered_json json = {{"schema_version", 1},
                                 {"truth", report.truth},
                                 {"scores", report.scores},
                                 {"against", report.against},
                                 {"recordings", evaluation.recordings},
                                 {"seeds", evaluation.seeds}};
  json["undefined_tags"] = nlohmann::ordered_json::array();
  for (const UndefinedTag& tag : evaluation.undefined) {
    json["undefined_tags"].push_back(
        {{"tag", tag.tag},
         {"reason",
          tag.on_every_recording ? "on every recording" : "on no recording"}});
  }
  json["resampling"] = {{"replicates", report.options.replicates},
                        {"confidence", report.options.confidence},
                        {"seed", report.options.seed}};
  json["model"] = ModelJson(report.model);
  if (report.reference.has_value() && report.comparison.has_value()) {
    json["reference"] = ModelJson(*report.reference);
    json["comparison"] = {
        {"all", ComparisonJson(report.comparison->all)},
        {"groups", ComparisonsJson(report.comparison->groups)},
        {"tags", ComparisonsJson(report.comparison->tags)}};
  }
  return json;
}

}  // namespace culturemert
