#include "experiments/metrics/permutation_test.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "experiments/metrics/resampling.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// Differences that are equal but for rounding count as equal.
constexpr double kTolerance = 1e-12;

// What one of the two models becomes in each replicate. Replicate 0 exchanges
// nothing.
absl::StatusOr<ReplicateValues> Exchange(ThreadPool& pool,
                                         const RankedScores& both,
                                         absl::Span<const TagSet> sets,
                                         const ResamplingOptions& options,
                                         bool is_second) {
  const std::size_t recordings = both.elements / 2;
  const RandomStream stream(options.seed, StreamId("permutation"));
  const auto fill = [&](std::int64_t first, int count,
                        absl::Span<Weight> weights) {
    for (int lane = 0; lane < count; ++lane) {
      const std::int64_t replicate = first + lane;
      const RandomStream draws = stream.Substream(replicate);
      std::uint64_t bits = 0;
      for (std::size_t i = 0; i < recordings; ++i) {
        if (i % 64 == 0) bits = replicate == 0 ? 0 : draws.Bits64(i / 64);
        const bool takes_second = ((bits >> (i % 64)) & 1) != is_second;
        weights[(takes_second ? recordings + i : i) * kLanes + lane] = 1;
      }
    }
  };
  return EvaluateReplicates(pool, both, sets, options.replicates + 1, fill);
}

std::optional<PairedTest> TestOf(absl::Span<const double> model,
                                 absl::Span<const double> reference) {
  // Truth stays, so a metric is defined in all replicates or in none.
  if (std::isnan(model[0])) return std::nullopt;
  PairedTest test;
  test.model = model[0];
  test.reference = reference[0];
  const double observed = std::abs(model[0] - reference[0]);
  double as_large = 0;  // Replicate 0, the observed one, among them.
  for (std::size_t i = 0; i < model.size(); ++i) {
    as_large += std::abs(model[i] - reference[i]) >= observed - kTolerance;
  }
  test.p_value = as_large / static_cast<double>(model.size());
  return test;
}

}  // namespace

absl::StatusOr<TagSetResults<SetTests>> PermutationTests(
    ThreadPool& pool, const LabelledScores& model,
    const LabelledScores& reference, const TagGroups& groups,
    const ResamplingOptions& options) {
  RETURN_IF_ERROR(CheckResamplingOptions(options));
  RETURN_IF_ERROR(CheckLabelledScores(model));
  RETURN_IF_ERROR(CheckLabelledScores(reference));
  RETURN_IF_ERROR(CheckSameTask(model, reference));
  ASSIGN_OR_RETURN(const TagSets sets,
                   MakeTagSets(model.tags, groups, options.per_tag));
  ASSIGN_OR_RETURN(const RankedScores both, RankBoth(pool, model, reference));
  ASSIGN_OR_RETURN(
      const ReplicateValues first,
      Exchange(pool, both, sets.sets, options, /*is_second=*/false));
  ASSIGN_OR_RETURN(
      const ReplicateValues second,
      Exchange(pool, both, sets.sets, options, /*is_second=*/true));
  std::vector<SetTests> results(sets.sets.size());
  for (std::size_t set = 0; set < results.size(); ++set) {
    results[set].name = sets.sets[set].name;
    for (Metric metric : kMetrics) {
      results[set].tests[metric] =
          TestOf(first.Of(set, metric), second.Of(set, metric));
    }
  }
  return SplitResults(sets, std::move(results));
}

}  // namespace culturemert
