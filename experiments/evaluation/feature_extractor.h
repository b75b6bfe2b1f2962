// What turns audio into the features that are probed: an encoder, or a baseline
// that shows what the encoder adds.

#ifndef CULTUREMERT_EXPERIMENTS_EVALUATION_FEATURE_EXTRACTOR_H_
#define CULTUREMERT_EXPERIMENTS_EVALUATION_FEATURE_EXTRACTOR_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace culturemert {

class FeatureExtractor {
 public:
  virtual ~FeatureExtractor() = default;

  // What makes the features, its weights included: features of one identity
  // and protocol are the same.
  virtual std::string identity() const = 0;
  // The shape of a window's features.
  virtual std::int64_t states() const = 0;
  virtual std::int64_t state_size() const = 0;
  // The fewest samples of 24 kHz that have features.
  virtual std::int64_t min_samples() const = 0;

  // `audio`: float32 [B, samples] on the CPU, normalised if the protocol says
  // so. Returns float32 [B, states, state_size], contiguous on the CPU. A row's
  // values depend on its own audio alone.
  virtual absl::StatusOr<at::Tensor> Extract(const at::Tensor& audio) const = 0;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_EVALUATION_FEATURE_EXTRACTOR_H_
