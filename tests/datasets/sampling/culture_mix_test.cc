#include "datasets/sampling/culture_mix.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Amounts = std::map<std::string, std::uint64_t>;

// The paper's mix, in hours, and its replay.
Amounts PaperHours() {
  return {{"carnatic", 200},
          {"hindustani", 200},
          {"lyra", 50},
          {"makam", 200},
          {"western", 900}};
}

auto IsShare(const std::string& culture, bool replay, double share_of_part,
             double share) {
  return AllOf(
      Field(&CultureShare::culture, culture),
      Field(&CultureShare::replay, replay),
      Field(&CultureShare::share_of_part, DoubleNear(share_of_part, 1e-12)),
      Field(&CultureShare::share, DoubleNear(share, 1e-12)));
}

CultureMix Replay(double fraction, std::vector<std::string> cultures) {
  CultureMix mix;
  mix.replay_fraction = fraction;
  mix.replay_cultures = std::move(cultures);
  return mix;
}

CultureMix Given(std::map<std::string, double> weights) {
  CultureMix mix;
  mix.weighting = CultureWeighting::kGiven;
  mix.weights = std::move(weights);
  return mix;
}

void ExpectRefused(const Amounts& drawable, const CultureMix& mix,
                   const std::string& message) {
  EXPECT_THAT(CultureShares(drawable, mix),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
}

TEST(CultureMixTest, IsProportionalToDurationByDefault) {
  EXPECT_THAT(CultureShares({{"b", 3}, {"a", 1}, {"none", 0}}, {}),
              IsOkAndHolds(ElementsAre(IsShare("a", false, 0.25, 0.25),
                                       IsShare("b", false, 0.75, 0.75))));
}

TEST(CultureMixTest, ReplaysAFractionWhileTheRestFollowsTheMix) {
  EXPECT_THAT(CultureShares(PaperHours(), Replay(0.2, {"western"})),
              IsOkAndHolds(ElementsAre(
                  IsShare("carnatic", false, 200. / 650, 0.8 * 200 / 650),
                  IsShare("hindustani", false, 200. / 650, 0.8 * 200 / 650),
                  IsShare("lyra", false, 50. / 650, 0.8 * 50 / 650),
                  IsShare("makam", false, 200. / 650, 0.8 * 200 / 650),
                  IsShare("western", true, 1, 0.2))));
}

TEST(CultureMixTest, SharesTheReplayByDurationWhateverTheMixDoes) {
  CultureMix mix = Replay(0.5, {"c", "d"});
  mix.weighting = CultureWeighting::kBalanced;
  EXPECT_THAT(
      CultureShares({{"a", 9}, {"b", 1}, {"c", 3}, {"d", 1}}, mix),
      IsOkAndHolds(ElementsAre(
          IsShare("a", false, 0.5, 0.25), IsShare("b", false, 0.5, 0.25),
          IsShare("c", true, 0.75, 0.375), IsShare("d", true, 0.25, 0.125))));
}

TEST(CultureMixTest, LeavesReplayCulturesOutWhereNothingIsReplayed) {
  EXPECT_THAT(CultureShares({{"a", 9}, {"b", 1}}, Replay(0, {"b", "absent"})),
              IsOkAndHolds(ElementsAre(IsShare("a", false, 1, 1))));
}

TEST(CultureMixTest, CanBeNothingButReplay) {
  EXPECT_THAT(CultureShares({{"a", 9}, {"b", 1}}, Replay(1, {"b"})),
              IsOkAndHolds(ElementsAre(IsShare("b", true, 1, 1))));
  EXPECT_THAT(CultureShares({{"b", 1}}, Replay(1, {"b"})),
              IsOkAndHolds(ElementsAre(IsShare("b", true, 1, 1))));
}

TEST(CultureMixTest, TakesWeightsInAnyUnit) {
  for (const double unit : {1e-300, 1., 1e307}) {
    EXPECT_THAT(CultureShares({{"a", 9}, {"b", 1}, {"c", 1}},
                              Given({{"a", unit}, {"b", 3 * unit}, {"c", 0}})),
                IsOkAndHolds(ElementsAre(IsShare("a", false, 0.25, 0.25),
                                         IsShare("b", false, 0.75, 0.75))));
  }
}

TEST(CultureMixTest, LetsACultureWithoutAudioHaveNoWeight) {
  EXPECT_THAT(CultureShares({{"a", 9}, {"b", 0}}, Given({{"a", 2}, {"b", 0}})),
              IsOkAndHolds(ElementsAre(IsShare("a", false, 1, 1))));
}

TEST(CultureMixTest, RefusesAReplayThatCannotBe) {
  ExpectRefused({{"a", 1}}, Replay(-0.1, {"a"}),
                "replay_fraction is -0.1, but must be from 0 to 1");
  ExpectRefused({{"a", 1}}, Replay(1.5, {"a"}), "replay_fraction is 1.5");
  ExpectRefused({{"a", 1}}, Replay(std::nan(""), {"a"}),
                "replay_fraction is nan");
  ExpectRefused({{"a", 1}}, Replay(0.5, {}),
                "replay_cultures names no culture to replay");
  ExpectRefused({{"western", 1}, {"a", 1}}, Replay(0.5, {"westren"}),
                "culture \"westren\" in replay_cultures has no recording (did "
                "you mean \"western\"?)");
  ExpectRefused({{"a", 1}, {"b", 0}}, Replay(0.5, {"b"}),
                "no recording of replay_cultures is long enough");
  ExpectRefused({{"a", 1}}, Replay(0.5, {"a"}),
                "no culture is left for the mix");
}

TEST(CultureMixTest, RefusesWeightsThatCannotBe) {
  ExpectRefused({{"a", 1}, {"b", 1}}, Given({{"a", 1}}),
                "culture \"b\" has no weight; give it one");
  ExpectRefused({{"makam", 1}}, Given({{"makam", 1}, {"makan", 1}}),
                "culture \"makan\" in weights has no recording (did you mean "
                "\"makam\"?)");
  ExpectRefused({{"a", 1}}, Given({{"a", -1}}),
                "the weight of culture \"a\" is -1");
  ExpectRefused({{"a", 1}}, Given({{"a", std::nan("")}}), "is nan");
  ExpectRefused({{"a", 1}},
                Given({{"a", std::numeric_limits<double>::infinity()}}),
                "is inf");
  ExpectRefused({{"a", 1}}, Given({{"a", 0}}), "there is nothing to draw from");
  CultureMix mix = Given({{"a", 1}, {"b", 1}});
  mix.replay_fraction = 0.5;
  mix.replay_cultures = {"b"};
  ExpectRefused({{"a", 1}, {"b", 1}}, mix,
                "culture \"b\" is in replay_cultures and has a weight");
  mix = Given({{"a", 1}});
  mix.weighting = CultureWeighting::kBalanced;
  ExpectRefused({{"a", 1}}, mix, "the weighting does not use weights");
}

TEST(CultureMixTest, RefusesToDrawFromCulturesWithoutAudio) {
  ExpectRefused({}, {}, "there is nothing to draw from");
  ExpectRefused({{"a", 0}}, {}, "there is nothing to draw from");
  ExpectRefused({{"a", 1}, {"b", 0}}, Given({{"a", 1}, {"b", 1}}),
                "culture \"b\" is to be drawn from, but none of its recordings "
                "is long enough");
  CultureMix balanced;
  balanced.weighting = CultureWeighting::kBalanced;
  ExpectRefused({{"a", 1}, {"b", 0}}, balanced, "culture \"b\"");
}

TEST(ApportionTest, GivesWhatIsLeftToTheLargestRemainders) {
  EXPECT_THAT(Apportion(10, {0.5, 0.25, 0.25}), ElementsAre(5, 3, 2));
  EXPECT_THAT(Apportion(10, {0.55, 0.29, 0.16}), ElementsAre(5, 3, 2));
  EXPECT_THAT(Apportion(2, {0.34, 0.33, 0.33}), ElementsAre(1, 1, 0));
  EXPECT_THAT(Apportion(0, {0.5, 0.5}), ElementsAre(0, 0));
  EXPECT_THAT(Apportion(7, {1}), ElementsAre(7));
  EXPECT_THAT(Apportion(0, {}), IsEmpty());
}

TEST(ApportionTest, GivesEachItsOwnWhereSharesAreWholeNumbers) {
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    const RandomStream random(trial, StreamId("apportion"));
    std::vector<std::uint64_t> parts;
    for (std::uint64_t i = 0; i < 1 + trial % 9; ++i) {
      parts.push_back(random.UniformInt(i, std::uint64_t{1} << (trial % 37)));
    }
    const std::uint64_t total =
        std::accumulate(parts.begin(), parts.end(), std::uint64_t{0});
    if (total == 0) continue;
    std::vector<double> shares;
    for (const std::uint64_t part : parts) {
      shares.push_back(static_cast<double>(part) / static_cast<double>(total));
    }
    EXPECT_EQ(Apportion(total, shares), parts);
  }
}

TEST(ApportionTest, AddsUpAndStaysWithinOneOfTheExactShare) {
  for (std::uint64_t trial = 0; trial < 500; ++trial) {
    const RandomStream random(trial, StreamId("apportion"));
    std::vector<double> shares;
    for (std::uint64_t i = 0; i < 1 + trial % 20; ++i) {
      shares.push_back(random.UniformDouble(i) + 1e-6);
    }
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.);
    for (double& share : shares) share /= sum;
    const std::uint64_t total = random.UniformInt(99, 100000);
    const std::vector<std::uint64_t> parts = Apportion(total, shares);
    EXPECT_EQ(std::accumulate(parts.begin(), parts.end(), std::uint64_t{0}),
              total);
    for (std::size_t i = 0; i < shares.size(); ++i) {
      EXPECT_NEAR(static_cast<double>(parts[i]),
                  static_cast<double>(total) * shares[i], 1);
    }
  }
}

}  // namespace
}  // namespace culturemert
