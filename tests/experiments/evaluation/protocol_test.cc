#include "experiments/evaluation/protocol.h"

#include <optional>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/config/config.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Ne;

constexpr std::uint64_t kSecond = 24000;

std::vector<AudioWindow> Cut(std::uint64_t samples,
                             std::optional<double> cap = std::nullopt) {
  return CutWindows(samples, cap, ProtocolConfig());
}

TEST(CutWindowsTest, WindowsLieOneBehindTheOther) {
  EXPECT_THAT(Cut(60 * kSecond),
              ElementsAre(AudioWindow{0, 30 * kSecond},
                          AudioWindow{30 * kSecond, 30 * kSecond}));
}

TEST(CutWindowsTest, ATailIsKeptFromFourFifthsOfAWindowOn) {
  EXPECT_THAT(Cut(54 * kSecond),
              ElementsAre(AudioWindow{0, 30 * kSecond},
                          AudioWindow{30 * kSecond, 24 * kSecond}));
  EXPECT_THAT(Cut(54 * kSecond - 1), ElementsAre(AudioWindow{0, 30 * kSecond}));
}

TEST(CutWindowsTest, AShorterRecordingIsOneWindowHoweverShort) {
  EXPECT_THAT(Cut(1), ElementsAre(AudioWindow{0, 1}));
  EXPECT_THAT(Cut(29 * kSecond), ElementsAre(AudioWindow{0, 29 * kSecond}));
  EXPECT_THAT(Cut(0), IsEmpty());
}

TEST(CutWindowsTest, NothingBehindTheCapIsLookedAt) {
  EXPECT_THAT(Cut(600 * kSecond, 40.0),
              ElementsAre(AudioWindow{0, 30 * kSecond}));
  EXPECT_THAT(Cut(600 * kSecond, 20.0),
              ElementsAre(AudioWindow{0, 20 * kSecond}));
  ProtocolConfig uncapped;
  uncapped.use_duration_caps = false;
  EXPECT_EQ(CutWindows(600 * kSecond, 40.0, uncapped).size(), 20u);
}

TEST(ProtocolTest, EveryRuleIsPartOfTheIdentity) {
  const auto identity = ProtocolIdentity(ProtocolConfig(), 150.0);
  ASSERT_THAT(identity, IsOk());
  EXPECT_THAT(ProtocolIdentity(ProtocolConfig(), std::nullopt),
              IsOkAndHolds(Ne(*identity)));
  EXPECT_THAT(ProtocolIdentity(ProtocolConfig(), 330.0),
              IsOkAndHolds(Ne(*identity)));
  for (const char* change : {"window_seconds=10", "kept_tail_fraction=0.5",
                             "use_duration_caps=false", "normalise=false"}) {
    const auto config = ConfigLoader<ProtocolConfig>().Set(change).Build();
    ASSERT_THAT(config, IsOk());
    EXPECT_THAT(ProtocolIdentity(*config, 150.0), IsOkAndHolds(Ne(*identity)))
        << change;
  }
}

}  // namespace
}  // namespace culturemert
