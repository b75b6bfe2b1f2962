// How fast segments are drawn and read: a training step must never wait for
// them. Bar: 3000 segments of 5 s a second on 2 cores.

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "benchmark/benchmark.h"
#include "datasets/sampling/memory_segment_reader.h"
#include "datasets/sampling/segment_loader.h"
#include "datasets/sampling/segment_sampler.h"
#include "datasets/sampling/store_segment_reader.h"
#include "datasets/store/pcm_store.h"
#include "datasets/store/pcm_store_writer.h"
#include "tools/base/files/files.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

constexpr std::int64_t kSecond = 24000;

// A benchmark of a failure means nothing.
void ExitUnlessOk(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << status << "\n";
  std::exit(1);
}

template <typename T>
T ValueOrExit(absl::StatusOr<T> value) {
  ExitUnlessOk(value.status());
  return *std::move(value);
}

// Recordings of 30 seconds to 10 minutes, in the proportions of the paper's mix
// and its replay.
std::vector<SampledRecording> Recordings(std::int64_t count) {
  const char* const cultures[] = {"carnatic", "hindustani", "makam", "western"};
  const RandomStream random(1, StreamId("benchmark"));
  std::vector<SampledRecording> recordings;
  for (std::int64_t i = 0; i < count; ++i) {
    recordings.push_back(
        {30 * kSecond +
             static_cast<std::int64_t>(random.UniformInt(2 * i, 570 * kSecond)),
         i % 13 == 0 ? "lyra" : cultures[random.UniformInt(2 * i + 1, 4)]});
  }
  return recordings;
}

SegmentSamplerOptions Options(Drawing drawing) {
  SegmentSamplerOptions options;
  options.drawing = drawing;
  options.mix.replay_fraction = 0.2;
  options.mix.replay_cultures = {"western"};
  return options;
}

void CreateSampler(benchmark::State& state) {
  const std::vector<SampledRecording> recordings = Recordings(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(ValueOrExit(
        SegmentSampler::Create(recordings, Options(Drawing::kShuffledEpochs))));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(CreateSampler)->Arg(1000)->Arg(100000)->Unit(benchmark::kMillisecond);

void DrawSegment(benchmark::State& state, Drawing drawing) {
  const auto sampler = ValueOrExit(
      SegmentSampler::Create(Recordings(state.range(0)), Options(drawing)));
  std::uint64_t number = 0;
  for (auto _ : state) benchmark::DoNotOptimize(sampler->At(number++));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(DrawSegment, shuffled_epochs, Drawing::kShuffledEpochs)
    ->Arg(1000)
    ->Arg(100000);
BENCHMARK_CAPTURE(DrawSegment, with_replacement, Drawing::kWithReplacement)
    ->Arg(1000)
    ->Arg(100000);

// A store of 100 recordings of 30 seconds, 144 MB: more than caches hold. On
// disk, in a folder that is removed at the end.
class Audio {
 public:
  Audio()
      : directory_(std::filesystem::temp_directory_path() /
                   absl::StrCat("sampling_benchmark_", getpid())) {
    WriteStore();
    store_ = ValueOrExit(PcmStore::Open(Files::Real(), directory_.string()));
    std::vector<StorePlace> places;
    std::vector<std::vector<std::int16_t>> copies;
    for (std::size_t i = 0; i < store_->recordings().size(); ++i) {
      const absl::Span<const std::int16_t> samples = store_->Samples(i);
      copies.emplace_back(samples.begin(), samples.end());
      places.push_back({store_.get(), i});
    }
    stored_ = ValueOrExit(StoreSegmentReader::Create(std::move(places)));
    in_memory_ = std::make_unique<MemorySegmentReader>(std::move(copies));
    sampler_ = ValueOrExit(SegmentSampler::Create(stored_->Recordings(), {}));
  }
  ~Audio() { std::filesystem::remove_all(directory_); }

  const SegmentSampler& sampler() const { return *sampler_; }
  const SegmentReader& stored() const { return *stored_; }
  const SegmentReader& in_memory() const { return *in_memory_; }

 private:
  void WriteStore() const {
    const auto writer =
        ValueOrExit(PcmStoreWriter::Open(Files::Real(), directory_.string()));
    std::vector<std::int16_t> samples(30 * kSecond);
    for (std::size_t i = 0; i < 100; ++i) {
      for (std::size_t j = 0; j < samples.size(); ++j) {
        samples[j] = static_cast<std::int16_t>(i * 331 + j * 17);
      }
      NewRecording recording;
      recording.id = absl::StrCat(i);
      recording.culture = "a";
      ExitUnlessOk(writer->Append(recording, samples));
    }
    ExitUnlessOk(writer->Finish());
  }

  const std::filesystem::path directory_;
  std::unique_ptr<PcmStore> store_;
  std::unique_ptr<StoreSegmentReader> stored_;
  std::unique_ptr<MemorySegmentReader> in_memory_;
  std::unique_ptr<SegmentSampler> sampler_;
};

const Audio& SharedAudio() {
  static const Audio audio;
  return audio;
}

void LoadSegments(benchmark::State& state,
                  const SegmentReader& (Audio::*reader)() const) {
  const Audio& audio = SharedAudio();
  SegmentLoaderOptions options;
  options.workers = static_cast<int>(state.range(0));
  const auto loader = ValueOrExit(
      SegmentLoader::Create(audio.sampler(), (audio.*reader)(), options));
  SegmentBatch batch;
  for (auto _ : state) {
    ExitUnlessOk(loader->Next(batch));
    benchmark::DoNotOptimize(batch.audio.data());
  }
  state.SetItemsProcessed(state.iterations() * options.slicing.batch_segments);
  state.counters["ring_bytes"] = static_cast<double>(loader->buffer_bytes());
}
BENCHMARK_CAPTURE(LoadSegments, from_store, &Audio::stored)
    ->ArgName("workers")
    ->Arg(1)
    ->Arg(2)
    ->Arg(4)
    ->UseRealTime();
BENCHMARK_CAPTURE(LoadSegments, from_memory, &Audio::in_memory)
    ->ArgName("workers")
    ->Arg(2)
    ->UseRealTime();

}  // namespace
}  // namespace culturemert
