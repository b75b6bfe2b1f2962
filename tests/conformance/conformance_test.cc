// Owns the conformance number: fixed audio goes through everything that a
// published digit depends on, and what comes out must be what the number stands
// for.
//
//   WAV, 44.1 kHz → decoder, resampler, int16 → windows → encoder, log-mel →
//   probes → metrics
//
// A change that breaks this test changes published digits: raise kConformance
// (experiments/records/conformance.h), tell what changed in the history of
// experiments/records/README.md, and put the new values here. The test prints
// them.

#include "experiments/records/conformance.h"

#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "datasets/audio/wav_writer.h"
#include "datasets/catalog/catalog.h"
#include "experiments/actions/embed_set.h"
#include "experiments/actions/prepare_files.h"
#include "experiments/evaluation/log_mel_statistics.h"
#include "experiments/evaluation/mert_features.h"
#include "experiments/evaluation/probe_trainer.h"
#include "experiments/metrics/evaluation.h"
#include "models/mert/mert.h"
#include "models/mert/mert_config.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

static_assert(kConformance == 1,
              "the expected values below are those of conformance 1");

constexpr int kRecordings = 40;
constexpr int kRateHz = 44100;
constexpr double kTwoPi = 6.283185307179586;

// 1.5 to 2.5 s of a tone and noise: tags by the tone and by the
// noise.
std::vector<float> Audio(int recording) {
  const RandomStream random(41, static_cast<std::uint64_t>(recording));
  const int samples = 66150 + 1103 * recording;
  const double pitch_hz = recording % 2 == 0 ? 220.5 : 310.25;
  const double noise = recording % 4 < 2 ? 0.02 : 0.03;
  std::vector<float> audio;
  for (int i = 0; i < samples; ++i) {
    const double tone = std::sin(kTwoPi * pitch_hz * i / kRateHz);
    audio.push_back(static_cast<float>(
        0.2 * tone + noise * random.Normal(static_cast<std::uint64_t>(i))));
  }
  return audio;
}

const char* SplitOf(int recording) {
  return recording < 20 ? "train" : recording < 28 ? "valid" : "test";
}

Dataset WriteFolder(Files& files) {
  std::string labels = "path,culture,tags,recording,split\n";
  for (int i = 0; i < kRecordings; ++i) {
    const std::string name = absl::StrCat("r", i, ".wav");
    EXPECT_THAT(
        WriteWav(files, absl::StrCat("/data/", name), Audio(i), kRateHz),
        IsOk());
    std::string tags = i % 2 == 0 ? "pitch:low" : "pitch:high";
    if (i % 4 >= 2) tags += ";noise:much";
    absl::StrAppend(&labels, name, ",generated,", tags, ",r", i, ",",
                    SplitOf(i), "\n");
  }
  EXPECT_THAT(files.WriteAtomically("/data/labels.csv", labels), IsOk());
  return LoadAnyDataset(files, "/data", "folder").value();
}

class Conformance : public ::testing::Test {
 protected:
  void SetUp() override {
    at::set_num_threads(1);
    ASSERT_THAT(files_.CreateDirectories("/data"), IsOk());
    PrepareOptions options;
    options.is_quiet = true;
    const absl::StatusOr<PreparedSet> set =
        PrepareFiles(files_, "/set", WriteFolder(files_), options);
    ASSERT_THAT(set, IsOk());
    set_ = *set;
  }

  ProbeData Embed(const FeatureExtractor& extractor, const std::string& name) {
    EmbedSettings settings;
    settings.protocol.window_seconds = 1;
    settings.is_quiet = true;
    EXPECT_THAT(EmbedSet(files_, "/set", extractor, settings, name), IsOk());
    features_ = FeatureStore::Open(files_, name).value();
    return JoinFeatures(set_, *features_).value();
  }

  MemoryFiles files_;
  PreparedSet set_;
  std::unique_ptr<FeatureStore> features_;
};

