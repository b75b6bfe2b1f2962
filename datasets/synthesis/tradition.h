// A modal tradition as data: its modes, rhythms, instruments, and the forms
// that say which of them go together. Each tradition is one file,
// <name>_theory.cc; ComposeModal (modal_composer.h) makes music of any of them.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_TRADITION_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_TRADITION_H_

#include <string>
#include <vector>

#include "datasets/synthesis/instrument.h"
#include "datasets/synthesis/melody.h"
#include "datasets/synthesis/mode.h"
#include "datasets/synthesis/rhythm.h"

namespace culturemert {

// The name of an instrument or drum, or "" for none, and how often it is taken.
struct Choice {
  std::string name;
  double weight;
};

// A form or genre: who plays, and how.
struct Form {
  std::string name;                // Unique in its tradition.
  std::vector<std::string> tags;   // "group:value".
  std::vector<std::string> modes;  // Empty: all.
  std::vector<Choice> leads;       // The melody; empty for a drum solo.
  // More players of the same melody, each on another instrument.
  int followers_low;
  int followers_high;
  std::vector<Choice> followers;
  std::vector<Choice> chords;  // Tonic and dominant, strummed.
  std::vector<Choice> basses;
  std::vector<Choice> drones;
  std::vector<Choice> drums;
  double second_drum;  // Chance of another drum of the list.
  double tempo_low;    // Factors on the rhythm's range.
  double tempo_high;
  MelodyStyle melody;
};

// A form in a rhythm, and its share of the corpus. The rhythm "" is unmetred.
struct Combination {
  std::string form;
  std::string rhythm;
  int weight;
};

struct Tradition {
  std::string name;
  std::string mode_group;    // "makam", "raga"; empty: modes carry no tag.
  std::string rhythm_group;  // "usul", "tala", "dance".
  Ornament ornament;
  double tonic_spread_cents;  // The tonic is within this of the mode's.
  std::vector<Mode> modes;
  std::vector<Rhythm> rhythms;
  std::vector<Instrument> instruments;
  std::vector<Drum> drum_kinds;
  std::vector<Form> forms;
  std::vector<Combination> combinations;
};

// The tables. Each is made once and lives as long as the program.
const Tradition& MakamTradition();
const Tradition& HindustaniTradition();
const Tradition& CarnaticTradition();
const Tradition& GreekTradition();

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_TRADITION_H_
