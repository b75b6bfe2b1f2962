#include "datasets/synthesis/corpus_size.h"

#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

TEST(CorpusSize, HasAtLeastTheHoursInWholeTwenties) {
  const SplitSizes exact = SplitSizesOfHours(1, 9).value();
  EXPECT_EQ(exact.train, 280u);
  EXPECT_EQ(exact.valid, 40u);
  EXPECT_EQ(exact.test, 80u);
  const SplitSizes rounded_up = SplitSizesOfHours(1.0001, 9).value();
  EXPECT_EQ(rounded_up.train, 294u);
  EXPECT_EQ(SplitSizesOfHours(1e-6, 600)->test, 4u);
}

TEST(CorpusSize, RefusesHoursAndLengthsOutOfRange) {
  for (const double hours :
       {0.0, -1.0, 1e6, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THAT(
        SplitSizesOfHours(hours, 8),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("hours")));
  }
  for (const double seconds :
       {0.5, 601.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THAT(
        SplitSizesOfHours(1, seconds),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("seconds")));
  }
}

}  // namespace
}  // namespace culturemert
