// Metrics, intervals and tests on a set of MagnaTagATune's size: 5 329
// recordings, 50 tags.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "experiments/metrics/bootstrap.h"
#include "experiments/metrics/evaluation.h"
#include "experiments/metrics/labelled_scores.h"
#include "experiments/metrics/permutation_test.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

constexpr std::size_t kRecordings = 5329;
constexpr std::size_t kTags = 50;

// Tags on 1 to 45 recordings in a hundred, evenly on a logarithmic scale.
LabelledScores RandomScores(std::uint64_t seed) {
  LabelledScores scores;
  for (std::size_t i = 0; i < kRecordings; ++i) {
    scores.ids.push_back(absl::StrCat(i));
  }
  for (std::size_t tag = 0; tag < kTags; ++tag) {
    scores.tags.push_back(absl::StrCat("tag ", tag));
  }
  const RandomStream labels(0, StreamId("labels"));
  const RandomStream noise(seed, StreamId("noise"));
  scores.seeds.emplace_back();
  for (std::size_t i = 0; i < kRecordings * kTags; ++i) {
    const double place = static_cast<double>(i % kTags) / (kTags - 1);
    const double share = 0.01 * std::pow(45, place);
    scores.truth.push_back(labels.UniformDouble(i) < share ? 1 : 0);
    const double logit = noise.Normal(i) + 1.2 * scores.truth.back() - 0.8;
    scores.seeds[0].push_back(1 / (1 + std::exp(-logit)));
  }
  return scores;
}

std::unique_ptr<ThreadPool> PoolOf(std::int64_t threads) {
  return ThreadPool::Create(static_cast<int>(threads)).value();
}

void BM_Metrics(benchmark::State& state) {
  const LabelledScores scores = RandomScores(1);
  const std::unique_ptr<ThreadPool> pool = PoolOf(state.range(0));
  for (auto _ : state) {
    const absl::StatusOr<Evaluation> evaluation = EvaluateScores(*pool, scores);
    if (!evaluation.ok()) state.SkipWithError("evaluation failed");
  }
}
BENCHMARK(BM_Metrics)
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void BM_BootstrapIntervals(benchmark::State& state) {
  const LabelledScores scores = RandomScores(1);
  const std::unique_ptr<ThreadPool> pool = PoolOf(state.range(0));
  for (auto _ : state) {
    if (!BootstrapIntervals(*pool, scores).ok()) {
      state.SkipWithError("bootstrap failed");
    }
  }
}
BENCHMARK(BM_BootstrapIntervals)
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kSecond)
    ->UseRealTime();

void BM_PermutationTests(benchmark::State& state) {
  const LabelledScores model = RandomScores(1);
  const LabelledScores reference = RandomScores(2);
  const std::unique_ptr<ThreadPool> pool = PoolOf(state.range(0));
  for (auto _ : state) {
    if (!PermutationTests(*pool, model, reference).ok()) {
      state.SkipWithError("test failed");
    }
  }
}
BENCHMARK(BM_PermutationTests)
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kSecond)
    ->UseRealTime();

}  // namespace
}  // namespace culturemert
