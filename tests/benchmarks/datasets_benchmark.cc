// Decoding, resampling and storing, against the bare libraries in the same run:
// the ratio of BM_LoadMp3 to BM_BareMpg123AndSoxr is to stay below 1.25 in time
// (0.8 in speed).

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "benchmark/benchmark.h"
#include "datasets/audio/audio_file.h"
#include "datasets/store/pcm_store.h"
#include "datasets/store/prepare_corpus.h"
#include "mpg123.h"
#include "sndfile.h"
#include "soxr.h"
#include "tests/datasets/audio/test_audio.h"
#include "tools/base/files/memory_files.h"

namespace culturemert {
namespace {

constexpr int kRateHz = 44100;
constexpr int kSeconds = 60;

// Two channels of partials that come and go, so that a codec has work to do.
const std::vector<float>& Music() {
  static const auto& music = *new auto([] {
    std::vector<float> samples(2 * kRateHz * kSeconds);
    for (std::size_t i = 0; i < samples.size() / 2; ++i) {
      const double t = static_cast<double>(i) / kRateHz;
      for (int partial = 1; partial <= 8; ++partial) {
        const double level = 0.1 * std::sin(0.7 * partial * t) / partial;
        samples[2 * i] += level * std::sin(2 * M_PI * 220 * partial * t);
        samples[2 * i + 1] += level * std::sin(2 * M_PI * 277 * partial * t);
      }
    }
    return samples;
  }());
  return music;
}

const std::string& Mp3() {
  static const auto& mp3 = *new std::string(EncodeMp3(kRateHz, 2, Music()));
  return mp3;
}

void CountAudio(benchmark::State& state) {
  state.counters["audio_seconds_per_second"] =
      benchmark::Counter(static_cast<double>(kSeconds) * state.iterations(),
                         benchmark::Counter::kIsRate);
}

// The least that anyone would write: all of the file at once, no checks.
void BM_BareMpg123AndSoxr(benchmark::State& state) {
  const std::string& mp3 = Mp3();
  for (auto _ : state) {
    mpg123_handle* handle = mpg123_new(nullptr, nullptr);
    mpg123_param(handle, MPG123_ADD_FLAGS, MPG123_FORCE_FLOAT | MPG123_QUIET,
                 0);
    mpg123_open_feed(handle);
    mpg123_feed(handle, reinterpret_cast<const unsigned char*>(mp3.data()),
                mp3.size());
    std::vector<float> mono(kRateHz * (kSeconds + 1));
    std::size_t frames = 0;
    std::vector<float> stereo(1 << 15);
    int result = MPG123_OK;
    while (result == MPG123_OK || result == MPG123_NEW_FORMAT) {
      std::size_t done_bytes = 0;
      result = mpg123_read(handle, stereo.data(), stereo.size() * sizeof(float),
                           &done_bytes);
      for (std::size_t i = 0; i + 1 < done_bytes / sizeof(float); i += 2) {
        mono[frames++] = 0.5f * (stereo[i] + stereo[i + 1]);
      }
    }
    mpg123_delete(handle);
    std::vector<float> out(24000 * (kSeconds + 1));
    std::size_t written = 0;
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    soxr_oneshot(kRateHz, 24000, 1, mono.data(), frames, nullptr, out.data(),
                 out.size(), &written, nullptr, &quality, nullptr);
    benchmark::DoNotOptimize(written);
  }
  CountAudio(state);
}
BENCHMARK(BM_BareMpg123AndSoxr)->Unit(benchmark::kMillisecond);

void LoadBenchmark(benchmark::State& state, const std::string& file) {
  MemoryFiles files;
  if (!files.WriteAtomically("/a", file).ok()) {
    state.SkipWithError("cannot write");
  }
  for (auto _ : state) {
    const auto audio = LoadMono(files, "/a");
    if (!audio.ok()) state.SkipWithError("cannot load");
    benchmark::DoNotOptimize(audio);
  }
  CountAudio(state);
}

void BM_LoadMp3(benchmark::State& state) { LoadBenchmark(state, Mp3()); }
BENCHMARK(BM_LoadMp3)->Unit(benchmark::kMillisecond);

void BM_LoadWav(benchmark::State& state) {
  LoadBenchmark(state,
                Encode(SF_FORMAT_WAV | SF_FORMAT_PCM_16, kRateHz, 2, Music()));
}
BENCHMARK(BM_LoadWav)->Unit(benchmark::kMillisecond);

void BM_LoadFlac(benchmark::State& state) {
  LoadBenchmark(state,
                Encode(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, kRateHz, 2, Music()));
}
BENCHMARK(BM_LoadFlac)->Unit(benchmark::kMillisecond);

void BM_LoadVorbis(benchmark::State& state) {
  LoadBenchmark(state,
                Encode(SF_FORMAT_OGG | SF_FORMAT_VORBIS, kRateHz, 2, Music()));
}
BENCHMARK(BM_LoadVorbis)->Unit(benchmark::kMillisecond);

// Headers and frames only, as before a corpus is prepared.
void BM_Mp3Info(benchmark::State& state) {
  MemoryFiles files;
  if (!files.WriteAtomically("/a", Mp3()).ok()) {
    state.SkipWithError("cannot write");
  }
  for (auto _ : state) benchmark::DoNotOptimize(ReadAudioInfo(files, "/a"));
  CountAudio(state);
}
BENCHMARK(BM_Mp3Info)->Unit(benchmark::kMillisecond);

// Decode, resample and store, on one thread, store files in memory.
void BM_PrepareMp3(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    MemoryFiles files;
    if (!files.WriteAtomically("/a", Mp3()).ok()) {
      state.SkipWithError("cannot write");
    }
    state.ResumeTiming();
    PrepareOptions options;
    options.directory = "/store";
    options.is_quiet = true;
    const auto report =
        PrepareCorpus(files, {{"a", "makam", "/a", ""}}, options);
    if (!report.ok()) state.SkipWithError("cannot prepare");
  }
  CountAudio(state);
}
BENCHMARK(BM_PrepareMp3)->Unit(benchmark::kMillisecond);

// Segments of 5 s as float samples out of a store.
void BM_ReadSegments(benchmark::State& state) {
  MemoryFiles files;
  const auto writer = PcmStoreWriter::Open(files, "/store");
  std::vector<std::int16_t> samples(kSeconds * 24000, 1000);
  if (!writer.ok() || !(*writer)->Append({"a", "c", "", "", 0}, samples).ok() ||
      !(*writer)->Finish().ok()) {
    state.SkipWithError("cannot write the store");
    return;
  }
  const auto store = PcmStore::Open(files, "/store");
  std::vector<float> segment(5 * 24000);
  std::uint64_t first = 0;
  for (auto _ : state) {
    first = (first + 7919) % (samples.size() - segment.size());
    if (!(*store)->ReadFloat(0, first, absl::MakeSpan(segment)).ok()) {
      state.SkipWithError("cannot read");
    }
    benchmark::DoNotOptimize(segment.data());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_ReadSegments)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace culturemert
