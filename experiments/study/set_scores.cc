#include "experiments/study/set_scores.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "experiments/metrics/comparison.h"
#include "experiments/metrics/evaluation.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/npy.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

LabelledScores TruthOf(const PreparedSet& set) {
  LabelledScores scores;
  for (const PreparedTag& tag : set.tags) scores.tags.push_back(tag.name);
  for (const std::size_t number : set.OfSplit(Split::kTest)) {
    const PreparedRecording& recording = set.recordings[number];
    scores.ids.push_back(recording.id);
    const std::size_t row = scores.truth.size();
    scores.truth.resize(row + set.tags.size());
    for (const std::size_t label : recording.labels) {
      scores.truth[row + label] = 1;
    }
  }
  return scores;
}

double ValueOr(const std::optional<double>& value, double otherwise) {
  return value.has_value() ? *value : otherwise;
}

std::vector<double> ValuesOf(const SetEvaluation& evaluation, Metric metric) {
  std::vector<double> values;
  for (const PerMetric<std::optional<double>>& seed : evaluation.seeds) {
    values.push_back(
        ValueOr(seed[metric], std::numeric_limits<double>::quiet_NaN()));
  }
  return values;
}

// [seeds][tags]
std::vector<std::vector<double>> ValuesByTag(const Evaluation& evaluation,
                                             Metric metric) {
  std::vector<std::vector<double>> by_tag(
      static_cast<std::size_t>(evaluation.seeds));
  for (const SetEvaluation& tag : evaluation.sets.tags) {
    const std::vector<double> values = ValuesOf(tag, metric);
    for (std::size_t seed = 0; seed < by_tag.size(); ++seed) {
      by_tag[seed].push_back(values[seed]);
    }
  }
  return by_tag;
}

std::vector<GroupValues> ValuesByGroup(const Evaluation& evaluation,
                                       Metric metric) {
  std::vector<GroupValues> by_group;
  for (const SetEvaluation& group : evaluation.sets.groups) {
    if (!group.summary[metric].has_value()) continue;
    by_group.push_back({group.name,
                        static_cast<std::uint64_t>(group.scored_tags),
                        ValuesOf(group, metric)});
  }
  return by_group;
}

MetricResult ResultOf(const Evaluation& evaluation,
                      const TagSetResults<SetIntervals>& intervals,
                      Metric metric) {
  const SetEvaluation& all = evaluation.sets.all;
  MetricResult result;
  result.metric = metric;
  result.values = ValuesOf(all, metric);
  result.mean = all.summary[metric]->mean;
  result.deviation = all.summary[metric]->deviation;
  const std::optional<Interval>& interval = intervals.all.intervals[metric];
  if (interval.has_value()) {
    result.low = interval->low;
    result.high = interval->high;
  }
  result.scored_tags = static_cast<std::uint64_t>(all.scored_tags);
  result.undefined_tags =
      static_cast<std::uint64_t>(all.tags - all.scored_tags);
  // The pooled metric has no value of a single tag that the mean is made of.
  if (metric != Metric::kMicroF1) {
    result.by_tag = ValuesByTag(evaluation, metric);
  }
  result.by_group = ValuesByGroup(evaluation, metric);
  return result;
}

Record RecordOf(const PreparedSet& set, absl::string_view experiment) {
  Record record;
  record.experiment = std::string(experiment);
  record.profile = "none";
  record.data = set.is_synthetic ? DataKind::kSynthetic : DataKind::kReal;
  record.datasets = {DescribeSet(set)};
  return record;
}

}  // namespace

absl::Status WriteTestProbabilities(Files& files, absl::string_view folder,
                                    const LabelledScores& scores) {
  std::vector<float> values;
  for (const std::vector<double>& seed : scores.seeds) {
    values.insert(values.end(), seed.begin(), seed.end());
  }
  return WriteNpy<float>(
      files, JoinPath(folder, kTestProbabilitiesName), values,
      {scores.seeds.size(), scores.num_recordings(), scores.num_tags()});
}

