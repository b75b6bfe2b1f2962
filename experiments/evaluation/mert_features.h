// A MERT's hidden states as features: of each, the mean over time, or mean and
// deviation.

#ifndef CULTUREMERT_EXPERIMENTS_EVALUATION_MERT_FEATURES_H_
#define CULTUREMERT_EXPERIMENTS_EVALUATION_MERT_FEATURES_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/evaluation/feature_extractor.h"
#include "experiments/evaluation/protocol.h"
#include "models/mert/mert.h"

namespace culturemert {

class MertFeatures : public FeatureExtractor {
 public:
  // `weights_identity` says whose weights they are, as by a checksum. `mert`
  // must outlive this.
  MertFeatures(const Mert& mert, absl::string_view weights_identity,
               Pooling pooling);

  std::string identity() const override { return identity_; }
  std::int64_t states() const override;
  std::int64_t state_size() const override;
  std::int64_t min_samples() const override;
  absl::StatusOr<at::Tensor> Extract(const at::Tensor& audio) const override;

 private:
  const Mert& mert_;
  const std::string identity_;
  const Pooling pooling_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_EVALUATION_MERT_FEATURES_H_
