#include "datasets/synthesis/melody.h"

#include <cmath>
#include <cstdint>
#include <set>

#include "datasets/synthesis/tradition.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

const Tradition* const kTraditions[] = {
    &MakamTradition(), &HindustaniTradition(), &CarnaticTradition(),
    &GreekTradition()};

// Calls function(mode, melody, rhythm or nullptr) for metred and free melodies
// of every mode of every tradition, in several rhythms, densities, draws.
template <typename Function>
void ForManyMelodies(const Function& function) {
  for (const Tradition* tradition : kTraditions) {
    for (const Mode& mode : tradition->modes) {
      for (std::uint64_t seed = 0; seed < 3; ++seed) {
        Draws draws(RandomStream(seed, 1));
        for (const double density : {0.6, 1.0, 2.2}) {
          const MelodyStyle style = {density, 0.15, 0.08};
          for (const Rhythm& rhythm : tradition->rhythms) {
            function(mode, ComposeMelody(mode, rhythm, style, 8, &draws),
                     &rhythm);
          }
          const Rhythm* const unmetred = nullptr;
          function(mode, ComposeFreeMelody(mode, style, &draws), unmetred);
        }
      }
    }
  }
}

TEST(MelodyTest, EveryNoteIsOnTheLadderOfItsMode) {
  ForManyMelodies([](const Mode& mode, const Melody& melody, const Rhythm*) {
    for (const MelodyNote& note : melody.notes) {
      ASSERT_TRUE(IsOnLadder(mode, note.cents))
          << mode.name << " " << note.cents;
    }
  });
}

TEST(MelodyTest, NotesFollowEachOtherWithoutOverlap) {
  ForManyMelodies([](const Mode&, const Melody& melody, const Rhythm*) {
    double end = 0;
    for (const MelodyNote& note : melody.notes) {
      ASSERT_GE(note.pulse, end - 1e-9);
      ASSERT_GT(note.pulses, 0);
      end = note.pulse + note.pulses;
    }
    ASSERT_LE(end, melody.pulses + 1e-9);
  });
}

TEST(MelodyTest, PhrasesLastWholeCyclesAndBeginWithANote) {
  ForManyMelodies([](const Mode&, const Melody& melody, const Rhythm* rhythm) {
    ASSERT_EQ(melody.phrase_starts.size(), 8u);
    std::set<double> onsets;
    for (const MelodyNote& note : melody.notes) onsets.insert(note.pulse);
    for (const double start : melody.phrase_starts) {
      ASSERT_EQ(onsets.count(start), 1u);
      if (rhythm != nullptr) {
        ASSERT_EQ(std::fmod(start, rhythm->pulses), 0) << rhythm->name;
      }
    }
  });
}

TEST(MelodyTest, EveryFourthPhraseComesHome) {
  ForManyMelodies([](const Mode& mode, const Melody& melody, const Rhythm*) {
    ASSERT_EQ(melody.notes.back().cents, 0) << mode.name;
  });
}

TEST(MelodyTest, MelodiesStayWithinThreeOctavesOfTheTonic) {
  ForManyMelodies([](const Mode& mode, const Melody& melody, const Rhythm*) {
    for (const MelodyNote& note : melody.notes) {
      ASSERT_GT(note.cents, -2400) << mode.name;
      ASSERT_LT(note.cents, 3600) << mode.name;
    }
  });
}

TEST(MelodyTest, DenserStylesHaveMoreNotes) {
  const Mode& mode = MakamTradition().modes.front();
  const Rhythm& rhythm = MakamTradition().rhythms.front();
  Draws draws(RandomStream(1, 1));
  std::size_t sparse = 0;
  std::size_t dense = 0;
  for (int i = 0; i < 20; ++i) {
    sparse += ComposeMelody(mode, rhythm, {0.6, 0, 0}, 8, &draws).notes.size();
    dense += ComposeMelody(mode, rhythm, {2.0, 0, 0}, 8, &draws).notes.size();
  }
  EXPECT_GT(dense, sparse * 5 / 4);
}

}  // namespace
}  // namespace culturemert
