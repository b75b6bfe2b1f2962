// Instruments as the General MIDI sound font can stand in for them, and how
// players of a tradition ornament on them.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_INSTRUMENT_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_INSTRUMENT_H_

#include <string>
#include <vector>

#include "datasets/synthesis/score.h"

namespace culturemert {

enum class Touch {
  kBowedOrBlown,  // Holds its tone, glides and vibrates.
  kPlucked,       // Rings out; a pitch moves only by a new stroke.
  kPulled,        // Plucked, but bent by pulling the string: sitar, vina.
  kTremolo,       // Plucked again and again while the note lasts.
};

struct Instrument {
  std::string name;
  // General MIDI, 0 to 127: each player has one of them, as no two real
  // instruments sound the same.
  std::vector<int> programs;
  int octave;           // Where it plays, against the mode's tonic.
  double lower_chance;  // Of playing an octave lower.
  Touch touch;
  double gain_db;      // At most 0: evens out the font's loudness.
  bool tagged = true;  // Whether the name is the value of a tag.
};

// What one drum does at a syllable.
struct DrumHit {
  SoundSource source;  // kDrumKit or kTabla.
  int sound;           // A General MIDI drum key, or a TablaSample.
  double cents;        // kTabla only.
  double gain;         // 0 to 1.
};

struct Drum {
  std::string name;  // The value of its tag.
  double gain_db;
  // Hits of each syllable; a syllable that is not listed is not played.
  struct Entry {
    std::string syllable;
    std::vector<DrumHit> hits;
  };
  std::vector<Entry> entries;
};

enum class Ornament {
  kPlain,
  kMakam,   // Short glides, grace notes, vibrato.
  kMeend,   // Long glides from degree to degree.
  kGamaka,  // Oscillations between degrees, slides.
  kGreek,   // Mordents, vibrato, slides into long notes.
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_INSTRUMENT_H_
