// culturemert score: metrics with intervals of anyone's predictions, and
// whether one model is better than another.

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "experiments/metrics/bootstrap.h"
#include "experiments/metrics/comparison.h"
#include "experiments/metrics/evaluation.h"
#include "experiments/metrics/labelled_scores.h"
#include "experiments/metrics/score_tables.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/console/human.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/status/status_macros.h"
#include "tools/culturemert/command.h"
#include "tools/culturemert/score_report.h"

ABSL_FLAG(std::string, truth, "",
          "CSV file: the id of a recording, then a column of 0 and 1 a tag");
ABSL_FLAG(std::vector<std::string>, scores, {},
          "CSV file of the same form with scores; several, separated by "
          "commas, are seeds of one model");
ABSL_FLAG(std::vector<std::string>, against, {},
          "scores of the model to compare with, as many files");
ABSL_FLAG(std::string, groups, "",
          "CSV file with the columns tag and group, for results a group");
ABSL_FLAG(std::string, json, "", "file to write all results to");
ABSL_FLAG(bool, per_tag, false, "print a row for each tag as well");
ABSL_FLAG(std::int64_t, replicates, 10000,
          "draws of the recordings for intervals and p-values");
ABSL_FLAG(double, confidence, 0.95, "of the intervals, between 0 and 1");
ABSL_FLAG(std::uint64_t, resampling_seed, 0, "of the draws");

namespace culturemert {
namespace {

absl::Status CheckFlags(const std::vector<std::string>& arguments,
                        const ResamplingOptions& options) {
  if (!arguments.empty()) {
    return UsageError(absl::StrCat("unexpected '", arguments.front(), "'"));
  }
  if (absl::GetFlag(FLAGS_truth).empty()) {
    return UsageError("--truth=FILE.csv is needed");
  }
  if (absl::GetFlag(FLAGS_scores).empty()) {
    return UsageError("--scores=FILE.csv is needed");
  }
  const std::size_t against = absl::GetFlag(FLAGS_against).size();
  if (against > 0 && against != absl::GetFlag(FLAGS_scores).size()) {
    return UsageError(
        absl::StrCat("--scores names ", absl::GetFlag(FLAGS_scores).size(),
                     " and --against ", against,
                     " files, but a comparison needs as many of both"));
  }
  const absl::Status status = CheckResamplingOptions(options);
  return status.ok() ? status
                     : UsageError(absl::StrCat("--", status.message()));
}

std::vector<std::string> Resolved(const std::vector<std::string>& paths) {
  std::vector<std::string> resolved;
  for (const std::string& path : paths) {
    resolved.push_back(ResolveUserPath(path));
  }
  return resolved;
}

absl::StatusOr<ModelScores> Score(ThreadPool& pool,
                                  const LabelledScores& scores,
                                  const TagGroups& groups,
                                  const ResamplingOptions& options) {
  ModelScores model;
  ASSIGN_OR_RETURN(model.evaluation, EvaluateScores(pool, scores, groups));
  ASSIGN_OR_RETURN(model.intervals,
                   BootstrapIntervals(pool, scores, groups, options));
  return model;
}

// Whether some score cannot be a probability.
bool IsBeyondProbabilities(const LabelledScores& scores) {
  for (const std::vector<double>& seed : scores.seeds) {
    for (double score : seed) {
      if (score < 0 || score > 1) return true;
    }
  }
  return false;
}

absl::Status WriteJson(const ScoreReport& report, std::ostream& out) {
  const std::string path = absl::GetFlag(FLAGS_json);
  if (path.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string text,
                   OrderedJson(ScoreReportJson(report)));
  RETURN_IF_ERROR(
      Files::Real().WriteAtomically(ResolveUserPath(path), text + "\n"));
  out << "wrote " << Printable(path) << "\n";
  return absl::OkStatus();
}

absl::Status RunScore(const std::vector<std::string>& arguments,
                      std::ostream& out) {
  ScoreReport report;
  report.truth = absl::GetFlag(FLAGS_truth);
  report.scores = absl::GetFlag(FLAGS_scores);
  report.against = absl::GetFlag(FLAGS_against);
  report.options.replicates = absl::GetFlag(FLAGS_replicates);
  report.options.confidence = absl::GetFlag(FLAGS_confidence);
  report.options.seed = absl::GetFlag(FLAGS_resampling_seed);
  RETURN_IF_ERROR(CheckFlags(arguments, report.options));

  Files& files = Files::Real();
  TagGroups groups;
  if (!absl::GetFlag(FLAGS_groups).empty()) {
    ASSIGN_OR_RETURN(
        groups,
        ReadTagGroups(files, ResolveUserPath(absl::GetFlag(FLAGS_groups))));
  }
  const std::string truth = ResolveUserPath(report.truth);
  ASSIGN_OR_RETURN(const LabelledScores scores,
                   ReadScoreTables(files, truth, Resolved(report.scores)));
  std::optional<LabelledScores> against;
  if (!report.against.empty()) {
    ASSIGN_OR_RETURN(against,
                     ReadScoreTables(files, truth, Resolved(report.against)));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<ThreadPool> pool,
                   ThreadPool::Create(ThreadPool::DefaultSize()));
  ASSIGN_OR_RETURN(report.model, Score(*pool, scores, groups, report.options));
  if (against.has_value()) {
    ASSIGN_OR_RETURN(report.reference,
                     Score(*pool, *against, groups, report.options));
    ASSIGN_OR_RETURN(report.comparison, CompareModels(*pool, scores, *against,
                                                      groups, report.options));
  }
  out << FormatScoreReport(report, absl::GetFlag(FLAGS_per_tag));
  if (IsBeyondProbabilities(scores) ||
      (against.has_value() && IsBeyondProbabilities(*against))) {
    out << "note: some scores are below 0 or above 1, so they are no "
           "probabilities and F1 at 0.5 may mean nothing\n";
  }
  return WriteJson(report, out);
}

const bool registered = RegisterCommand(
    {"score",
     "computes metrics of predictions, with intervals; compares two models",
     "--truth=FILE.csv --scores=FILE.csv[,...] [--against=FILE.csv[,...]] "
     "[--groups=FILE.csv] [--per_tag] [--json=FILE]",
     {"truth", "scores", "against", "groups", "per_tag", "json", "replicates",
      "confidence", "resampling_seed"},
     &RunScore});

}  // namespace
}  // namespace culturemert
