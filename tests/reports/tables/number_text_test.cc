#include "reports/tables/number_text.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace culturemert {
namespace {

TEST(NumberTextTest, RoundsToTheNearest) {
  EXPECT_EQ(FixedText(83.249, 1), "83.2");
  EXPECT_EQ(FixedText(83.251, 1), "83.3");
  EXPECT_EQ(FixedText(0.125, 2), "0.12") << "an exact half goes to even";
  EXPECT_EQ(FixedText(0.375, 2), "0.38");
  EXPECT_EQ(FixedText(99.95, 1), "100.0") << "99.95 is a little above a half";
  EXPECT_EQ(FixedText(12, 0), "12");
}

TEST(NumberTextTest, NeverShowsMinusZero) {
  EXPECT_EQ(FixedText(-0.0, 1), "0.0");
  EXPECT_EQ(FixedText(-0.04, 1), "0.0");
  EXPECT_EQ(FixedText(-0.06, 1), "-0.1");
  EXPECT_EQ(SignedFixedText(-0.001, 2), "0.00");
}

TEST(NumberTextTest, SignsWhatIsNotZero) {
  EXPECT_EQ(SignedFixedText(4.9, 2), "+4.90");
  EXPECT_EQ(SignedFixedText(-4.9, 2), "-4.90");
  EXPECT_EQ(SignedFixedText(0.004, 2), "0.00");
}

TEST(NumberTextTest, SpellsOutTheLargestAndWhatIsNoNumber) {
  EXPECT_EQ(FixedText(std::numeric_limits<double>::max(), 9).size(), 319u);
  EXPECT_EQ(FixedText(std::nan(""), 1), "nan");
  EXPECT_EQ(FixedText(-std::numeric_limits<double>::infinity(), 1), "-inf");
  EXPECT_EQ(SignedFixedText(std::nan(""), 1), "nan");
  EXPECT_EQ(SignedFixedText(std::numeric_limits<double>::infinity(), 1),
            "+inf");
}

}  // namespace
}  // namespace culturemert
