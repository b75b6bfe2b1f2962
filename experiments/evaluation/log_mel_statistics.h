// The baseline that any encoder has to beat: the mean and the deviation over
// time of 80 log-mel energies, without anything learned.

#ifndef CULTUREMERT_EXPERIMENTS_EVALUATION_LOG_MEL_STATISTICS_H_
#define CULTUREMERT_EXPERIMENTS_EVALUATION_LOG_MEL_STATISTICS_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "experiments/evaluation/feature_extractor.h"
#include "models/kmeans/frame_features.h"

namespace culturemert {

// One state: the means of the bands, then their population standard deviations.
// FrameFeature::kLogMel defines the bands and the frames, 75 a second.
class LogMelStatistics : public FeatureExtractor {
 public:
  static absl::StatusOr<std::unique_ptr<LogMelStatistics>> Create();

  std::string identity() const override { return "log-mel mean and deviation"; }
  std::int64_t states() const override { return 1; }
  std::int64_t state_size() const override { return 2 * log_mel_->size(); }
  std::int64_t min_samples() const override { return 1; }
  absl::StatusOr<at::Tensor> Extract(const at::Tensor& audio) const override;

 private:
  explicit LogMelStatistics(std::unique_ptr<FrameFeatures> log_mel);

  const std::unique_ptr<FrameFeatures> log_mel_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_EVALUATION_LOG_MEL_STATISTICS_H_
