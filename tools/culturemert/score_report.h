// What `culturemert score` found, as a table for people and as JSON.

#ifndef CULTUREMERT_TOOLS_CULTUREMERT_SCORE_REPORT_H_
#define CULTUREMERT_TOOLS_CULTUREMERT_SCORE_REPORT_H_

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "experiments/metrics/bootstrap.h"
#include "experiments/metrics/comparison.h"
#include "experiments/metrics/evaluation.h"
#include "experiments/metrics/labelled_scores.h"

namespace culturemert {

struct ModelScores {
  Evaluation evaluation;
  TagSetResults<SetIntervals> intervals;
};

struct ScoreReport {
  std::string truth;                 // Files, as the user named them.
  std::vector<std::string> scores;   // One a seed.
  std::vector<std::string> against;  // One a seed of the other model, or none.
  ResamplingOptions options;
  ModelScores model;
  // Both or none.
  std::optional<ModelScores> reference;
  std::optional<TagSetResults<SetComparison>> comparison;
};

// Tables: all tags, groups where there are some, and each tag if `per_tag`;
// below them which tags are not scored, and how intervals and p-values are
// made. Ends in a line feed.
std::string FormatScoreReport(const ScoreReport& report, bool per_tag);

// Keys in the order of reading; an undefined value is null. `schema_version`
// grows with every change that a reader could notice.
nlohmann::ordered_json ScoreReportJson(const ScoreReport& report);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_CULTUREMERT_SCORE_REPORT_H_