absl::StatusOr<LabelledScores> ReadTestScores(Files& files,
                                              absl::string_view folder,
                                              const PreparedSet& set) {
  const std::string path = JoinPath(folder, kTestProbabilitiesName);
  ASSIGN_OR_RETURN(const NpyArray array, ReadNpy(files, path));
  ASSIGN_OR_RETURN(const absl::Span<const float> values,
                   array.view().Values<float>());
  LabelledScores scores = TruthOf(set);
  const std::vector<std::uint64_t>& shape = array.view().shape;
  if (shape.size() != 3 || shape[1] != scores.num_recordings() ||
      shape[2] != scores.num_tags()) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": not [seeds, ", scores.num_recordings(), ", ",
        scores.num_tags(), "], the set's test recordings and tags"));
  }
  const std::size_t size = scores.truth.size();
  for (std::size_t seed = 0; seed < shape[0]; ++seed) {
    const auto first =
        values.begin() + static_cast<std::ptrdiff_t>(seed * size);
    scores.seeds.emplace_back(first, first + static_cast<std::ptrdiff_t>(size));
  }
  return scores;
}

TagGroups GroupsOf(const PreparedSet& set) {
  TagGroups groups;
  for (const PreparedTag& tag : set.tags) {
    if (!tag.group.empty()) groups[tag.name] = tag.group;
  }
  return groups;
}

DatasetRecord DescribeSet(const PreparedSet& set) {
  DatasetRecord record;
  record.name = kDatasetName;
  record.title = set.name;
  record.culture = set.culture;
  record.synthetic = set.is_synthetic;
  record.training_recordings = set.OfSplit(Split::kTrain).size();
  record.validation_recordings = set.OfSplit(Split::kValid).size();
  record.test_recordings = set.OfSplit(Split::kTest).size();
  std::vector<std::string> ids;
  record.tag_positives.resize(set.tags.size());
  for (const PreparedTag& tag : set.tags) {
    record.tags.push_back(tag.name);
    record.tag_groups.push_back(tag.group);
  }
  for (const PreparedRecording& recording : set.recordings) {
    ids.push_back(recording.id);
    if (recording.split != Split::kTest) continue;
    for (const std::size_t label : recording.labels) {
      ++record.tag_positives[label];
    }
  }
  record.ids_hash = HashOfIds(std::move(ids));
  return record;
}

absl::StatusOr<Record> ScoreModel(ThreadPool& pool, const PreparedSet& set,
                                  const LabelledScores& scores,
                                  absl::Span<const std::uint64_t> seeds,
                                  const ResamplingOptions& options) {
  const TagGroups groups = GroupsOf(set);
  ASSIGN_OR_RETURN(const Evaluation evaluation,
                   EvaluateScores(pool, scores, groups));
  ResamplingOptions without_tags = options;
  without_tags.per_tag = false;
  ASSIGN_OR_RETURN(const TagSetResults<SetIntervals> intervals,
                   BootstrapIntervals(pool, scores, groups, without_tags));
  Record record = RecordOf(set, "score");
  record.models = {{kModelName, kModelName, "", ""}};
  ResultRecord result;
  result.model = kModelName;
  result.dataset = kDatasetName;
  result.seeds.assign(seeds.begin(), seeds.end());
  result.recordings = scores.num_recordings();
  for (const Metric metric : kMetrics) {
    if (evaluation.sets.all.summary[metric].has_value()) {
      result.metrics.push_back(ResultOf(evaluation, intervals, metric));
    }
  }
  record.results = {std::move(result)};
  return record;
}

absl::StatusOr<Record> CompareOnSet(ThreadPool& pool, const PreparedSet& set,
                                    const LabelledScores& model,
                                    const LabelledScores& against,
                                    const ResamplingOptions& options) {
  ResamplingOptions without_tags = options;
  without_tags.per_tag = false;
  ASSIGN_OR_RETURN(const TagSetResults<SetComparison> compared,
                   CompareModels(pool, model, against, {}, without_tags));
  Record record = RecordOf(set, "compare");
  record.models = {{kModelName, kModelName, "", ""},
                   {kAgainstName, kAgainstName, "", ""}};
  for (const Metric metric : kMetrics) {
    const std::optional<Difference>& difference = compared.all.metrics[metric];
    if (!difference.has_value()) continue;
    ComparisonRecord comparison;
    comparison.model = kModelName;
    comparison.against = kAgainstName;
    comparison.dataset = kDatasetName;
    comparison.metric = metric;
    comparison.kind = ComparisonKind::kPermutation;
    comparison.difference = difference->difference;
    if (difference->interval.has_value()) {
      comparison.low = difference->interval->low;
      comparison.high = difference->interval->high;
    }
    comparison.p = difference->p_value;
    record.comparisons.push_back(std::move(comparison));
  }
  return record;
}

}  // namespace culturemert