// Prints what was found, so that it can be copied.
void ExpectValues(const std::string& what, const std::vector<double>& found,
                  const std::vector<double>& expected, double tolerance) {
  std::cout << what << ":";
  for (const double value : found) std::cout << " " << value << ",";
  std::cout << "\n";
  EXPECT_THAT(found,
              ::testing::Pointwise(::testing::DoubleNear(tolerance), expected))
      << what;
}

std::vector<double> First(absl::Span<const float> values, std::size_t begin) {
  return {values.begin() + begin, values.begin() + begin + 4};
}

TEST_F(Conformance, FeaturesAreThoseOfTheNumber) {
  std::cout.precision(9);
  const auto log_mel = LogMelStatistics::Create().value();
  const ProbeData statistics = Embed(*log_mel, "/log_mel");
  ExpectValues("log-mel", First(statistics.train[0].features, 20),
               {2.03138304, 2.04652882, 2.12734342, 2.10239005}, 2e-4);
  const auto mert =
      Mert::CreateRandom(MertPreset("tiny").value(), /*seed=*/7).value();
  const ProbeData states =
      Embed(MertFeatures(*mert, "tiny", Pooling::kMean), "/mert");
  // The second window's second state.
  const std::size_t begin = states.window_size() + 32;
  ExpectValues("encoder", First(states.train[1].features, begin),
               {-0.119060233, -0.780965924, -0.190999627, -0.448412925}, 2e-4);
}

TEST_F(Conformance, ProbesAreThoseOfTheNumber) {
  std::cout.precision(9);
  const auto log_mel = LogMelStatistics::Create().value();
  const ProbeData data = Embed(*log_mel, "/log_mel");
  ProbingConfig config;
  config.hidden_size = 16;
  config.max_epochs = 4;
  config.batch_size = 8;
  ProbingReport report;
  report.is_quiet = true;
  const auto pool = ThreadPool::Create(1).value();
  const auto probes = TrainProbes(data, config, {3, 4}, *pool, report);
  ASSERT_THAT(probes, IsOk());
  const LabelledScores scores = TestScores(data, *probes);
  ExpectValues("probabilities",
               {scores.seeds[0][0], scores.seeds[0][4], scores.seeds[1][7]},
               {0.525996631, 0.457182398, 0.398182422}, 2e-3);
}

// Of scores as they are: probes may differ in the last digits between
// processors.
TEST_F(Conformance, MetricsAreThoseOfTheNumber) {
  std::cout.precision(17);
  const RandomStream random(43, 0);
  LabelledScores scores;
  scores.tags = {"a", "b", "c"};
  scores.seeds.resize(2);
  for (int i = 0; i < 50; ++i) {
    scores.ids.push_back(absl::StrCat("r", i));
    for (std::uint64_t tag = 0; tag < 3; ++tag) {
      const std::uint64_t place = 3 * static_cast<std::uint64_t>(i) + tag;
      const bool label = random.UniformInt(place, 4) == 0;
      scores.truth.push_back(label ? 1 : 0);
      for (std::uint64_t seed = 0; seed < 2; ++seed) {
        // In steps of 1/16, so that there are ties.
        const auto step = random.UniformInt(1000 + 2 * place + seed, 12);
        scores.seeds[seed].push_back(
            (static_cast<double>(step) + (label ? 4 : 0)) / 16);
      }
    }
  }
  const auto pool = ThreadPool::Create(1).value();
  const auto evaluation = EvaluateScores(*pool, scores);
  ASSERT_THAT(evaluation, IsOk());
  const auto& summary = evaluation->sets.all.summary;
  ExpectValues(
      "ROC-AUC, AP, macro F1, micro F1",
      {summary[Metric::kRocAuc]->mean, summary[Metric::kAveragePrecision]->mean,
       summary[Metric::kMacroF1]->mean, summary[Metric::kMicroF1]->mean},
      {0.81717689379274749, 0.64614787053694356, 0.52978502978502973,
       0.52966751918158561},
      1e-12);
}

}  // namespace
}  // namespace culturemert
