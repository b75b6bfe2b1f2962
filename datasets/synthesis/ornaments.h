// Ornaments: how a tradition's players shape the pitch of one note.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_ORNAMENTS_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_ORNAMENTS_H_

#include <vector>

#include "datasets/synthesis/draws.h"
#include "datasets/synthesis/instrument.h"
#include "datasets/synthesis/mode.h"
#include "datasets/synthesis/score.h"

namespace culturemert {

// Of a note of the melody, all that its ornaments depend on.
struct NoteContext {
  const Mode* mode;
  double cents;           // The note's degree.
  double previous_cents;  // The degree before it; its own if it is the first.
  double seconds;
};

// The pitch curve of a note, or an empty one. Curves begin and end within an
// octave of the note, and settle on it except where gamaka oscillates.
std::vector<PitchPoint> ShapePitch(Ornament ornament, Touch touch,
                                   const NoteContext& note, Draws* draws);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_ORNAMENTS_H_
