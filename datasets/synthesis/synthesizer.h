// Plays a score with libfluidsynth and a General MIDI sound font, and the
// tabla's recorded strokes on top.
//
// Pitch: a note sounds on the nearest MIDI key, bent by the rest; a bend has
// 14 bits over +-24 semitones, so any pitch is met within 0.15 cents of what
// the font's key would sound. Notes of a part take turns on several channels,
// so that the release of one is not bent with the next. Events happen at
// multiples of 64 samples (2.7 ms).
//
// FluidSynth's own reverberation and chorus are off; rooms are ours (room.h).

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_SYNTHESIZER_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_SYNTHESIZER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "datasets/synthesis/score.h"
#include "datasets/synthesis/tabla.h"

namespace culturemert {

// For one thread at a time. Playing leaves no trace: the same score gives the
// same samples from a fresh synthesizer and from one that has played before.
class Synthesizer {
 public:
  // Loads the font, some 10 ms. kNotFound names the path and the Debian package
  // that brings the default font; kDataLoss if it is no sound font,
  // kFailedPrecondition if it has not the programs needed. `tabla` outlives the
  // synthesizer.
  static absl::StatusOr<std::unique_ptr<Synthesizer>> Create(
      const std::string& sound_font, const TablaSamples& tabla);

  ~Synthesizer();
  Synthesizer(const Synthesizer&) = delete;
  Synthesizer& operator=(const Synthesizer&) = delete;

  // The dry sound of the score: round(score.seconds * 24000) mono samples.
  // kResourceExhausted if it has more parts than there are channels for (13).
  absl::StatusOr<std::vector<float>> Play(const Score& score);

 private:
  struct FluidObjects;

  Synthesizer(std::unique_ptr<FluidObjects> fluid, const TablaSamples& tabla);

  const std::unique_ptr<FluidObjects> fluid_;
  const TablaSamples& tabla_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_SYNTHESIZER_H_
