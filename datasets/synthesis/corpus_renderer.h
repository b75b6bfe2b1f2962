// Rendered corpora: music made by this project's own code from the theory of
// several traditions, with exact labels, without anything to download or to
// license. Seven corpora:
//
//   makam, hindustani, carnatic, greek, western_tags, western_genres
//       evaluation sets, shaped like the CompMusic sets, Lyra, MagnaTagATune
//       and FMA
//   western
//       for pre-training and replay
//
//   ASSIGN_OR_RETURN(auto renderer, CorpusRenderer::Create("makam", {}));
//   ASSIGN_OR_RETURN(RenderedRecording recording, renderer->Render(17));
//
// A recording is a pure function of (corpus, seed, clip_seconds, index): the
// same bytes in any order, from any thread, from any renderer, on machines with
// the same libfluidsynth and sound font. Corpora have no end: take as many
// recordings as you like. Another length plays the same tunes, players and
// tempos for longer, with the same labels but for players who would begin only
// later. What is modelled and what isn't is in the README.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_CORPUS_RENDERER_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_CORPUS_RENDERER_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "datasets/synthesis/piece.h"
#include "datasets/synthesis/repertoire.h"
#include "datasets/synthesis/score.h"
#include "datasets/synthesis/synthesizer.h"
#include "datasets/synthesis/tabla.h"

namespace culturemert {

struct RenderOptions {
  double clip_seconds = 8;  // 1 to 600.
  std::uint64_t seed = 0;
  // Files of Debian's packages timgm6mb-soundfont and sonic-pi-samples.
  std::string sound_font = "/usr/share/sounds/sf2/TimGM6mb.sf2";
  std::string tabla_folder = "/usr/share/sonic-pi/samples";
};

// All that is known of a recording but its sound.
struct RecordingLabels {
  std::string id;       // "makam-0-000017": corpus, seed, index.
  std::string culture;  // The corpus; "western" for all three Western ones.
  std::string tune;     // "makam-0-t000008": recordings of one tune share it.
  Split split;          // The tune's.
  std::vector<std::string> tags;  // "group:value", sorted, each once.
  double tonic_cents;             // Above MIDI key 0; 6900 is 440 Hz.
  double pulses_per_minute;       // 0: unmetred.
};

struct RenderedRecording {
  RecordingLabels labels;
  // Mono, 24 kHz, round(clip_seconds * 24000) of them.
  std::vector<std::int16_t> samples;
};

// The names above, in that order.
const std::vector<std::string>& RenderedCorpusNames();

// Safe to use from several threads at once.
class CorpusRenderer {
 public:
  // Reads the tabla samples and the font. kNotFound for an unknown corpus
  // (with the nearest name) and for missing files (with the package that brings
  // them); kInvalidArgument for options out of range.
  static absl::StatusOr<std::unique_ptr<CorpusRenderer>> Create(
      absl::string_view corpus, const RenderOptions& options);

  ~CorpusRenderer();

  // `index` is below 2^60, here and below.
  absl::StatusOr<RenderedRecording> Render(std::uint64_t index) const;

  // Labels without sound, some 100 microseconds.
  RecordingLabels Describe(std::uint64_t index) const;

  // What Render plays.
  Score ComposeScore(std::uint64_t index) const;

  // The index of the `ordinal`-th recording of a split, from 0. Of every 20
  // recordings 14 are training, 2 validation, 4 test; recordings of a tune are
  // in one split. Modes, forms and genres are balanced within each split.
  std::uint64_t IndexInSplit(Split split, std::uint64_t ordinal) const;

  // Every tag a recording can have, sorted.
  const std::vector<std::string>& Vocabulary() const { return vocabulary_; }

 private:
  CorpusRenderer(absl::string_view corpus, const RenderOptions& options,
                 std::unique_ptr<TablaSamples> tabla);

  Piece Compose(std::uint64_t index) const;
  RecordingLabels LabelsOf(std::uint64_t index, const Piece& piece) const;

  absl::StatusOr<std::unique_ptr<Synthesizer>> TakeSynthesizer() const;
  void GiveBack(std::unique_ptr<Synthesizer> synthesizer) const;

  const std::string corpus_;
  const RenderOptions options_;
  const Repertoire repertoire_;
  const std::vector<std::string> vocabulary_;
  const std::unique_ptr<TablaSamples> tabla_;

  mutable std::mutex mutex_;
  // Guarded by mutex_: those that no thread plays on.
  mutable std::vector<std::unique_ptr<Synthesizer>> idle_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_CORPUS_RENDERER_H_
