// bazel run //tests/experiments/records:records_benchmark

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "experiments/records/predictions.h"
#include "experiments/records/record_json.h"
#include "experiments/records/record_store.h"
#include "tests/experiments/records/sample_record.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/files/files.h"

namespace culturemert {
namespace {

void Require(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << status << "\n";
  std::abort();
}

// Six datasets x four models x five seeds x fifty tags in each record.
void BM_ReadRecords(benchmark::State& state) {
  Files& files = Files::Real();
  const std::string folder = (std::filesystem::temp_directory_path() /
                              absl::StrCat("culturemert_records_", getpid()))
                                 .string();
  const std::string text = FormatRecord(LargeRecord()).value();
  Require(files.CreateDirectories(folder));
  for (int i = 0; i < state.range(0); ++i) {
    Require(files.WriteAtomically(absl::StrCat(folder, "/", i, ".json"), text));
  }
  for (auto _ : state) {
    const auto list = ReadRecords(files, folder);
    Require(list.status());
    if (list->records.size() != static_cast<std::size_t>(state.range(0))) {
      std::abort();
    }
  }
  state.SetBytesProcessed(state.iterations() * state.range(0) * text.size());
  Require(files.RemoveTree(folder));
}
BENCHMARK(BM_ReadRecords)
    ->Arg(1000)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

void BM_ParseRecord(benchmark::State& state) {
  const std::string text = FormatRecord(LargeRecord()).value();
  for (auto _ : state) Require(ParseRecord(text, "a.json").status());
  state.SetBytesProcessed(state.iterations() * text.size());
}
BENCHMARK(BM_ParseRecord)->Unit(benchmark::kMillisecond);

// The ways not taken: a tree, by the library and by the strict parser.
void BM_ParseAsTree(benchmark::State& state) {
  const std::string text = FormatRecord(LargeRecord()).value();
  for (auto _ : state) {
    benchmark::DoNotOptimize(nlohmann::json::parse(text));
  }
  state.SetBytesProcessed(state.iterations() * text.size());
}
BENCHMARK(BM_ParseAsTree)->Unit(benchmark::kMillisecond);

void BM_ParseAsStrictTree(benchmark::State& state) {
  const std::string text = FormatRecord(LargeRecord()).value();
  for (auto _ : state) Require(ParseJson(text, "a.json").status());
  state.SetBytesProcessed(state.iterations() * text.size());
}
BENCHMARK(BM_ParseAsStrictTree)->Unit(benchmark::kMillisecond);

void BM_FormatRecord(benchmark::State& state) {
  const Record record = LargeRecord();
  for (auto _ : state) Require(FormatRecord(record).status());
}
BENCHMARK(BM_FormatRecord)->Unit(benchmark::kMillisecond);

// 26,000 recordings x 50 tags: 1.3 million scores.
ScoreTable LargeScores() {
  ScoreTable scores;
  for (int tag = 0; tag < 50; ++tag) {
    scores.tags.push_back(absl::StrCat("tag ", tag));
  }
  for (std::uint32_t i = 0; i < 26000; ++i) {
    scores.ids.push_back(absl::StrCat("recording-", i));
    for (std::uint32_t tag = 0; tag < 50; ++tag) {
      const std::uint32_t bits = (i * 50 + tag) * 2654435761u;
      scores.values.push_back(static_cast<float>(bits >> 8) * 0x1p-24f);
    }
  }
  return scores;
}

void BM_ParseScores(benchmark::State& state) {
  const ScoreTable scores = LargeScores();
  const std::string text =
      FormatScores(scores.ids, scores.tags, scores.values).value();
  for (auto _ : state) Require(ParseScores(text, "scores.csv").status());
  state.SetBytesProcessed(state.iterations() * text.size());
}
BENCHMARK(BM_ParseScores)->Unit(benchmark::kMillisecond);

void BM_FormatScores(benchmark::State& state) {
  const ScoreTable scores = LargeScores();
  for (auto _ : state) {
    Require(FormatScores(scores.ids, scores.tags, scores.values).status());
  }
}
BENCHMARK(BM_FormatScores)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace culturemert
