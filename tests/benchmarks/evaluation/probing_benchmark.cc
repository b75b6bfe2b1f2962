// Probes of MagnaTagATune's size, on random features: 15,244 windows of 13
// states of 768, 50 tags, MARBLE's head on states 1 to 12. One call is four
// epochs of all seeds, without validation; the arguments are the number of
// seeds and of threads.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "experiments/evaluation/probe_trainer.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

constexpr std::size_t kWindows = 15244;
constexpr std::size_t kTags = 50;
constexpr std::int64_t kStates = 13;
constexpr std::int64_t kStateSize = 768;
constexpr std::int64_t kEpochs = 4;

// Its features live as long as the program.
const ProbeData& RandomData() {
  static const ProbeData& data = *[] {
    auto* const made = new ProbeData;
    made->states = kStates;
    made->state_size = kStateSize;
    for (std::size_t t = 0; t < kTags; ++t) {
      made->tags.push_back(absl::StrCat("tag ", t));
    }
    const std::size_t size = made->window_size();
    auto* const features = new std::vector<float>(kWindows * size);
    RandomStream(1, 0).FillNormal(absl::MakeSpan(*features), 0);
    for (std::size_t w = 0; w < kWindows; ++w) {
      ProbeRecording recording = {
          absl::StrCat(w),
          absl::MakeConstSpan(*features).subspan(w * size, size),
          {}};
      for (std::size_t t = 0; t < kTags; ++t) {
        const bool is_there =
            RandomStream(1, 1).Bits32(w * kTags + t) % 20 == 0;
        recording.labels.push_back(is_there ? 1 : 0);
      }
      made->train.push_back(recording);
    }
    return made;
  }();
  return data;
}

void BM_Probing(benchmark::State& state) {
  const ProbeData& data = RandomData();  // Drawing it takes seconds.
  std::vector<std::uint64_t> seeds;
  for (std::int64_t s = 0; s < state.range(0); ++s) {
    seeds.push_back(static_cast<std::uint64_t>(s) + 1);
  }
  const auto pool = ThreadPool::Create(static_cast<int>(state.range(1)));
  if (!pool.ok()) {
    state.SkipWithError("no threads");
    return;
  }
  ProbingConfig config;
  config.max_epochs = kEpochs;
  ProbingReport quiet;
  quiet.is_quiet = true;
  for (auto _ : state) {
    const auto result = TrainProbes(data, config, seeds, **pool, quiet);
    if (!result.ok()) {
      state.SkipWithError(std::string(result.status().message()).c_str());
      return;
    }
    benchmark::DoNotOptimize(result->runs.front().epochs.back().train_loss);
  }
  state.counters["seed_epochs"] = benchmark::Counter(
      static_cast<double>(state.iterations() * state.range(0) * kEpochs),
      benchmark::Counter::kIsRate);
}
BENCHMARK(BM_Probing)
    ->ArgNames({"seeds", "threads"})
    ->ArgsProduct({{1, 5}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace culturemert
