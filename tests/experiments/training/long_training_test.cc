// What a training may not do over a thousand updates: grow, or wait for data.

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/training/tiny_training.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/json_lines.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

constexpr std::int64_t kUpdates = 1000;
constexpr std::int64_t kSegmentSamples = 2400;
constexpr std::int64_t kSamples = 24000;
constexpr std::int64_t kFrames = 75;

TinyCorpus Corpus() {
  TinyCorpus corpus;
  for (int i = 0; i < 2; ++i) {
    std::vector<std::int16_t> samples(kSamples);
    for (std::size_t k = 0; k < samples.size(); ++k) {
      samples[k] = static_cast<std::int16_t>(
          8000 * std::sin(0.05 * (i + 1) * static_cast<double>(k)));
    }
    corpus.recordings.push_back(samples);
    corpus.cultures.push_back("western");
    std::vector<std::uint16_t> codes(8 * kFrames);
    for (std::size_t k = 0; k < codes.size(); ++k) codes[k] = k % 16;
    corpus.codes.push_back(codes);
  }
  return corpus;
}

TEST(LongTraining, KeepsItsMemoryAndDoesNotWaitForData) {
  const std::string folder = JoinPath(testing::TempDir(), "long_training");
  ASSERT_THAT(Files::Real().RemoveTree(folder), IsOk());
  TinyTraining tiny(Corpus(), kSegmentSamples);
  TrainingConfig config = TinyTraining::Config();
  config.segment_seconds = 0.1;
  config.batch_seconds = 0.2;
  config.mixture.min_piece_samples = 400;
  config.mixture.max_piece_samples = 800;
  config.stages.resize(1);
  config.stages.front().trainable = AllParameterGroups();
  config.stages.front().updates = kUpdates;
  config.checkpoint.every_updates = 200;
  config.validation.times_per_stage = 5;
  TrainerOptions options;
  options.folder = folder;
  options.identity = "long";
  options.is_quiet = true;
  ASSERT_THAT(tiny.Run(config, options), IsOk());
  const auto speed = ReadJsonLines(
      Files::Real(), JoinPath(folder, "speed.jsonl"), JsonLinesOptions());
  ASSERT_THAT(speed, IsOk());
  std::vector<double> resident;
  double seconds = 0;
  double waiting = 0;
  for (const nlohmann::json& record : speed->records) {
    if (!record.contains("memory_bytes")) continue;  // Of a validation.
    resident.push_back(record.at("memory_bytes").get<double>());
    seconds += record.at("update_seconds").get<double>();
    waiting += record.at("waiting_seconds").get<double>();
  }
  ASSERT_EQ(resident.size(), kUpdates);
  // From the second checkpoint on: buffers have been made by then.
  EXPECT_LT(resident.back() / resident[kUpdates * 2 / 5 + 50], 1.01);
  // Below a fiftieth on a quiet machine.
  EXPECT_LT(waiting / seconds, 0.2);
  RecordProperty("waiting_part", std::to_string(waiting / seconds));
  RecordProperty("update_seconds", std::to_string(seconds / kUpdates));
}

}  // namespace
}  // namespace culturemert
