#include "datasets/synthesis/tradition.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "datasets/synthesis/modal_composer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::Lt;

class TraditionTest : public testing::TestWithParam<const Tradition*> {};

INSTANTIATE_TEST_SUITE_P(All, TraditionTest,
                         testing::Values(&MakamTradition(),
                                         &HindustaniTradition(),
                                         &CarnaticTradition(),
                                         &GreekTradition()),
                         [](const auto& tested) { return tested.param->name; });

template <typename T>
std::set<std::string> Names(const std::vector<T>& things) {
  std::set<std::string> names;
  for (const T& thing : things) names.insert(thing.name);
  return names;
}

TEST_P(TraditionTest, NamesAreUnique) {
  const Tradition& tradition = *GetParam();
  EXPECT_EQ(Names(tradition.modes).size(), tradition.modes.size());
  EXPECT_EQ(Names(tradition.rhythms).size(), tradition.rhythms.size());
  EXPECT_EQ(Names(tradition.instruments).size(), tradition.instruments.size());
  EXPECT_EQ(Names(tradition.drum_kinds).size(), tradition.drum_kinds.size());
  EXPECT_EQ(Names(tradition.forms).size(), tradition.forms.size());
}

TEST_P(TraditionTest, FormsNameOnlyWhatThereIs) {
  const Tradition& tradition = *GetParam();
  const std::set<std::string> instruments = Names(tradition.instruments);
  const std::set<std::string> drums = Names(tradition.drum_kinds);
  const std::set<std::string> modes = Names(tradition.modes);
  for (const Form& form : tradition.forms) {
    for (const auto* choices : {&form.leads, &form.followers, &form.chords,
                                &form.basses, &form.drones}) {
      for (const Choice& choice : *choices) {
        EXPECT_TRUE(choice.name.empty() || instruments.count(choice.name) == 1)
            << form.name << " " << choice.name;
      }
    }
    for (const Choice& choice : form.drums) {
      EXPECT_TRUE(choice.name.empty() || drums.count(choice.name) == 1)
          << form.name << " " << choice.name;
    }
    for (const std::string& mode : form.modes) {
      EXPECT_EQ(modes.count(mode), 1u) << form.name << " " << mode;
    }
  }
}

TEST_P(TraditionTest, CombinationsUseEveryFormAndRhythm) {
  const Tradition& tradition = *GetParam();
  std::set<std::string> forms;
  std::set<std::string> rhythms;
  for (const Combination& combination : tradition.combinations) {
    EXPECT_GT(combination.weight, 0);
    forms.insert(combination.form);
    if (!combination.rhythm.empty()) rhythms.insert(combination.rhythm);
  }
  EXPECT_EQ(forms, Names(tradition.forms));
  EXPECT_EQ(rhythms, Names(tradition.rhythms));
}

TEST_P(TraditionTest, LaddersStartOnTheTonicAndStayInTheirOctave) {
  for (const Mode& mode : GetParam()->modes) {
    EXPECT_EQ(mode.ascent.front(), 0) << mode.name;
    EXPECT_THAT(mode.ascent, Each(AllOf(Ge(0), Lt(1200)))) << mode.name;
    EXPECT_EQ(*std::max_element(mode.descent.begin(), mode.descent.end()),
              mode.descent.front())
        << mode.name;
    EXPECT_GE(mode.ascent.size(), 5u) << mode.name;
    EXPECT_GE(mode.descent.size(), 5u) << mode.name;
    EXPECT_TRUE(IsOnLadder(mode, mode.dominant)) << mode.name;
    for (const double degree : mode.dwelt_on) {
      EXPECT_TRUE(IsOnLadder(mode, degree)) << mode.name << " " << degree;
    }
    for (const double degree : mode.oscillated) {
      EXPECT_TRUE(IsOnLadder(mode, degree)) << mode.name << " " << degree;
    }
  }
}

