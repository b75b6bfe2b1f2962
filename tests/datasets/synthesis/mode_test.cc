#include "datasets/synthesis/mode.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;

// Five degrees up, seven down, as many ragas have them.
Mode UnequalMode() {
  return {"unequal",
          6000,
          Contour::kArched,
          {0, 200, 500, 700, 900},
          {1200, 1000, 900, 700, 500, 300, 200},
          700,
          {},
          {}};
}

// Turns back on its way down: 1200 800 1000 700 300 500 200.
Mode CrookedMode() {
  return {"crooked",
          6000,
          Contour::kArched,
          {0, 200, 300, 500, 700, 800, 1000},
          {1200, 800, 1000, 700, 300, 500, 200},
          700,
          {},
          {}};
}

std::vector<double> Climb(const Mode& mode, double from, int steps) {
  LadderPosition position(mode, from);
  std::vector<double> degrees;
  for (int i = 0; i < steps; ++i) {
    position.MoveUp();
    degrees.push_back(position.cents());
  }
  return degrees;
}

std::vector<double> Descend(const Mode& mode, double from, int steps) {
  LadderPosition position(mode, from);
  std::vector<double> degrees;
  for (int i = 0; i < steps; ++i) {
    position.MoveDown();
    degrees.push_back(position.cents());
  }
  return degrees;
}

TEST(LadderPositionTest, ClimbsTheAscentThroughTheOctaves) {
  EXPECT_THAT(
      Climb(UnequalMode(), -1200, 11),
      ElementsAre(-1000, -700, -500, -300, 0, 200, 500, 700, 900, 1200, 1400));
}

TEST(LadderPositionTest, DescendsTheDescentThroughTheOctaves) {
  EXPECT_THAT(Descend(UnequalMode(), 1400, 9),
              ElementsAre(1200, 1000, 900, 700, 500, 300, 200, 0, -200));
}

TEST(LadderPositionTest, FollowsACrookedDescentToItsEnd) {
  EXPECT_THAT(Descend(CrookedMode(), 1400, 9),
              ElementsAre(1200, 800, 1000, 700, 300, 500, 200, 0, -400));
}

TEST(LadderPositionTest, ComesFromADegreeOfTheOtherLadder) {
  const Mode mode = UnequalMode();
  LadderPosition position(mode, 1000);
  position.MoveUp();
  EXPECT_EQ(position.cents(), 1200);
  position.JumpTo(300);
  position.MoveUp();
  EXPECT_EQ(position.cents(), 500);
}

TEST(LadderPositionTest, TurnsAnywhere) {
  const Mode mode = UnequalMode();
  LadderPosition position(mode, 0);
  position.MoveUp();
  position.MoveUp();
  EXPECT_EQ(position.cents(), 500);
  position.MoveDown();
  EXPECT_EQ(position.cents(), 300);
  position.MoveUp();
  EXPECT_EQ(position.cents(), 500);
}

TEST(LadderPositionTest, CountsStepsOnTheLadderThatLeadsThere) {
  const Mode mode = UnequalMode();
  EXPECT_EQ(LadderPosition(mode, 0).StepsTo(700), 3);
  EXPECT_EQ(LadderPosition(mode, 700).StepsTo(0), 4);
  EXPECT_EQ(LadderPosition(mode, 700).StepsTo(700), 0);
}

TEST(ModeTest, NeighboursAreThoseOfTheLadders) {
  EXPECT_EQ(DegreeAbove(UnequalMode(), 200), 500);
  EXPECT_EQ(DegreeBelow(UnequalMode(), 0), -200);
}

TEST(ModeTest, ADegreeIsOnTheLadderInEveryOctave) {
  const Mode mode = UnequalMode();
  for (const double octave : {-2400.0, -1200.0, 0.0, 1200.0}) {
    EXPECT_TRUE(IsOnLadder(mode, 300 + octave));
    EXPECT_TRUE(IsOnLadder(mode, octave));
    EXPECT_FALSE(IsOnLadder(mode, 400 + octave));
  }
}

}  // namespace
}  // namespace culturemert
