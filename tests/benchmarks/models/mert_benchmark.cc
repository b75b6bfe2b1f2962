// MERT-95M's encoder on clips of 5 s, random weights: one argument is the
// batch, the other the threads.

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/types/span.h"
#include "models/mert/mert.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

constexpr std::int64_t kSamples = 5 * kMertRateHz;

const Mert& Mert95M() {
  static const Mert& mert =
      *Mert::CreateRandom(MertConfig(), /*seed=*/1)->release();
  return mert;
}

at::Tensor Noise(std::int64_t clips) {
  at::Tensor audio = at::empty({clips, kSamples}, at::kFloat);
  RandomStream(1, 0).FillNormal(
      absl::MakeSpan(audio.data_ptr<float>(), audio.numel()), 0);
  return audio.mul_(0.1);
}

void CountSegments(benchmark::State& state) {
  state.counters["segments"] = benchmark::Counter(
      static_cast<double>(state.iterations() * state.range(0)),
      benchmark::Counter::kIsRate);
}

void BM_MertForward(benchmark::State& state) {
  at::set_num_threads(static_cast<int>(state.range(1)));
  const at::Tensor audio = Noise(state.range(0));
  const Mert& mert = Mert95M();  // Drawing the weights takes seconds.
  for (auto _ : state) {
    const absl::StatusOr<at::Tensor> states = mert.HiddenStates(audio);
    if (!states.ok()) {
      state.SkipWithError(std::string(states.status().message()).c_str());
      return;
    }
    benchmark::DoNotOptimize(states->const_data_ptr());
  }
  CountSegments(state);
}
BENCHMARK(BM_MertForward)
    ->ArgsProduct({{1, 4, 8}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

// Forward and backward with pre-training's dropout.
void BM_MertTrainStep(benchmark::State& state) {
  at::set_num_threads(static_cast<int>(state.range(1)));
  for (const auto& [name, tensor] : Mert95M().parameters()) {
    tensor.set_requires_grad(true);
  }
  Mert::TrainingInput input;
  input.audio = Noise(state.range(0));
  std::uint64_t step = 0;
  for (auto _ : state) {
    ++step;
    input.step_stream = RandomStream(step, 0);
    input.sample_streams.clear();
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      input.sample_streams.emplace_back(step, i + 1);
    }
    const absl::StatusOr<Mert::TrainingOutput> output =
        Mert95M().Forward(input, /*training=*/true);
    if (!output.ok()) {
      state.SkipWithError(std::string(output.status().message()).c_str());
      break;
    }
    (output->last_hidden.square().mean() + output->feature_penalty).backward();
  }
  for (const auto& [name, tensor] : Mert95M().parameters()) {
    tensor.mutable_grad() = at::Tensor();
    tensor.set_requires_grad(false);
  }
  CountSegments(state);
}
BENCHMARK(BM_MertTrainStep)
    ->ArgsProduct({{1, 4}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace culturemert
