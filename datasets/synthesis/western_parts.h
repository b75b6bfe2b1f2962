// The parts of a Western piece: melody, chords, bass, drums.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_WESTERN_PARTS_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_WESTERN_PARTS_H_

#include <vector>

#include "datasets/synthesis/draws.h"
#include "datasets/synthesis/score.h"
#include "datasets/synthesis/western_style.h"

namespace culturemert {

constexpr int kStepsPerBar = 16;  // Sixteenths; all bars have four beats.
constexpr int kBarsPerTune = 8;

struct WesternMelodyNote {
  int step;  // From the beginning of the tune.
  int steps;
  int degree;  // Of the scale; 7 is the octave.
};

// What is handed down of a piece.
struct WesternTune {
  std::vector<double> scale;     // Seven degrees in cents, from 0.
  std::vector<int> progression;  // The chord of each bar, repeated.
  std::vector<WesternMelodyNote> melody;
};

WesternTune ComposeWesternTune(const WesternStyle& style, Draws* draws);

// What the players of one recording have in common.
struct WesternStage {
  const WesternTune* tune;
  double tonic_cents;  // Of the octave above middle C.
  double seconds;
  double seconds_per_step;
  int first_bar;
  int velocity;
};

Part PlayWesternMelody(const WesternStage& stage,
                       const WesternInstrument& instrument, Draws* draws);
Part PlayWesternChords(const WesternStage& stage, ChordFigure figure,
                       const WesternInstrument& instrument, Draws* draws);
Part PlayWesternBass(const WesternStage& stage, BassFigure figure,
                     const WesternInstrument& instrument, Draws* draws);
Part PlayBeat(const WesternStage& stage, const Beat& beat, Draws* draws);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_WESTERN_PARTS_H_