TEST_P(TraditionTest, EveryDrumPlaysSomethingInEveryRhythmItMayMeet) {
  const Tradition& tradition = *GetParam();
  for (const Combination& combination : tradition.combinations) {
    if (combination.rhythm.empty()) continue;
    const auto form =
        std::find_if(tradition.forms.begin(), tradition.forms.end(),
                     [&](const Form& f) { return f.name == combination.form; });
    const auto rhythm = std::find_if(
        tradition.rhythms.begin(), tradition.rhythms.end(),
        [&](const Rhythm& r) { return r.name == combination.rhythm; });
    for (const Drum& drum : tradition.drum_kinds) {
      const bool may_meet = std::any_of(
          form->drums.begin(), form->drums.end(),
          [&](const Choice& choice) { return choice.name == drum.name; });
      if (!may_meet) continue;
      std::size_t played = 0;
      for (const Syllable& syllable : rhythm->syllables) {
        played += std::any_of(drum.entries.begin(), drum.entries.end(),
                              [&](const Drum::Entry& entry) {
                                return entry.syllable == syllable.name;
                              });
      }
      EXPECT_GE(2 * played, rhythm->syllables.size())
          << drum.name << " in " << rhythm->name;
    }
  }
}

TEST_P(TraditionTest, RhythmsHaveAPlausibleTempo) {
  for (const Rhythm& rhythm : GetParam()->rhythms) {
    EXPECT_LT(rhythm.pulses_per_minute_low, rhythm.pulses_per_minute_high);
    EXPECT_GT(rhythm.pulses_per_minute_low, 40) << rhythm.name;
    EXPECT_LT(rhythm.pulses_per_minute_high, 500) << rhythm.name;
    // A cycle is heard at least once in eight seconds.
    EXPECT_LT(rhythm.pulses / rhythm.pulses_per_minute_low * 60, 8.6)
        << rhythm.name;
  }
}

std::vector<long> Commas(const std::vector<double>& cents) {
  std::vector<long> commas;
  for (const double value : cents) {
    commas.push_back(std::lround(value * 53 / 1200));
  }
  return commas;
}

const Mode& FindMode(const Tradition& tradition, const std::string& name) {
  return *std::find_if(tradition.modes.begin(), tradition.modes.end(),
                       [&](const Mode& mode) { return mode.name == name; });
}

TEST(MakamTraditionTest, LaddersAreWholeCommas) {
  for (const Mode& mode : MakamTradition().modes) {
    for (const auto* ladder : {&mode.ascent, &mode.descent}) {
      for (const double cents : *ladder) {
        const double commas = cents * 53 / 1200;
        EXPECT_NEAR(commas, std::round(commas), 1e-9) << mode.name;
      }
    }
  }
  EXPECT_THAT(Commas(FindMode(MakamTradition(), "Hicaz").ascent),
              ElementsAre(0, 5, 17, 22, 31, 39, 44));
  EXPECT_THAT(Commas(FindMode(MakamTradition(), "Rast").ascent),
              ElementsAre(0, 9, 17, 22, 31, 40, 48));
}

TEST(TraditionsTest, HaveTheirPromisedBreadth) {
  EXPECT_GE(MakamTradition().modes.size(), 12u);
  EXPECT_GE(MakamTradition().rhythms.size(), 6u);
  EXPECT_GE(HindustaniTradition().modes.size(), 12u);
  EXPECT_GE(HindustaniTradition().rhythms.size(), 5u);
  EXPECT_GE(CarnaticTradition().modes.size(), 12u);
  EXPECT_GE(CarnaticTradition().rhythms.size(), 5u);
  EXPECT_GE(GreekTradition().rhythms.size(), 6u);
}

TEST(HindustaniTraditionTest, KnowsThatSomeRagasClimbAndDescendDifferently) {
  const Mode& des = FindMode(HindustaniTradition(), "Des");
  EXPECT_THAT(des.ascent, ElementsAre(0, 204, 498, 702, 1088));
  EXPECT_THAT(des.descent, ElementsAre(1200, 996, 884, 702, 498, 386, 204));
}

TEST(CarnaticTraditionTest, EveryRagaHasOscillatedSwaras) {
  for (const Mode& mode : CarnaticTradition().modes) {
    EXPECT_FALSE(mode.oscillated.empty()) << mode.name;
  }
}

TEST_P(TraditionTest, TagsAreGroupAndValue) {
  for (const std::string& tag : ModalVocabulary(*GetParam())) {
    EXPECT_THAT(tag, testing::MatchesRegex("[a-z ]+:[^:;,]+"));
  }
}

}  // namespace
}  // namespace culturemert
