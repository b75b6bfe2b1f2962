#include "datasets/synthesis/score.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace culturemert {
namespace {

const char* SourceName(SoundSource source) {
  switch (source) {
    case SoundSource::kMelodic:
      return "program";
    case SoundSource::kDrumKit:
      return "kit";
    case SoundSource::kTabla:
      return "tabla";
  }
  return "";
}

void AppendPart(const Part& part, std::string* text) {
  absl::StrAppendFormat(text, "part %s, %s %d, %.1f dB\n",
                        part.instrument.empty() ? "-" : part.instrument,
                        SourceName(part.source), part.program, part.gain_db);
  for (const Note& note : part.notes) {
    absl::StrAppendFormat(text, "  %.0f+%.0f ms, %.1f cents, velocity %d",
                          note.onset_seconds * 1000, note.seconds * 1000,
                          note.pitch_cents, note.velocity);
    for (const PitchPoint& point : note.curve) {
      absl::StrAppendFormat(text, " %.0f:%+.1f", point.seconds * 1000,
                            point.cents);
    }
    absl::StrAppend(text, "\n");
  }
  for (const Stroke& stroke : part.strokes) {
    absl::StrAppendFormat(text, "  %.0f ms, stroke %d, %+.0f cents, %.2f\n",
                          stroke.onset_seconds * 1000, stroke.sample,
                          stroke.cents, stroke.gain);
  }
}

}  // namespace

std::string ToText(const Score& score) {
  std::string text = absl::StrFormat(
      "%.3f s, tonic %.1f cents, %.1f pulses a minute\n"
      "room %.2f s %.1f dB, tilt %.1f dB, noise %.1f dB, level %.1f dBFS\n",
      score.seconds, score.tonic_cents, score.pulses_per_minute,
      score.room.reverb_seconds, score.room.reverb_db, score.room.tilt_db,
      score.room.noise_db, score.room.level_dbfs);
  for (const Part& part : score.parts) AppendPart(part, &text);
  return text;
}

}  // namespace culturemert
