// A score: everything that is played in one rendered recording, before any
// sound is made. Composers write it, the Synthesizer plays it.
//
// Pitches are cents above MIDI key 0, so that key 69 (6900 cents) is 440 Hz;
// any real number is allowed, as commas and shrutis need. Times are seconds.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_SCORE_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_SCORE_H_

#include <string>
#include <vector>

namespace culturemert {

// A corner of a note's pitch curve, which is linear between corners and
// constant before the first and after the last one.
struct PitchPoint {
  double seconds;  // After the note's onset.
  double cents;    // Above the note's own pitch.
};

struct Note {
  double onset_seconds;
  double seconds;  // Until it is released.
  double pitch_cents;
  int velocity;                   // 1 to 127.
  std::vector<PitchPoint> curve;  // Empty: the pitch does not move.
};

enum class SoundSource {
  kMelodic,  // A General MIDI program.
  kDrumKit,  // A General MIDI drum kit; a note's key is pitch_cents / 100.
  kTabla,    // Recorded strokes; the part has strokes instead of notes.
};

// A recorded stroke of tabla.h.
struct Stroke {
  double onset_seconds;
  int sample;    // A TablaSample.
  double cents;  // Above the pitch it was recorded at.
  double gain;   // 1: as recorded.
};

// What one player does.
struct Part {
  std::string instrument;  // The value of its tag; empty if it has none.
  SoundSource source = SoundSource::kMelodic;
  int program = 0;     // 0 to 127.
  double gain_db = 0;  // -24 to 0.
  std::vector<Note> notes;
  std::vector<Stroke> strokes;
};

// The room and the way of the sound from there to the recording.
struct Room {
  double reverb_seconds = 0;  // Time to decay by 60 dB; 0: none.
  double reverb_db = -60;     // Of the reverberation against the sound.
  double tilt_db = 0;         // Of the highs against the lows.
  double noise_db = -90;      // Of a hiss against the sound.
  double level_dbfs = -20;    // RMS of the recording.
};

struct Score {
  double seconds = 0;
  double tonic_cents = 0;
  double pulses_per_minute = 0;  // 0: unmetred.
  std::vector<Part> parts;
  Room room;
};

// One line for each note and stroke, in order of parts, for people and for
// tests that compare scores; times in milliseconds, pitches in cents.
std::string ToText(const Score& score);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_SCORE_H_
