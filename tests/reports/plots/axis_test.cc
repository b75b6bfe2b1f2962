#include "reports/plots/axis.h"

#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;

DataRange RangeOf(double low, double high) {
  DataRange range;
  range.Add(low);
  range.Add(high);
  return range;
}

std::vector<std::string> Ticks(double low, double high, AxisKind kind,
                               int max_ticks) {
  std::vector<std::string> texts;
  const Axis axis(RangeOf(low, high), kind, 0, 100, max_ticks);
  for (const Tick& tick : axis.ticks()) {
    texts.push_back(tick.text);
  }
  return texts;
}

TEST(AxisTest, TicksAreRoundNumbersWithTheDecimalsTheyNeed) {
  EXPECT_THAT(Ticks(0, 1, AxisKind::kLinear, 6),
              ElementsAre("0.0", "0.2", "0.4", "0.6", "0.8", "1.0"));
  EXPECT_THAT(Ticks(-7, 12, AxisKind::kLinear, 5),
              ElementsAre("−5", "0", "5", "10"));
  EXPECT_THAT(Ticks(0.71, 0.74, AxisKind::kLinear, 4),
              ElementsAre("0.71", "0.72", "0.73", "0.74"));
  EXPECT_THAT(
      Ticks(0, 250000, AxisKind::kLinear, 6),
      ElementsAre("0", "50000", "100000", "150000", "200000", "250000"));
}

TEST(AxisTest, IntegerAxesHaveNoTicksBetweenWholeNumbers) {
  EXPECT_THAT(Ticks(0, 2, AxisKind::kInteger, 9), ElementsAre("0", "1", "2"));
}

TEST(AxisTest, LogarithmicTicksStandAtOneTwoAndFive) {
  EXPECT_THAT(Ticks(8, 120, AxisKind::kLogarithmic, 7),
              ElementsAre("10", "20", "50", "100"));
  EXPECT_THAT(Ticks(0.01, 1000, AxisKind::kLogarithmic, 7),
              ElementsAre("0.01", "0.1", "1", "10", "100", "1000"));
}

TEST(AxisTest, ManyPowersOfTenAreThinnedOut) {
  EXPECT_LE(Ticks(1e-8, 1e12, AxisKind::kLogarithmic, 7).size(), 7u);
}

TEST(AxisTest, LogarithmicAxesPlaceEqualRatiosEquallyFar) {
  const Axis axis(RangeOf(1, 100), AxisKind::kLogarithmic, 0, 200, 7);
  EXPECT_DOUBLE_EQ(axis.Place(1), 0);
  EXPECT_DOUBLE_EQ(axis.Place(10), 100);
  EXPECT_DOUBLE_EQ(axis.Place(100), 200);
}

TEST(AxisTest, ALogarithmicAxisOverZeroIsLinear) {
  const Axis axis(RangeOf(0, 100), AxisKind::kLogarithmic, 0, 200, 7);
  EXPECT_DOUBLE_EQ(axis.Place(50), 100);
}

TEST(AxisTest, AnAxisMayRunUpwards) {
  const Axis axis(RangeOf(0, 10), AxisKind::kLinear, 300, 100, 7);
  EXPECT_DOUBLE_EQ(axis.Place(0), 300);
  EXPECT_DOUBLE_EQ(axis.Place(10), 100);
}

TEST(AxisTest, EveryRangeHasAFewTicksWithinIt) {
  for (const double low : {-1e12, -5.0, -1e-7, 0.0, 1e-20, 0.7, 999999.5}) {
    for (const double width : {0.0, 1e-15, 1e-7, 0.3, 20.0, 1e6, 1e12}) {
      for (const AxisKind kind : {AxisKind::kLinear, AxisKind::kLogarithmic}) {
        const Axis axis(RangeOf(low, low + width), kind, 0, 100, 6);
        SCOPED_TRACE(testing::Message() << low << " + " << width);
        EXPECT_GE(axis.ticks().size(), 1u);
        EXPECT_LE(axis.ticks().size(), 6u);
        for (const Tick& tick : axis.ticks()) {
          EXPECT_GE(axis.Place(tick.value), -1e-6);
          EXPECT_LE(axis.Place(tick.value), 100 + 1e-6);
        }
      }
    }
  }
}

TEST(AxisTest, WhatCannotBeDrawnLeavesARangeAsItIs) {
  DataRange range = RangeOf(1, 2);
  range.Add(std::numeric_limits<double>::quiet_NaN());
  range.Add(std::numeric_limits<double>::infinity());
  range.Add(-1e300);
  EXPECT_EQ(range.low(), 1);
  EXPECT_EQ(range.high(), 2);
}

TEST(AxisTest, AnEmptyRangeIsDrawnFromZeroToOne) {
  const DataRange range = DataRange().Widened(0);
  EXPECT_EQ(range.low(), 0);
  EXPECT_EQ(range.high(), 1);
}

}  // namespace
}  // namespace culturemert
