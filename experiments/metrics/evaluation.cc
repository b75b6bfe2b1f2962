#include "experiments/metrics/evaluation.h"

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "experiments/metrics/ranked_tag.h"
#include "experiments/metrics/tag_metrics.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

struct TagValues {
  std::int64_t positives = 0;
  std::optional<double> roc_auc;
  std::optional<double> average_precision;
  DecisionCounts decisions;

  // Whether both classes occur.
  bool is_scored() const { return roc_auc.has_value(); }
};

TagValues EvaluateTag(const LabelledScores& scores, std::size_t seed,
                      std::size_t tag) {
  const std::size_t recordings = scores.num_recordings();
  std::vector<std::uint8_t> truth(recordings);
  std::vector<double> column(recordings);
  TagValues values;
  for (std::size_t i = 0; i < recordings; ++i) {
    truth[i] = scores.truth[i * scores.num_tags() + tag];
    column[i] = scores.seeds[seed][i * scores.num_tags() + tag];
    values.positives += truth[i];
  }
  const RankedTag ranked = RankTag(truth, column);
  values.roc_auc = RocAuc(ranked);
  values.average_precision = AveragePrecision(ranked);
  values.decisions = CountDecisions(truth, column);
  return values;
}

// Of one seed.
PerMetric<std::optional<double>> EvaluateSet(const TagSet& set,
                                             absl::Span<const TagValues> tags) {
  double scored = 0;
  double roc_auc = 0;
  double average_precision = 0;
  double f1 = 0;
  DecisionCounts pooled;
  for (std::size_t tag : set.tags) {
    pooled += tags[tag].decisions;
    if (!tags[tag].is_scored()) continue;
    ++scored;
    roc_auc += *tags[tag].roc_auc;
    average_precision += *tags[tag].average_precision;
    f1 += F1(tags[tag].decisions);
  }
  PerMetric<std::optional<double>> values;
  values[Metric::kMicroF1] = F1(pooled);
  if (scored == 0) return values;
  values[Metric::kRocAuc] = roc_auc / scored;
  values[Metric::kAveragePrecision] = average_precision / scored;
  values[Metric::kMacroF1] = f1 / scored;
  return values;
}

PerMetric<std::optional<Summary>> SummarizeSeeds(
    absl::Span<const PerMetric<std::optional<double>>> seeds) {
  PerMetric<std::optional<Summary>> summary;
  for (Metric metric : kMetrics) {
    std::vector<double> values;
    for (const PerMetric<std::optional<double>>& seed : seeds) {
      if (seed[metric].has_value()) values.push_back(*seed[metric]);
    }
    summary[metric] = Summarize(values);
  }
  return summary;
}

// `values` is [seeds, tags].
SetEvaluation EvaluateSeeds(const TagSet& set, std::size_t num_tags,
                            absl::Span<const TagValues> values) {
  SetEvaluation evaluation;
  evaluation.name = set.name;
  evaluation.tags = static_cast<std::int64_t>(set.tags.size());
  for (std::size_t tag : set.tags) {
    evaluation.scored_tags += values[tag].is_scored();
    evaluation.positives += values[tag].positives;
  }
  for (std::size_t begin = 0; begin < values.size(); begin += num_tags) {
    evaluation.seeds.push_back(
        EvaluateSet(set, values.subspan(begin, num_tags)));
  }
  evaluation.summary = SummarizeSeeds(evaluation.seeds);
  return evaluation;
}

}  // namespace

absl::StatusOr<Evaluation> EvaluateScores(ThreadPool& pool,
                                          const LabelledScores& scores,
                                          const TagGroups& groups) {
  RETURN_IF_ERROR(CheckLabelledScores(scores));
  ASSIGN_OR_RETURN(const TagSets sets, MakeTagSets(scores.tags, groups));
  std::vector<TagValues> values(scores.seeds.size() * scores.num_tags());
  RETURN_IF_ERROR(ParallelFor(
      pool, static_cast<std::int64_t>(values.size()), [&](std::int64_t i) {
        values[i] =
            EvaluateTag(scores, i / scores.num_tags(), i % scores.num_tags());
        return absl::OkStatus();
      }));
  Evaluation evaluation;
  evaluation.recordings = static_cast<std::int64_t>(scores.num_recordings());
  evaluation.seeds = static_cast<std::int64_t>(scores.seeds.size());
  std::vector<SetEvaluation> results;
  for (const TagSet& set : sets.sets) {
    results.push_back(EvaluateSeeds(set, scores.num_tags(), values));
  }
  evaluation.sets = SplitResults(sets, std::move(results));
  for (std::size_t tag = 0; tag < scores.num_tags(); ++tag) {
    if (values[tag].is_scored()) continue;
    evaluation.undefined.push_back(
        {scores.tags[tag], /*on_every_recording=*/values[tag].positives > 0});
  }
  return evaluation;
}

}  // namespace culturemert
