// Speed of the base room. Each own piece stands beside a plain reference that
// moves or makes as many bytes, so that the ratio, not the machine, is read.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "benchmark/benchmark.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/formats/csv.h"
#include "tools/base/formats/npy.h"
#include "tools/base/hash/hash.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/random/permutation.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

constexpr std::int64_t kFloats = 1 << 16;

void SetBytes(benchmark::State& state, std::int64_t bytes) {
  state.SetBytesProcessed(state.iterations() * bytes);
}

void BM_Uniform_MersenneTwister(benchmark::State& state) {
  std::mt19937 generator(1);
  std::uniform_real_distribution<float> uniform;
  std::vector<float> values(kFloats);
  for (auto _ : state) {
    for (float& value : values) value = uniform(generator);
    benchmark::DoNotOptimize(values.data());
  }
  state.SetItemsProcessed(state.iterations() * kFloats);
}
BENCHMARK(BM_Uniform_MersenneTwister);

void BM_Uniform_Philox(benchmark::State& state) {
  const RandomStream stream(1, StreamId("benchmark"));
  std::vector<float> values(kFloats);
  for (auto _ : state) {
    stream.FillUniform(absl::MakeSpan(values), 0);
    benchmark::DoNotOptimize(values.data());
  }
  state.SetItemsProcessed(state.iterations() * kFloats);
}
BENCHMARK(BM_Uniform_Philox);

void BM_Normal_MersenneTwister(benchmark::State& state) {
  std::mt19937 generator(1);
  std::normal_distribution<float> normal;
  std::vector<float> values(kFloats);
  for (auto _ : state) {
    for (float& value : values) value = normal(generator);
    benchmark::DoNotOptimize(values.data());
  }
  state.SetItemsProcessed(state.iterations() * kFloats);
}
BENCHMARK(BM_Normal_MersenneTwister);

void BM_Normal_Philox(benchmark::State& state) {
  const RandomStream stream(1, StreamId("benchmark"));
  std::vector<float> values(kFloats);
  for (auto _ : state) {
    stream.FillNormal(absl::MakeSpan(values), 0);
    benchmark::DoNotOptimize(values.data());
  }
  state.SetItemsProcessed(state.iterations() * kFloats);
}
BENCHMARK(BM_Normal_Philox);

void BM_Shuffle_Standard(benchmark::State& state) {
  std::mt19937_64 generator(1);
  std::vector<std::int64_t> order(1 << 20);
  for (auto _ : state) {
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), generator);
    benchmark::DoNotOptimize(order.data());
  }
  state.SetItemsProcessed(state.iterations() * order.size());
}
BENCHMARK(BM_Shuffle_Standard);

void BM_Shuffle_IndexPermutation(benchmark::State& state) {
  const std::int64_t count = 1 << 20;
  const IndexPermutation order(RandomStream(1, StreamId("benchmark")), count);
  for (auto _ : state) {
    std::int64_t sum = 0;
    for (std::int64_t i = 0; i < count; ++i) sum += order.At(i);
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * count);
}
BENCHMARK(BM_Shuffle_IndexPermutation);

void BM_Hash(benchmark::State& state) {
  const std::string bytes(state.range(0), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(HashBytes(bytes));
  SetBytes(state, state.range(0));
}
BENCHMARK(BM_Hash)->Arg(64)->Arg(1 << 20);

void BM_Copy(benchmark::State& state) {
  const std::string bytes(state.range(0), 'x');
  std::string copy(bytes.size(), '\0');
  for (auto _ : state) {
    std::memcpy(copy.data(), bytes.data(), bytes.size());
    benchmark::DoNotOptimize(copy.data());
    benchmark::ClobberMemory();
  }
  SetBytes(state, state.range(0));
}
BENCHMARK(BM_Copy)->Arg(1 << 20);

// As annotations_final.csv of MagnaTagATune: 25,863 rows of 190 columns.
std::string TagTable() {
  std::string row = "12345";
  for (int tag = 0; tag < 188; ++tag) row += tag % 40 == 0 ? "\t1" : "\t0";
  row += "\ta/some_artist-some_album-01-some_title-0-29.mp3\n";
  std::string table;
  for (int i = 0; i < 25863; ++i) table += row;
  return table;
}

void BM_Csv(benchmark::State& state) {
  MemoryFiles files;
  if (!files.WriteAtomically("/tags.csv", TagTable()).ok()) {
    state.SkipWithError("cannot write the table");
  }
  CsvTableOptions options;
  options.delimiter = '\t';
  for (auto _ : state) {
    auto table = CsvTable::Read(files, "/tags.csv", options);
    if (!table.ok()) state.SkipWithError(table.status().ToString().c_str());
    benchmark::DoNotOptimize(table);
  }
  SetBytes(state, files.Info("/tags.csv")->size_bytes);
}
BENCHMARK(BM_Csv)->Unit(benchmark::kMillisecond);

void BM_NpyView(benchmark::State& state) {
  const std::vector<float> values(kFloats, 1.0f);
  const std::string bytes = *PrintNpy<float>(values, {kFloats});
  const absl::Span<const std::uint8_t> view(
      reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  for (auto _ : state) benchmark::DoNotOptimize(ParseNpy(view, "x.npy"));
}
BENCHMARK(BM_NpyView);

// The cost of one iteration of a parallel loop that does nothing.
void BM_ParallelFor(benchmark::State& state) {
  const auto pool = *ThreadPool::Create(static_cast<int>(state.range(0)));
  constexpr std::int64_t kIterations = 1000;
  for (auto _ : state) {
    const absl::Status status = ParallelFor(
        *pool, kIterations, [](std::int64_t) { return absl::OkStatus(); });
    benchmark::DoNotOptimize(status.ok());
  }
  state.SetItemsProcessed(state.iterations() * kIterations);
}
BENCHMARK(BM_ParallelFor)->Arg(1)->Arg(2)->UseRealTime();

}  // namespace
}  // namespace culturemert
