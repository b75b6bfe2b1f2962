// What k-means clusters: a vector of hand-made features for every frame of the
// tokenizers' grid (tokenizer.h), 75 a second at 24 000 Hz.

#ifndef CULTUREMERT_MODELS_KMEANS_FRAME_FEATURES_H_
#define CULTUREMERT_MODELS_KMEANS_FRAME_FEATURES_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace culturemert {

enum class FrameFeature {
  // "log_mel", 80: timbre. log(10^-10 + energy) in 80 triangular bands, equally
  // spaced on the mel scale 2595 log10(1 + f / 700) from 0 to 12 000 Hz, of a
  // Hann window of 1024 samples about the frame's middle.
  kLogMel,
  // "chroma", 12: harmony. The square roots of the shares that the pitch
  // classes from C on have in the energy of the frame's CQT; all 0 where the
  // frame is silent (energy below 10^-10).
  kChroma,
  // "cqt", 336: both. log(1 + 100 m) of the CQT's magnitudes m.
  kCqt,
  // "log_mel+chroma", 92: one after the other, as MERT's k-means variant takes
  // its labels from both (Li et al., "MERT", 2023, section 3).
  kLogMelAndChroma,
};

// The name above.
absl::string_view FrameFeatureName(FrameFeature feature);
// kInvalidArgument, with the names there are, for another one.
absl::StatusOr<FrameFeature> ParseFrameFeature(absl::string_view name);

// The sizes of the feature's families, which are to weigh alike: {80, 12} for
// kLogMelAndChroma, one number for the others.
std::vector<std::int64_t> FrameFeatureFamilies(FrameFeature feature);

// Safe to use from several threads at once.
class FrameFeatures {
 public:
  // Errors: those of CqtTeacher::Create.
  static absl::StatusOr<std::unique_ptr<FrameFeatures>> Create(
      FrameFeature feature);

  virtual ~FrameFeatures() = default;

  // `audio`: floating point [B, samples], at least one sample, full scale 1.
  // Returns float32 [B, TokenizerFrames(samples), size()] on the CPU, where it
  // is computed in float32 wherever the audio is. A row's values do not depend
  // on other rows. kInvalidArgument: another shape or type, or samples that are
  // not finite.
  virtual absl::StatusOr<at::Tensor> Extract(const at::Tensor& audio) const = 0;

  virtual std::int64_t size() const = 0;

 protected:
  FrameFeatures() = default;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_KMEANS_FRAME_FEATURES_H_
