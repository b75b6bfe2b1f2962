// EnCodec at 6 kbit/s, full size, random weights.

#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "models/encodec/encodec.h"
#include "models/encodec/encodec_config.h"
#include "tests/models/encodec/random_encodec.h"

namespace culturemert {
namespace {

// Arguments: seconds, clips, threads. x_real_time: seconds of audio a second.
void BM_EncodecEncode(benchmark::State& state) {
  const std::int64_t seconds = state.range(0);
  const std::int64_t clips = state.range(1);
  at::set_num_threads(static_cast<int>(state.range(2)));
  EncodecConfig config;
  config.books = 8;
  const absl::StatusOr<std::unique_ptr<Encodec>> encodec =
      Encodec::Create(config, RandomEncodecTensors(config, 1));
  if (!encodec.ok()) {
    state.SkipWithError(std::string(encodec.status().message()).c_str());
    return;
  }
  const at::Tensor audio = RandomAudio(clips, seconds * kEncodecRateHz, 2);
  for (auto _ : state) {
    const absl::StatusOr<at::Tensor> codes = (*encodec)->Codes(audio);
    if (!codes.ok()) {
      state.SkipWithError(std::string(codes.status().message()).c_str());
      return;
    }
    benchmark::DoNotOptimize(codes->const_data_ptr());
  }
  state.counters["x_real_time"] =
      benchmark::Counter(static_cast<double>(seconds * clips),
                         benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(BM_EncodecEncode)
    ->ArgNames({"seconds", "clips", "threads"})
    ->ArgsProduct({{5, 30}, {1, 8}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace culturemert
