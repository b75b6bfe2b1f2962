// What turns audio into discrete labels: the targets of masked prediction.
//
//   ASSIGN_OR_RETURN(const at::Tensor codes, tokenizer.Codes(audio));
//   manifest["tokenizer"] = tokenizer.identity();
//
// All tokenizers run at 24 000 Hz with one frame every 320 samples (75 a
// second), frame t standing for samples [320 t, 320 t + 320): exchanging one
// for another changes the labels and nothing else.

#ifndef CULTUREMERT_MODELS_TOKENIZER_TOKENIZER_H_
#define CULTUREMERT_MODELS_TOKENIZER_TOKENIZER_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace culturemert {

inline constexpr int kTokenizerRateHz = 24000;
inline constexpr int kTokenizerHopSamples = 320;

// Frames of `samples` samples, the last of which may be cut: ceil(samples/320).
constexpr std::int64_t TokenizerFrames(std::int64_t samples) {
  return (samples + kTokenizerHopSamples - 1) / kTokenizerHopSamples;
}

// Safe to call from several threads at once.
class Tokenizer {
 public:
  Tokenizer() = default;
  Tokenizer(const Tokenizer&) = delete;
  Tokenizer& operator=(const Tokenizer&) = delete;
  virtual ~Tokenizer() = default;

  // `audio`: floating point, [B, samples] or [samples], at least one sample,
  // full scale 1. Returns int64, ready to index with, on the audio's device:
  // [B, books(), TokenizerFrames(samples)], without B where the audio has none;
  // each code is in [0, codes_per_book()). Book 0 is the coarsest.
  // The codes of one row do not depend on the other rows. Records no gradient.
  // kInvalidArgument: another shape or type, or samples that are not finite.
  virtual absl::StatusOr<at::Tensor> Codes(const at::Tensor& audio) const = 0;

  virtual int books() const = 0;
  virtual int codes_per_book() const = 0;

  // Names the tokenizer and its weights: "encodec-24khz:sha256=0f3c...". Two
  // tokenizers of one identity give the same codes. Goes into manifests.
  virtual std::string identity() const = 0;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_TOKENIZER_TOKENIZER_H_
