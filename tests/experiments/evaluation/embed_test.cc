#include "experiments/evaluation/embed.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "datasets/store/pcm_store_writer.h"
#include "experiments/evaluation/feature_store.h"
#include "experiments/evaluation/log_mel_statistics.h"
#include "experiments/evaluation/mert_features.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/mert/mert.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kOut[] = "/features";

// Lengths in seconds of which some windows are shorter than a second.
constexpr double kSeconds[] = {2.5, 1, 0.9, 3, 0.3, 1.85, 0.9, 4};

std::string Id(std::size_t n) { return absl::StrCat("r", n); }

EmbedSettings OneSecondWindows() {
  EmbedSettings settings;
  settings.protocol.window_seconds = 1;
  settings.is_quiet = true;
  return settings;
}

class EmbedTest : public testing::Test {
 protected:
  EmbedTest()
      : mert_(Mert::CreateRandom(MertPreset("tiny").value(), 1).value()),
        features_(*mert_, "random 1", Pooling::kMean) {
    at::set_num_threads(1);  // Where tests run side by side, more are slower.
    const auto writer = PcmStoreWriter::Open(files_, "/store");
    EXPECT_THAT(writer, IsOk());
    for (std::size_t n = 0; n < std::size(kSeconds); ++n) {
      std::vector<std::int16_t> samples(
          static_cast<std::size_t>(kSeconds[n] * 24000));
      for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = static_cast<std::int16_t>(
            5000 * std::sin(0.01 * static_cast<double>((n + 2) * i)) +
            1000 * RandomStream(7, n).Normal(i));
      }
      EXPECT_THAT((*writer)->Append({Id(n), "c", "s", "d", 0}, samples),
                  IsOk());
      ids_.push_back(Id(n));
    }
    EXPECT_THAT((*writer)->Finish(), IsOk());
    store_ = PcmStore::Open(files_, "/store").value();
  }

  absl::Status Run(const EmbedSettings& settings,
                   absl::string_view directory = kOut) {
    return Embed(files_, *store_, ids_, features_, settings, directory);
  }

  std::vector<float> Features(absl::string_view directory,
                              absl::string_view id) {
    const auto store = FeatureStore::Open(files_, directory);
    EXPECT_THAT(store, IsOk());
    const auto index = (*store)->Find(id);
    EXPECT_TRUE(index.has_value());
    const absl::Span<const float> values = (*store)->Features(*index);
    return {values.begin(), values.end()};
  }

  MemoryFiles files_;
  const std::unique_ptr<Mert> mert_;
  MertFeatures features_;
  std::vector<std::string> ids_;
  std::unique_ptr<PcmStore> store_;
};

double LargestDifference(const std::vector<float>& a,
                         const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  double scale = 1;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
    scale = std::max(scale, std::abs(static_cast<double>(a[i])));
  }
  return largest / scale;
}

// Each window by itself through the model, by LibTorch's operators.
TEST_F(EmbedTest, FeaturesAreTheMeansOfTheNormalisedWindowsHiddenStates) {
  ASSERT_THAT(Run(OneSecondWindows()), IsOk());
  const std::vector<float> found = Features(kOut, "r0");
  std::vector<float> expected;
  for (const std::uint64_t first : {0, 24000}) {
    at::Tensor audio = at::empty({1, 24000}, at::kFloat);
    ASSERT_THAT(store_->ReadFloat(
                    0, first, absl::MakeSpan(audio.data_ptr<float>(), 24000)),
                IsOk());
    audio =
        (audio - audio.mean()) / (audio.var(/*unbiased=*/false) + 1e-7).sqrt();
    const auto states = mert_->HiddenStates(audio);  // [states, 1, T, D]
    ASSERT_THAT(states, IsOk());
    const at::Tensor means = states->mean(2).contiguous();
    expected.insert(expected.end(), means.data_ptr<float>(),
                    means.data_ptr<float>() + means.numel());
  }
  EXPECT_LT(LargestDifference(found, expected), 1e-5);
}

TEST_F(EmbedTest, TheBatchSizeMakesNoDifference) {
  EmbedSettings settings = OneSecondWindows();
  ASSERT_THAT(Run(settings), IsOk());
  for (const std::int64_t batch : {3, 64}) {
    settings.batch_windows = batch;
    const std::string directory = absl::StrCat("/batch", batch);
    ASSERT_THAT(Run(settings, directory), IsOk());
    const auto store = FeatureStore::Open(files_, directory);
    ASSERT_THAT(store, IsOk());
    for (std::size_t n = 0; n < ids_.size(); ++n) {
      EXPECT_EQ((*store)->recordings()[n].id, ids_[n]);
      EXPECT_LE(LargestDifference(Features(directory, ids_[n]),
                                  Features(kOut, ids_[n])),
                1e-6);
    }
  }
}

