// Settings of the constant-Q transform that MERT's pre-training predicts.

#ifndef CULTUREMERT_MODELS_CQT_CQT_OPTIONS_H_
#define CULTUREMERT_MODELS_CQT_CQT_OPTIONS_H_

#include <cstdint>

#include "absl/status/status.h"

namespace culturemert {

// The defaults are MERT's: 7 octaves from C1 in eighth tones, 75 frames a
// second (mert_fairseq/models/mert/mert_model.py of github.com/yizhilll/MERT).
struct CqtOptions {
  int sample_rate_hz = 24000;
  int hop_samples = 320;
  double minimum_frequency_hz = 32.7;
  int bins = 336;
  int bins_per_octave = 48;
};

// kInvalidArgument, with the option, its value and what it may be, for: a rate
// outside 1 to 2^20 Hz, a hop outside 1 to 2^16 samples, bins or bins an octave
// outside 1 to 4096, a frequency not above 0, a highest bin above half the
// sample rate, a lowest bin whose kernel is longer than 2^21 samples.
absl::Status CheckCqtOptions(const CqtOptions& options);

// Frames of `samples` samples: frame t is centred on sample t * hop_samples.
constexpr std::int64_t CqtFrames(std::int64_t samples,
                                 const CqtOptions& options) {
  return samples / options.hop_samples + 1;
}

// Q, the periods of its own frequency that a bin's kernel lasts: 68.75.
double CqtQualityFactor(const CqtOptions& options);

// Of bin 0, 1 ... bins - 1.
double CqtFrequencyHz(const CqtOptions& options, int bin);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_CQT_CQT_OPTIONS_H_
