#include "experiments/metrics/resampling.h"

#include <algorithm>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "experiments/metrics/ranked_tag.h"
#include "experiments/metrics/tag_metrics.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr std::uint64_t kMaxValueBytes = std::uint64_t{1} << 32;
constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

template <typename T>
std::vector<T> Column(const std::vector<T>& values, std::size_t columns,
                      std::size_t column) {
  std::vector<T> result;
  result.reserve(values.size() / columns);
  for (std::size_t i = column; i < values.size(); i += columns) {
    result.push_back(values[i]);
  }
  return result;
}

void AddDecisions(const std::vector<std::uint8_t>& truth,
                  const std::vector<double>& scores, std::size_t offset,
                  WeightedTag* tag) {
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (!(scores[i] > kDecisionThreshold)) continue;
    (truth[i] != 0 ? tag->true_positives : tag->false_positives)
        .push_back(static_cast<std::uint32_t>(offset + i));
  }
}

// The lanes' values of one tag, summed over the seeds.
struct TagLanes {
  Lanes<double> roc_auc = {};
  Lanes<double> average_precision = {};
  Lanes<double> f1 = {};
  Lanes<bool> is_scored = {};
};

// Twice the true decisions, and all of tags' and models' labels, of one seed.
struct PooledLanes {
  Lanes<double> agreed = {};
  Lanes<double> stated = {};
};

Lanes<double> Ratio(const Lanes<double>& above, const Lanes<double>& below) {
  Lanes<double> ratio;
  for (int lane = 0; lane < kLanes; ++lane) {
    ratio[lane] = below[lane] > 0 ? above[lane] / below[lane] : 0;
  }
  return ratio;
}

// F1 is 2 TP / (positives + decisions).
PooledLanes Pool(const WeightedMetrics& metrics) {
  PooledLanes pooled;
  for (int lane = 0; lane < kLanes; ++lane) {
    pooled.agreed[lane] = 2.0 * metrics.true_positives[lane];
    pooled.stated[lane] = static_cast<double>(metrics.positives[lane]) +
                          metrics.true_positives[lane] +
                          metrics.false_positives[lane];
  }
  return pooled;
}

void AddTo(const Lanes<double>& values, Lanes<double>* sum) {
  for (int lane = 0; lane < kLanes; ++lane) (*sum)[lane] += values[lane];
}

// One block of replicates: a lane each.
class Block {
 public:
  Block(const RankedScores& scores, absl::Span<const TagSet> sets)
      : scores_(scores),
        sets_(sets),
        seeds_(scores.seeds_tags.size() / scores.tags),
        tags_(scores.tags),
        pooled_(scores.tags),
        micro_f1_(sets.size()) {}

  void Evaluate(absl::Span<const Weight> weights) {
    for (std::size_t seed = 0; seed < seeds_; ++seed) {
      for (std::size_t tag = 0; tag < scores_.tags; ++tag) {
        ComputeWeightedMetrics(scores_.seeds_tags[seed * scores_.tags + tag],
                               weights, &metrics_);
        AddTag(tag);
      }
      for (std::size_t set = 0; set < sets_.size(); ++set) AddMicroF1(set);
    }
  }

  void Store(std::int64_t first, int count, ReplicateValues* values) const {
    for (std::size_t set = 0; set < sets_.size(); ++set) {
      StoreMean(set, Metric::kRocAuc, &TagLanes::roc_auc, first, count, values);
      StoreMean(set, Metric::kAveragePrecision, &TagLanes::average_precision,
                first, count, values);
      StoreMean(set, Metric::kMacroF1, &TagLanes::f1, first, count, values);
      const absl::Span<double> micro = values->Of(set, Metric::kMicroF1);
      for (int lane = 0; lane < count; ++lane) {
        micro[first + lane] =
            micro_f1_[set][lane] / static_cast<double>(seeds_);
      }
    }
  }

 private:
  void AddTag(std::size_t tag) {
    pooled_[tag] = Pool(metrics_);
    AddTo(metrics_.roc_auc, &tags_[tag].roc_auc);
    AddTo(metrics_.average_precision, &tags_[tag].average_precision);
    AddTo(Ratio(pooled_[tag].agreed, pooled_[tag].stated), &tags_[tag].f1);
    for (int lane = 0; lane < kLanes; ++lane) {
      tags_[tag].is_scored[lane] =
          metrics_.positives[lane] > 0 && metrics_.negatives[lane] > 0;
    }
  }

  void AddMicroF1(std::size_t set) {
    PooledLanes sum;
    for (std::size_t tag : sets_[set].tags) {
      AddTo(pooled_[tag].agreed, &sum.agreed);
      AddTo(pooled_[tag].stated, &sum.stated);
    }
    AddTo(Ratio(sum.agreed, sum.stated), &micro_f1_[set]);
  }

  void StoreMean(std::size_t set, Metric metric, Lanes<double> TagLanes::*value,
                 std::int64_t first, int count, ReplicateValues* values) const {
    Lanes<double> sum = {};
    Lanes<double> scored = {};
    for (std::size_t tag : sets_[set].tags) {
      for (int lane = 0; lane < kLanes; ++lane) {
        if (!tags_[tag].is_scored[lane]) continue;
        sum[lane] += (tags_[tag].*value)[lane];
        ++scored[lane];
      }
    }
    const absl::Span<double> out = values->Of(set, metric);
    for (int lane = 0; lane < count; ++lane) {
      out[first + lane] =
          scored[lane] > 0
              ? sum[lane] / (scored[lane] * static_cast<double>(seeds_))
              : kUndefined;
    }
  }

