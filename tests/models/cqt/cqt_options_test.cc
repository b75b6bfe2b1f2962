#include "models/cqt/cqt_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "absl/status/status.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::HasSubstr;

TEST(CqtOptionsTest, AcceptsMertsSettings) {
  EXPECT_THAT(CheckCqtOptions(CqtOptions()), IsOk());
}

TEST(CqtOptionsTest, NamesTheOptionThatIsOutOfRange) {
  CqtOptions options;
  options.hop_samples = 0;
  EXPECT_THAT(CheckCqtOptions(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "CQT option hop_samples is 0; expected 1 to 65536"));
  options = CqtOptions();
  options.bins = -1;
  EXPECT_THAT(CheckCqtOptions(options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("bins")));
  options = CqtOptions();
  options.minimum_frequency_hz = std::nan("");
  EXPECT_THAT(CheckCqtOptions(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("minimum_frequency_hz")));
}

TEST(CqtOptionsTest, RefusesBinsAboveHalfTheSampleRate) {
  CqtOptions options;
  options.bins = 336 + 74;  // 32.7 Hz * 2^(409 / 48) = 12 009 Hz.
  EXPECT_THAT(CheckCqtOptions(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("above half of 24000 Hz")));
  --options.bins;
  EXPECT_THAT(CheckCqtOptions(options), IsOk());
}

TEST(CqtOptionsTest, RefusesKernelsOfMinutes) {
  CqtOptions options;
  options.minimum_frequency_hz = 0.5;
  EXPECT_THAT(CheckCqtOptions(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("higher minimum_frequency_hz")));
}

TEST(CqtOptionsTest, FramesAreCentredOnEveryHopFromSampleZero) {
  const CqtOptions options;
  EXPECT_EQ(CqtFrames(120000, options), 376);
  EXPECT_EQ(CqtFrames(1, options), 1);
  EXPECT_EQ(CqtFrames(319, options), 1);
  EXPECT_EQ(CqtFrames(320, options), 2);
}

}  // namespace
}  // namespace culturemert
