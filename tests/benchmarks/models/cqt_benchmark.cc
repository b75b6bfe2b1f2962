// How fast the targets of the constant-Q head are made: they are computed anew
// in every training step. One item is a segment of 5 s.
//   BM_Cqt/<batch>/<threads>        CqtTeacher::Magnitudes
//   BM_DirectCqt/<batch>/<threads>  the definition

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <cstdint>

#include "absl/status/statusor.h"
#include "benchmark/benchmark.h"
#include "models/cqt/cqt_options.h"
#include "models/cqt/cqt_teacher.h"
#include "models/cqt/direct_cqt.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

at::Tensor Segments(std::int64_t batch) {
  const at::Tensor audio = at::empty({batch, 120000}, at::kFloat);
  const RandomStream random(1, StreamId("benchmark"));
  for (std::int64_t i = 0; i < audio.numel(); ++i) {
    audio.data_ptr<float>()[i] = random.UniformFloat(i) - 0.5F;
  }
  return audio;
}

template <typename Compute>
void Measure(benchmark::State& state, const Compute& compute) {
  const at::Tensor audio = Segments(state.range(0));
  const int threads = at::get_num_threads();
  at::set_num_threads(static_cast<int>(state.range(1)));
  for (auto _ : state) {
    absl::StatusOr<at::Tensor> magnitudes = compute(audio);
    if (!magnitudes.ok()) {
      state.SkipWithError(magnitudes.status().ToString().c_str());
      break;
    }
    benchmark::DoNotOptimize(magnitudes->data_ptr());
  }
  at::set_num_threads(threads);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void BM_Cqt(benchmark::State& state) {
  static const auto& teacher =
      *new auto(CqtTeacher::Create(CqtOptions()).value());
  Measure(state,
          [&](const at::Tensor& audio) { return teacher->Magnitudes(audio); });
}
BENCHMARK(BM_Cqt)
    ->ArgsProduct({{1, 8}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void BM_DirectCqt(benchmark::State& state) {
  Measure(state, [](const at::Tensor& audio) {
    return DirectCqt(audio, CqtOptions());
  });
}
BENCHMARK(BM_DirectCqt)
    ->ArgsProduct({{1}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace culturemert