TEST_F(EmbedTest, WindowsFollowTheProtocol) {
  EmbedSettings settings = OneSecondWindows();
  settings.duration_cap_seconds = 3.5;
  ASSERT_THAT(Run(settings), IsOk());
  const auto store = FeatureStore::Open(files_, kOut);
  ASSERT_THAT(store, IsOk());
  std::vector<std::uint64_t> windows;
  for (const FeatureRecording& recording : (*store)->recordings()) {
    windows.push_back(recording.windows);
  }
  EXPECT_THAT(windows, ElementsAre(2, 1, 1, 3, 1, 2, 1, 3));
  EXPECT_EQ((*store)->format().extractor, "MERT random 1");
}

TEST_F(EmbedTest, AKilledRunGoesOnAndGivesTheSameStore) {
  ASSERT_THAT(Run(OneSecondWindows()), IsOk());
  const std::vector<std::string> all = ids_;
  ids_.resize(3);
  ASSERT_THAT(Run(OneSecondWindows(), "/halved"), IsOk());
  ids_ = all;
  ASSERT_THAT(Run(OneSecondWindows(), "/halved"), IsOk());
  ASSERT_THAT(Run(OneSecondWindows(), "/halved"), IsOk());
  for (const char* name : {"features.bin", "features.jsonl", "manifest.json"}) {
    EXPECT_EQ(files_.Read(absl::StrCat("/halved/", name)).value(),
              files_.Read(absl::StrCat(kOut, "/", name)).value());
  }
}

TEST_F(EmbedTest, AFolderOfOtherRecordingsOrRulesIsLeftAlone) {
  ASSERT_THAT(Run(OneSecondWindows()), IsOk());
  ids_.resize(3);
  EXPECT_THAT(Run(OneSecondWindows()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("5 recordings in it were not asked for"),
                             HasSubstr("\"r3\""))));
  EmbedSettings settings = OneSecondWindows();
  settings.protocol.normalise = false;
  EXPECT_THAT(Run(settings), StatusIs(absl::StatusCode::kFailedPrecondition,
                                      HasSubstr("choose another folder")));
}

TEST_F(EmbedTest, AllUnfitRecordingsAreListedBeforeAnythingIsComputed) {
  const auto writer = PcmStoreWriter::Open(files_, "/store2");
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Append({"short", "c", "s", "d", 0},
                                std::vector<std::int16_t>(399)),
              IsOk());
  ASSERT_THAT((*writer)->Finish(), IsOk());
  store_ = PcmStore::Open(files_, "/store2").value();
  ids_ = {"gone", "short", "short", "lost"};
  EXPECT_THAT(
      Run(OneSecondWindows()),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("/store2: 2 recordings are not in the store: "
                               "\"gone\", \"lost\""),
                     HasSubstr("1 recordings are asked for twice: \"short\""),
                     HasSubstr("shorter than the 400 samples"))));
  EXPECT_FALSE(files_.Exists(kOut));
}

TEST_F(EmbedTest, AnExtractorsErrorNamesTheRecording) {
  class Failing : public FeatureExtractor {
   public:
    std::string identity() const override { return "failing"; }
    std::int64_t states() const override { return 1; }
    std::int64_t state_size() const override { return 1; }
    std::int64_t min_samples() const override { return 1; }
    absl::StatusOr<at::Tensor> Extract(const at::Tensor&) const override {
      return absl::InternalError("out of order");
    }
  };
  EXPECT_THAT(Embed(files_, *store_, ids_, Failing(), OneSecondWindows(), kOut),
              StatusIs(absl::StatusCode::kInternal,
                       AllOf(HasSubstr("r0"), HasSubstr("out of order"))));
}

TEST_F(EmbedTest, LogMelStatisticsAreMeanAndDeviationOfTheFrames) {
  const auto log_mel = LogMelStatistics::Create();
  ASSERT_THAT(log_mel, IsOk());
  ASSERT_THAT(Embed(files_, *store_, ids_, **log_mel, OneSecondWindows(), kOut),
              IsOk());
  const std::vector<float> found = Features(kOut, "r1");
  ASSERT_EQ(found.size(), 160u);

  at::Tensor audio = at::empty({1, 24000}, at::kFloat);
  ASSERT_THAT(
      store_->ReadFloat(1, 0, absl::MakeSpan(audio.data_ptr<float>(), 24000)),
      IsOk());
  audio =
      (audio - audio.mean()) / (audio.var(/*unbiased=*/false) + 1e-7).sqrt();
  const auto frames =
      FrameFeatures::Create(FrameFeature::kLogMel).value()->Extract(audio);
  ASSERT_THAT(frames, IsOk());
  const at::Tensor mean = frames->mean(1).contiguous();
  const at::Tensor deviation = frames->std(1, /*unbiased=*/false).contiguous();
  std::vector<float> expected(mean.data_ptr<float>(),
                              mean.data_ptr<float>() + 80);
  expected.insert(expected.end(), deviation.data_ptr<float>(),
                  deviation.data_ptr<float>() + 80);
  EXPECT_LT(LargestDifference(found, expected), 1e-5);
}

TEST_F(EmbedTest, ABatchHasAtLeastOneWindow) {
  EmbedSettings settings = OneSecondWindows();
  settings.batch_windows = 0;
  EXPECT_THAT(Run(settings), StatusIs(absl::StatusCode::kInvalidArgument,
                                      HasSubstr("batch_windows is 0")));
}

}  // namespace
}  // namespace culturemert
