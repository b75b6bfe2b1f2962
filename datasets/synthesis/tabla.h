// Recorded strokes of a tabla, the CC0 samples tabla_*.flac of Sonic Pi as
// Debian's package sonic-pi-samples installs them, resampled to 24 kHz.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_TABLA_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_TABLA_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "datasets/synthesis/score.h"

namespace culturemert {

// By what the stroke is made of: the bass drum's open and closed strokes, the
// treble drum's ringing and damped ones.
enum TablaSample : int {
  kTablaGhe,   // Bass, open, short.
  kTablaGhe2,  // Bass, open, long, bent upwards.
  kTablaKe,    // Bass, closed.
  kTablaNa,    // Treble rim, ringing.
  kTablaTas,   // Treble rim, long.
  kTablaTun,   // Treble centre, ringing.
  kTablaTe,    // Treble, damped.
  kTablaRe,    // Treble, damped, softer.
  kNumTablaSamples,
};

// Immutable and safe to share between threads.
class TablaSamples {
 public:
  // Reads the files from `folder`. kNotFound names the file that is missing
  // and the package that brings it; kDataLoss a file that cannot be decoded.
  static absl::StatusOr<std::unique_ptr<TablaSamples>> Load(
      absl::string_view folder);

  // The sound of one sample at 24 kHz, at most 4 s, peak 1.
  absl::Span<const float> Sound(TablaSample sample) const {
    return sounds_[static_cast<std::size_t>(sample)];
  }

  // Adds one stroke to `mix`, 24 kHz from second 0. What lies outside of `mix`
  // is left out. Pitch is changed by playing faster or slower, with linear
  // interpolation.
  void Add(const Stroke& stroke, double gain, absl::Span<float> mix) const;

 private:
  explicit TablaSamples(std::vector<std::vector<float>> sounds)
      : sounds_(std::move(sounds)) {}

  const std::vector<std::vector<float>> sounds_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_TABLA_H_
