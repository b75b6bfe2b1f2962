// Players: how a melody, a drone, chords or a drum pattern of a tune become the
// notes of a part.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_PERFORMANCE_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_PERFORMANCE_H_

#include "datasets/synthesis/draws.h"
#include "datasets/synthesis/instrument.h"
#include "datasets/synthesis/melody.h"
#include "datasets/synthesis/mode.h"
#include "datasets/synthesis/rhythm.h"
#include "datasets/synthesis/score.h"

namespace culturemert {

// What the players of one recording have in common.
struct Stage {
  const Mode* mode;
  double tonic_cents;  // Where the tonic sounds in octave 0.
  double seconds;      // The recording's length.
  double seconds_per_pulse;
  double first_pulse;  // Of the tune, where the recording begins.
  int velocity;        // Of an unstressed note.
};

// The melody from stage.first_pulse on, again from its beginning when it ends.
// `looseness` (0 to 1) is how far this player departs from the others: in time,
// in notes left out, in ornaments.
Part PlayMelody(const Stage& stage, const Melody& melody,
                const Instrument& instrument, Ornament ornament,
                double looseness, Draws* draws);

// The plucked round of a tambura (fifth or, where the mode has none, another
// resting degree; tonic, tonic, low tonic), or a held tonic for instruments
// that can hold one.
Part PlayDrone(const Stage& stage, const Instrument& instrument, Draws* draws);

// Open chords on tonic and dominant: the bass on bass syllables, the chord on
// the others.
Part PlayChords(const Stage& stage, const Rhythm& rhythm,
                const Instrument& instrument, Draws* draws);

// The root on bass syllables.
Part PlayBass(const Stage& stage, const Rhythm& rhythm,
              const Instrument& instrument, Draws* draws);

// The rhythm's syllables as the drum plays them, with soft strokes between.
Part PlayDrum(const Stage& stage, const Rhythm& rhythm, const Drum& drum,
              Draws* draws);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_PERFORMANCE_H_
