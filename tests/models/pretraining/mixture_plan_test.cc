#include "models/pretraining/mixture_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kClipSamples = 120000;

std::vector<RandomStream> Samples(std::uint64_t first, std::uint64_t count) {
  const RandomStream root(11, StreamId("mixture"));
  std::vector<RandomStream> samples;
  for (std::uint64_t i = first; i < first + count; ++i) {
    samples.push_back(root.Substream(i));
  }
  return samples;
}

// Mean, least and greatest of what was drawn.
struct Drawn {
  double count = 0;
  double sum = 0;
  double lowest = 1e18;
  double highest = -1e18;

  void Add(double value) {
    count += 1;
    sum += value;
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
  }
};

// As uniform on the integers [low, high]: the mean to four standard errors, the
// extremes near the ends.
void ExpectUniform(const Drawn& drawn, double low, double high) {
  const double width = high - low + 1;
  const double error = std::sqrt((width * width - 1) / 12 / drawn.count);
  EXPECT_NEAR(drawn.sum / drawn.count, (low + high) / 2, 4 * error);
  EXPECT_GE(drawn.lowest, low);
  EXPECT_LE(drawn.highest, high);
  EXPECT_LE(drawn.lowest, low + width * 10 / drawn.count);
  EXPECT_GE(drawn.highest, high - width * 10 / drawn.count);
}

TEST(PlanMixture, DrawsEverythingUniformly) {
  constexpr std::uint64_t kClips = 4000;
  const MixturePlan plan =
      PlanMixture({}, kClipSamples, Samples(0, kClips)).value();
  ASSERT_EQ(plan.size(), kClips);
  Drawn mixed;
  Drawn pieces;
  Drawn lengths;
  Drawn starts;
  Drawn relative_places;
  const double pool = static_cast<double>(kClips - 1) * kClipSamples;
  for (const std::vector<MixturePiece>& clip : plan) {
    mixed.Add(clip.empty() ? 0 : 1);
    if (!clip.empty()) pieces.Add(static_cast<double>(clip.size()));
    for (const MixturePiece& piece : clip) {
      lengths.Add(static_cast<double>(piece.samples));
      starts.Add(static_cast<double>(piece.pool_first_sample));
      // Relative to where the piece could still start.
      relative_places.Add(
          std::floor(1000 * static_cast<double>(piece.clip_first_sample) /
                     static_cast<double>(kClipSamples - piece.samples + 1)));
    }
  }
  ExpectUniform(mixed, 0, 1);
  ExpectUniform(pieces, 1, 3);
  ExpectUniform(lengths, 12000, 24000);
  ExpectUniform(starts, 0, pool - 24000);
  ExpectUniform(relative_places, 0, 999);
}

TEST(PlanMixture, PlansEachClipFromItsOwnStream) {
  const std::vector<RandomStream> samples = Samples(5, 4);
  std::vector<RandomStream> changed = samples;
  changed[1] = Samples(99, 1)[0];
  MixtureConfig config;
  config.probability = 1;
  const MixturePlan plan = PlanMixture(config, kClipSamples, samples).value();
  const MixturePlan other = PlanMixture(config, kClipSamples, changed).value();
  for (const std::size_t clip : {0, 2, 3}) {
    ASSERT_EQ(plan[clip].size(), other[clip].size());
    for (std::size_t i = 0; i < plan[clip].size(); ++i) {
      EXPECT_EQ(plan[clip][i].pool_first_sample,
                other[clip][i].pool_first_sample);
      EXPECT_EQ(plan[clip][i].samples, other[clip][i].samples);
      EXPECT_EQ(plan[clip][i].clip_first_sample,
                other[clip][i].clip_first_sample);
    }
  }
}

TEST(PlanMixture, LeavesALoneClipAsItIs) {
  MixtureConfig config;
  config.probability = 1;
  EXPECT_THAT(PlanMixture(config, kClipSamples, Samples(0, 1)),
              IsOkAndHolds(Each(IsEmpty())));
  EXPECT_THAT(PlanMixture(config, /*clip_samples=*/10, Samples(0, 1)), IsOk());
}

TEST(PlanMixture, MixesNothingWithoutProbability) {
  MixtureConfig config;
  config.probability = 0;
  EXPECT_THAT(PlanMixture(config, kClipSamples, Samples(0, 50)),
              IsOkAndHolds(Each(IsEmpty())));
}

TEST(PlanMixture, FillsClipsOfTheLongestPieceExactly) {
  MixtureConfig config;
  config.probability = 1;
  config.min_piece_samples = 24000;
  const MixturePlan plan = PlanMixture(config, 24000, Samples(0, 2)).value();
  for (const std::vector<MixturePiece>& clip : plan) {
    ASSERT_FALSE(clip.empty());
    for (const MixturePiece& piece : clip) {
      EXPECT_EQ(piece.samples, 24000);
      EXPECT_EQ(piece.pool_first_sample, 0);
      EXPECT_EQ(piece.clip_first_sample, 0);
    }
  }
}

TEST(PlanMixture, RefusesWhatItCannotPlan) {
  EXPECT_THAT(
      PlanMixture({}, 23999, Samples(0, 2)),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("pieces of up to 24000 samples to clips of 23999")));
  EXPECT_THAT(
      PlanMixture({}, kClipSamples, {}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("without clips")));
  MixtureConfig config;
  config.max_pieces = 0;
  EXPECT_THAT(
      PlanMixture(config, kClipSamples, Samples(0, 2)),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("max_pieces")));
}

}  // namespace
}  // namespace culturemert
