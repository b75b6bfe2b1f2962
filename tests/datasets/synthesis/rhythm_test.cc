#include "datasets/synthesis/rhythm.h"

#include <string>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;

std::vector<std::tuple<double, std::string, bool>> Read(
    absl::string_view cycle) {
  std::vector<std::tuple<double, std::string, bool>> syllables;
  for (const Syllable& syllable : MakeRhythm("", 60, 60, cycle).syllables) {
    syllables.emplace_back(syllable.pulse, syllable.name, syllable.bass);
  }
  return syllables;
}

TEST(RhythmTest, AWordIsAPulse) {
  EXPECT_THAT(Read("D - t"), ElementsAre(std::tuple(0.0, "D", true),
                                         std::tuple(2.0, "t", false)));
  EXPECT_EQ(MakeRhythm("", 60, 60, "D - t").pulses, 3);
}

TEST(RhythmTest, SyllablesShareAPulseEvenly) {
  EXPECT_THAT(
      Read("ti.ra.ki.ta Dha.-"),
      ElementsAre(std::tuple(0.0, "ti", false), std::tuple(0.25, "ra", false),
                  std::tuple(0.5, "ki", false), std::tuple(0.75, "ta", false),
                  std::tuple(1.0, "Dha", true)));
}

TEST(RhythmTest, SectionsAreNoPulses) {
  EXPECT_EQ(MakeRhythm("", 60, 60, "D t | D  t |").pulses, 4);
}

}  // namespace
}  // namespace culturemert
