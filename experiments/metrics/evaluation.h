// All metrics of a model on a data set: each seed, mean and deviation over the
// seeds, for all tags together, for groups of tags, and for each tag.

#ifndef CULTUREMERT_EXPERIMENTS_METRICS_EVALUATION_H_
#define CULTUREMERT_EXPERIMENTS_METRICS_EVALUATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "experiments/metrics/labelled_scores.h"
#include "experiments/metrics/metric.h"
#include "experiments/metrics/statistics.h"
#include "tools/base/parallel/thread_pool.h"

namespace culturemert {

// The metrics of one set of tags.
//
// Macro means are over the scored tags, for all metrics the same ones: those
// that some recordings carry and some do not. (scikit-learn counts a tag
// without positives as AP 0 and has no macro ROC-AUC then; torchmetrics counts
// it as 0 in both. On the published test sets every tag is scored.) Micro F1
// pools the decisions of all the set's tags. Where no tag of the set is scored,
// only micro F1 has a value. Of a set of one tag, macro F1 is the tag's F1.
struct SetEvaluation {
  std::string name;  // "all", the group or the tag.
  std::int64_t tags = 0;
  std::int64_t scored_tags = 0;
  std::int64_t positives = 0;  // Pairs of a recording and a tag it carries.
  std::vector<PerMetric<std::optional<double>>> seeds;
  PerMetric<std::optional<Summary>> summary;  // Over the seeds.
};

// A tag that is left out of the macro means.
struct UndefinedTag {
  std::string tag;
  bool on_every_recording = false;  // Else on none.
};

struct Evaluation {
  std::int64_t recordings = 0;
  std::int64_t seeds = 0;
  TagSetResults<SetEvaluation> sets;
  std::vector<UndefinedTag> undefined;  // In the tags' order.
};

// Definitions: tag_metrics.h. Errors: those of CheckLabelledScores and
// MakeTagSets. The same for any number of threads.
absl::StatusOr<Evaluation> EvaluateScores(ThreadPool& pool,
                                          const LabelledScores& scores,
                                          const TagGroups& groups = {});

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_METRICS_EVALUATION_H_
