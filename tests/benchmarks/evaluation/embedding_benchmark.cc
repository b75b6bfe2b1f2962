// What embedding costs beside the bare forward pass: the "mini" model on four
// recordings of 60 s from a PCM store, in windows of 30 s, against the hidden
// states of the same windows. The arguments are windows in a batch and threads;
// "audio_seconds" a second are to be compared.

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "datasets/store/pcm_store.h"
#include "datasets/store/pcm_store_writer.h"
#include "experiments/evaluation/embed.h"
#include "experiments/evaluation/mert_features.h"
#include "models/mert/mert.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

constexpr int kRecordings = 4;
constexpr std::int64_t kWindowSamples = 30 * kMertRateHz;
constexpr double kAudioSeconds = kRecordings * 60;

const Mert& MiniMert() {
  static const Mert& mert =
      *Mert::CreateRandom(MertPreset("mini").value(), /*seed=*/1)->release();
  return mert;
}

struct Corpus {
  MemoryFiles files;
  std::vector<std::string> ids;
  std::unique_ptr<PcmStore> store;
};

// Noise of 60 s each.
Corpus& NoiseCorpus() {
  static Corpus& corpus = *[] {
    auto* const made = new Corpus;
    const auto writer = PcmStoreWriter::Open(made->files, "/store");
    for (int r = 0; r < kRecordings; ++r) {
      std::vector<std::int16_t> samples(2 * kWindowSamples);
      for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = static_cast<std::int16_t>(
            RandomStream(1, static_cast<std::uint64_t>(r)).Bits32(i) % 8192);
      }
      made->ids.push_back(absl::StrCat("recording ", r));
      (*writer)
          ->Append({made->ids.back(), "none", "noise", "none", 0}, samples)
          .IgnoreError();
    }
    (*writer)->Finish().IgnoreError();
    made->store = PcmStore::Open(made->files, "/store").value();
    return made;
  }();
  return corpus;
}

void CountSeconds(benchmark::State& state) {
  state.counters["audio_seconds"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * kAudioSeconds,
      benchmark::Counter::kIsRate);
}

void BM_Embed(benchmark::State& state) {
  at::set_num_threads(static_cast<int>(state.range(1)));
  Corpus& corpus = NoiseCorpus();
  const MertFeatures features(MiniMert(), "random", Pooling::kMean);
  EmbedSettings settings;
  settings.batch_windows = state.range(0);
  settings.is_quiet = true;
  for (auto _ : state) {
    const absl::Status status = Embed(corpus.files, *corpus.store, corpus.ids,
                                      features, settings, "/features");
    if (!status.ok()) {
      state.SkipWithError(std::string(status.message()).c_str());
      return;
    }
    state.PauseTiming();
    corpus.files.RemoveTree("/features").IgnoreError();
    state.ResumeTiming();
  }
  CountSeconds(state);
}
BENCHMARK(BM_Embed)
    ->ArgNames({"batch", "threads"})
    ->ArgsProduct({{1, 4}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void BM_BareForward(benchmark::State& state) {
  at::set_num_threads(static_cast<int>(state.range(1)));
  at::Tensor audio = at::empty({state.range(0), kWindowSamples}, at::kFloat);
  RandomStream(1, 0).FillNormal(
      absl::MakeSpan(audio.data_ptr<float>(),
                     static_cast<std::size_t>(audio.numel())),
      0);
  const Mert& mert = MiniMert();
  const std::int64_t batches = 2 * kRecordings / state.range(0);
  for (auto _ : state) {
    for (std::int64_t i = 0; i < batches; ++i) {
      const absl::StatusOr<at::Tensor> means = mert.HiddenStateMeans(audio);
      if (!means.ok()) {
        state.SkipWithError(std::string(means.status().message()).c_str());
        return;
      }
      benchmark::DoNotOptimize(means->const_data_ptr());
    }
  }
  CountSeconds(state);
}
BENCHMARK(BM_BareForward)
    ->ArgNames({"batch", "threads"})
    ->ArgsProduct({{1, 4}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace culturemert
