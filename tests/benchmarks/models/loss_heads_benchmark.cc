// The pre-training heads and losses at 95 M and 5 s a clip, from given hidden
// states: BM_LossHeads/<clips>/<threads> forward and backward,
// BM_LossHeadsForward/<clips>/<threads> forward with gradients recorded, which
// is where most of the backward pass' work is done, and
// BM_LossHeadsEvaluation/<clips>/<threads> without.

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "models/mert/mert_config.h"
#include "models/pretraining/pretraining_heads.h"
#include "models/pretraining/pretraining_loss.h"
#include "models/pretraining/span_mask.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

constexpr std::int64_t kFrames = 374;

struct Step {
  explicit Step(std::int64_t clips)
      : heads(PretrainingHeads::CreateRandom(MertConfig(), 1).value()) {
    for (const auto& [name, tensor] : heads->parameters()) {
      tensor.requires_grad_();
    }
    const MertConfig& model = heads->config();
    hidden = Normal({clips, kFrames, model.hidden_size}).requires_grad_();
    targets.cqt = Normal({clips, kFrames + 2, model.cqt_bins}).abs();
    targets.codes = (Normal({model.codebooks, clips, kFrames + 1}) * 1e4)
                        .to(at::kLong)
                        .remainder(model.codes);
    std::vector<RandomStream> samples;
    for (std::int64_t clip = 0; clip < clips; ++clip) {
      samples.emplace_back(2, static_cast<std::uint64_t>(clip));
    }
    const FrameMask mask = DrawSpanMask({}, kFrames, samples).value();
    targets.mask = at::empty({clips, kFrames}, at::kBool);
    for (std::int64_t i = 0; i < clips * kFrames; ++i) {
      targets.mask.mutable_data_ptr<bool>()[i] = mask.masked[i] != 0;
    }
  }

  PretrainingLoss Loss() const {
    return ComputePretrainingLoss({}, *heads, hidden, penalty, targets).value();
  }

  static at::Tensor Normal(at::IntArrayRef shape) {
    at::Tensor tensor = at::empty(shape, at::kFloat);
    RandomStream(3, static_cast<std::uint64_t>(tensor.numel()))
        .FillNormal({tensor.mutable_data_ptr<float>(),
                     static_cast<std::size_t>(tensor.numel())},
                    0);
    return tensor;
  }

  std::unique_ptr<PretrainingHeads> heads;
  at::Tensor hidden;
  at::Tensor penalty = at::ones({}, at::kFloat);
  PretrainingTargets targets;
};

void BM_LossHeads(benchmark::State& state) {
  const Step step(state.range(0));
  at::set_num_threads(static_cast<int>(state.range(1)));
  for (auto _ : state) {
    step.Loss().sum.backward();
    step.hidden.mutable_grad() = at::Tensor();
    for (const auto& [name, tensor] : step.heads->parameters()) {
      tensor.mutable_grad() = at::Tensor();
    }
  }
}

void BM_LossHeadsForward(benchmark::State& state) {
  const Step step(state.range(0));
  at::set_num_threads(static_cast<int>(state.range(1)));
  for (auto _ : state) benchmark::DoNotOptimize(step.Loss());
}

void BM_LossHeadsEvaluation(benchmark::State& state) {
  const Step step(state.range(0));
  at::set_num_threads(static_cast<int>(state.range(1)));
  const at::NoGradGuard no_gradients;
  for (auto _ : state) benchmark::DoNotOptimize(step.Loss());
}

void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgsProduct({{1, 4, 16}, {1, 2}})
      ->UseRealTime()
      ->MeasureProcessCPUTime()
      ->Unit(benchmark::kMillisecond);
}

BENCHMARK(BM_LossHeads)->Apply(Sizes);
BENCHMARK(BM_LossHeadsForward)->Apply(Sizes);
BENCHMARK(BM_LossHeadsEvaluation)->Apply(Sizes);

}  // namespace
}  // namespace culturemert
