#include "experiments/actions/training_pool.h"

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/actions/small_set.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// One segment a clip, of 0.1 s.
constexpr std::int64_t kClipSamples = 2400;

class TrainingPoolTest : public testing::Test {
 protected:
  TrainingPoolTest() { options_.segment_samples = kClipSamples; }

  // A set of 10 training, 2 validation and 3 test recordings.
  PoolSource Source(const std::string& culture) {
    const PreparedSet set = SmallSet(culture, 10, 2, 3);
    PoolSource source;
    source.culture = culture;
    source.set_folder = absl::StrCat("/", culture);
    source.codes_folder = absl::StrCat("/", culture, ".codes");
    EXPECT_THAT(WriteSmallSet(files_, source.set_folder, set, kClipSamples),
                IsOk());
    EXPECT_THAT(WriteSmallCodes(files_, source.codes_folder, set, kClipSamples),
                IsOk());
    return source;
  }

  absl::StatusOr<std::unique_ptr<TrainingPool>> Create(
      const std::vector<PoolSource>& sources, double hours = 0) {
    return TrainingPool::Create(files_, sources, options_, hours);
  }

  // The numbers of the clips in an epoch, which their samples tell.
  std::multiset<int> Clips(const TrainingPool& pool) {
    std::multiset<int> clips;
    std::vector<float> audio(kClipSamples);
    for (std::uint64_t i = 0; i < pool.sampler().segments_per_epoch(); ++i) {
      const Segment segment = pool.sampler().At(0, i);
      EXPECT_THAT(
          pool.data().audio->Read(segment.recording, segment.first_sample,
                                  absl::MakeSpan(audio)),
          IsOk());
      clips.insert(static_cast<int>(audio[0] * 32768));
    }
    return clips;
  }

  MemoryFiles files_;
  SegmentSamplerOptions options_;
};

TEST_F(TrainingPoolTest, HoldsTheTrainingRecordingsUnlessToldOtherwise) {
  PoolSource source = Source("makam");
  const auto pool = Create({source});
  ASSERT_THAT(pool, IsOk());
  EXPECT_THAT(Clips(**pool), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  EXPECT_NEAR((*pool)->seconds(), 1.0, 1e-9);
  source.splits = {Split::kValid, Split::kTest};
  const auto others = Create({source});
  ASSERT_THAT(others, IsOk());
  EXPECT_THAT(Clips(**others), ElementsAre(11, 12, 13, 14, 15));
}

TEST_F(TrainingPoolTest, CodesAreThoseOfTheSameClip) {
  const auto pool = Create({Source("makam"), Source("lyra")});
  ASSERT_THAT(pool, IsOk());
  std::vector<float> audio(kClipSamples);
  for (std::uint64_t i = 0; i < (*pool)->sampler().segments_per_epoch(); ++i) {
    const Segment segment = (*pool)->sampler().At(0, i);
    ASSERT_THAT((*pool)->data().audio->Read(segment.recording, 0,
                                            absl::MakeSpan(audio)),
                IsOk());
    const auto codes = (*pool)->data().codes->Read({segment}, 3);
    ASSERT_THAT(codes, IsOk());
    EXPECT_EQ(codes->select(0, 0).select(0, 0).select(0, 0).item<int>(),
              static_cast<int>(audio[0] * 32768));
  }
}

TEST_F(TrainingPoolTest, AFractionIsSpreadEvenlyAndAtLeastOne) {
  PoolSource source = Source("makam");
  source.fraction = 0.5;
  const auto half = Create({source});
  ASSERT_THAT(half, IsOk());
  EXPECT_THAT(Clips(**half), ElementsAre(1, 3, 5, 7, 9));
  source.fraction = 0.3;
  const auto third = Create({source});
  ASSERT_THAT(third, IsOk());
  EXPECT_THAT(Clips(**third), ElementsAre(1, 5, 8));
  source.fraction = 0.001;
  const auto least = Create({source});
  ASSERT_THAT(least, IsOk());
  EXPECT_THAT(Clips(**least), ElementsAre(1));
}

TEST_F(TrainingPoolTest, EveryFractionTakesItsShare) {
  PoolSource source = Source("makam");
  for (int percent = 1; percent <= 100; ++percent) {
    source.fraction = percent / 100.0;
    const auto pool = Create({source});
    ASSERT_THAT(pool, IsOk());
    const auto taken = static_cast<double>(Clips(**pool).size());
    EXPECT_GE(taken, 1);
    EXPECT_NEAR(taken, 10 * source.fraction, 1) << percent;
  }
}

TEST_F(TrainingPoolTest, CulturesAreCalledAsTheSourcesCallThem) {
  options_.mix.replay_fraction = 0.5;
  options_.mix.replay_cultures = {"western"};
  const auto pool = Create({Source("makam"), Source("western")});
  ASSERT_THAT(pool, IsOk());
  const std::vector<SampledCulture>& cultures = (*pool)->sampler().cultures();
  ASSERT_EQ(cultures.size(), 2u);
  EXPECT_EQ(cultures[0].culture, "makam");
  EXPECT_FALSE(cultures[0].replay);
  EXPECT_EQ(cultures[1].culture, "western");
  EXPECT_TRUE(cultures[1].replay);
  EXPECT_NEAR(cultures[1].share, 0.5, 1e-9);
}

TEST_F(TrainingPoolTest, HoursLimitThePool) {
  const auto pool = Create({Source("makam"), Source("lyra")}, 0.6 / 3600);
  ASSERT_THAT(pool, IsOk());
  EXPECT_NEAR((*pool)->seconds(), 0.6, 1e-9);
}

TEST_F(TrainingPoolTest, EveryClipOfARecordingIsTaken) {
  PreparedSet set = SmallSet("r", 2, 0, 0);
  set.recordings[0].clips = {"a", "b", "c"};
  ASSERT_THAT(WriteSmallSet(files_, "/set", set, kClipSamples), IsOk());
  ASSERT_THAT(WriteSmallCodes(files_, "/codes", set, kClipSamples), IsOk());
  PoolSource source;
  source.culture = "makam";
  source.set_folder = "/set";
  source.codes_folder = "/codes";
  source.fraction = 0.5;
  const auto pool = Create({source});
  ASSERT_THAT(pool, IsOk());
  EXPECT_THAT(Clips(**pool), ElementsAre(1, 2, 3));
}

TEST_F(TrainingPoolTest, NoRecordingsAreRefused) {
  PoolSource source = Source("makam");
  source.splits = {};
  EXPECT_THAT(Create({source}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no recordings to train on")));
}

TEST_F(TrainingPoolTest, CodesOfAnotherSetAreRefusedWithTheRecording) {
  PoolSource source = Source("makam");
  source.codes_folder = Source("lyra").codes_folder;
  EXPECT_THAT(Create({source}),
              StatusIs(absl::StatusCode::kDataLoss,
                       AllOf(HasSubstr("/lyra.codes"), HasSubstr("makam0"))));
}

}  // namespace
}  // namespace culturemert
