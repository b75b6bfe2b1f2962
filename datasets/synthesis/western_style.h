// Western popular and art music as data: styles, and the instruments, chords
// and beats of each.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_WESTERN_STYLE_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_WESTERN_STYLE_H_

#include <string>
#include <vector>

#include "datasets/synthesis/instrument.h"
#include "datasets/synthesis/tradition.h"

namespace culturemert {

struct WesternInstrument {
  std::string name;
  // "group:value", the first names its sound; none for sounds too rare to tag.
  std::vector<std::string> tags;
  std::vector<int> programs;  // General MIDI: each player has one of them.
  int octave;                 // Against the octave above middle C.
  double gain_db;
};

enum class ChordFigure {
  kPad,       // Held for the bar.
  kBlock,     // On each half of the bar.
  kArpeggio,  // Up and down in eighths.
  kAlberti,   // Low, high, middle, high.
  kStrum,     // A strummed guitar's pattern.
  kPower,     // Root and fifth in eighths.
  kOffbeat,   // Short, between the beats.
};

enum class BassFigure { kLong, kBeats, kEighths, kOctaves };

// One bar of sixteenths for each drum: 'x' struck, 'o' struck softly.
struct Beat {
  int kit;  // A drum kit's program.
  struct Line {
    int key;  // A General MIDI drum.
    std::string steps;
  };
  std::vector<Line> lines;  // Empty: no drums.
};

struct WesternStyle {
  std::string name;
  std::vector<std::string> tags;        // In the manner of MagnaTagATune.
  std::vector<std::string> genre_tags;  // In the manner of FMA.
  double beats_per_minute_low;
  double beats_per_minute_high;
  int velocity_low;  // How loud it is played.
  int velocity_high;
  double minor_chance;
  std::vector<std::vector<int>> progressions;  // Degrees of the scale, from 0.
  std::vector<Choice> leads;                   // "" for none.
  double lead_density;                         // Chance of a note on an eighth.
  std::vector<Choice> chords;
  ChordFigure chord_figure;
  std::vector<Choice> basses;
  BassFigure bass_figure;
  Beat beat;
};

// Each is made once and lives as long as the program.
const std::vector<WesternInstrument>& WesternInstruments();
const std::vector<WesternStyle>& WesternStyles();
// Instruments that now and then play the chords of any style, by name, and drum
// kits that any style may use.
const std::vector<std::string>& WesternGuests();
const std::vector<int>& WesternKits();

// A corpus of Western music: which styles, in which shares, and which of their
// tags it carries.
struct WesternCorpus {
  std::string name;
  struct Share {
    std::string style;
    int weight;
  };
  std::vector<Share> shares;
  bool has_tags;    // Tags, those of instruments, tempo, dynamics, vocals.
  bool has_genres;  // genre_tags.
};

const WesternCorpus& WesternTagsCorpus();
const WesternCorpus& WesternGenresCorpus();
const WesternCorpus& WesternPretrainingCorpus();

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_WESTERN_STYLE_H_