  const RankedScores& scores_;
  const absl::Span<const TagSet> sets_;
  const std::size_t seeds_;
  std::vector<TagLanes> tags_;
  std::vector<PooledLanes> pooled_;  // Of the current seed.
  std::vector<Lanes<double>> micro_f1_;
  WeightedMetrics metrics_;  // Of the current seed and tag.
};

}  // namespace

absl::StatusOr<RankedScores> RankScores(ThreadPool& pool,
                                        const LabelledScores& scores) {
  RankedScores ranked;
  ranked.elements = scores.num_recordings();
  ranked.tags = scores.num_tags();
  ranked.seeds_tags.resize(scores.seeds.size() * ranked.tags);
  RETURN_IF_ERROR(ParallelFor(
      pool, static_cast<std::int64_t>(ranked.seeds_tags.size()),
      [&](std::int64_t i) {
        const std::vector<std::uint8_t> truth =
            Column(scores.truth, ranked.tags, i % ranked.tags);
        const std::vector<double> column =
            Column(scores.seeds[i / ranked.tags], ranked.tags, i % ranked.tags);
        ranked.seeds_tags[i].ranked = RankTag(truth, column);
        AddDecisions(truth, column, /*offset=*/0, &ranked.seeds_tags[i]);
        return absl::OkStatus();
      }));
  return ranked;
}

absl::StatusOr<RankedScores> RankBoth(ThreadPool& pool,
                                      const LabelledScores& first,
                                      const LabelledScores& second) {
  RankedScores ranked;
  ranked.elements = 2 * first.num_recordings();
  if (ranked.elements > kMaxScoredRecordings) {
    return absl::InvalidArgumentError(absl::StrCat(
        first.num_recordings(), " recordings of two models are more than ",
        kMaxScoredRecordings / 2, ", the most that can be exchanged"));
  }
  ranked.tags = first.num_tags();
  ranked.seeds_tags.resize(first.seeds.size() * ranked.tags);
  RETURN_IF_ERROR(ParallelFor(
      pool, static_cast<std::int64_t>(ranked.seeds_tags.size()),
      [&](std::int64_t i) {
        std::vector<std::uint8_t> truth =
            Column(first.truth, ranked.tags, i % ranked.tags);
        std::vector<double> ranks;
        for (const LabelledScores* model : {&first, &second}) {
          const std::vector<double> column = Column(
              model->seeds[i / ranked.tags], ranked.tags, i % ranked.tags);
          AddDecisions(truth, column, ranks.size(), &ranked.seeds_tags[i]);
          const std::vector<double> column_ranks = MidRanks(column);
          ranks.insert(ranks.end(), column_ranks.begin(), column_ranks.end());
        }
        truth.resize(ranks.size());
        std::copy_n(truth.begin(), truth.size() / 2,
                    truth.begin() + truth.size() / 2);
        ranked.seeds_tags[i].ranked = RankTag(truth, ranks);
        return absl::OkStatus();
      }));
  return ranked;
}

ReplicateValues::ReplicateValues(std::size_t sets, std::int64_t replicates)
    : replicates_(replicates),
      values_(sets * kMetrics.size() * replicates, kUndefined) {}

absl::Span<const double> ReplicateValues::Of(std::size_t set,
                                             Metric metric) const {
  const std::size_t row =
      set * kMetrics.size() + static_cast<std::size_t>(metric);
  return absl::MakeConstSpan(values_).subspan(row * replicates_, replicates_);
}

absl::Span<double> ReplicateValues::Of(std::size_t set, Metric metric) {
  const std::size_t row =
      set * kMetrics.size() + static_cast<std::size_t>(metric);
  return absl::MakeSpan(values_).subspan(row * replicates_, replicates_);
}

absl::StatusOr<ReplicateValues> EvaluateReplicates(
    ThreadPool& pool, const RankedScores& scores, absl::Span<const TagSet> sets,
    std::int64_t replicates, FillWeights fill) {
  const std::uint64_t row_bytes =
      sets.size() * kMetrics.size() * sizeof(double);
  if (static_cast<std::uint64_t>(replicates) > kMaxValueBytes / row_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        replicates, " replicates of ", sets.size(),
        " sets of tags need more than 4 GiB of memory; ask for at most ",
        kMaxValueBytes / row_bytes, " replicates"));
  }
  ReplicateValues values(sets.size(), replicates);
  const std::int64_t blocks = (replicates + kLanes - 1) / kLanes;
  RETURN_IF_ERROR(ParallelFor(pool, blocks, [&](std::int64_t block) {
    const std::int64_t first = block * kLanes;
    const int count =
        static_cast<int>(std::min<std::int64_t>(kLanes, replicates - first));
    std::vector<Weight> weights(scores.elements * kLanes, 0);
    fill(first, count, absl::MakeSpan(weights));
    Block evaluated(scores, sets);
    evaluated.Evaluate(weights);
    evaluated.Store(first, count, &values);
    return absl::OkStatus();
  }));
  return values;
}

}  // namespace culturemert
