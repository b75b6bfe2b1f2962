// What the front-end can learn before there is a transformer worth listening
// to: to hear a spectrogram. For B segments of S samples that become T frames
// (MertFrames), F bins:
//
//   audio [B, S] ── FrameFeatures ──▶ targets [B, T, F], each bin standardised
//     │                               by its mean and deviation over the pool
//   front-end, projection ──▶ x [B, T, D]
//   linear map ──▶ predictions [B, T, F]
//   loss = mean((predictions - targets)^2)
//        + feature_penalty_weight * mean(front-end output squared)
//
// of clean audio without masks, dropout or mixture. The gradient into the
// front-end is not scaled down as in masked prediction. The linear map is
// thrown away with the stage. A loss of 1 is what predicting the mean gives.
//
// This is no part of MERT's recipe, which starts from random weights and has
// the updates to get over their plateau; a small model with minutes to train
// has not.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_SPECTROGRAM_REGRESSION_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_SPECTROGRAM_REGRESSION_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "experiments/training/compute_type.h"
#include "experiments/training/pretraining_step.h"
#include "experiments/training/training_config.h"
#include "experiments/training/training_data.h"
#include "models/kmeans/frame_features.h"
#include "models/pretraining/pretraining_loss.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

struct SpectrogramRegressionOptions {
  SpectrogramTarget target = SpectrogramTarget::kLogMelAndCqt;
  double feature_penalty_weight = 10;
  std::uint64_t seed = 0;  // Of the linear map.
  ComputeType dtype = ComputeType::kFloat32;
  // The first so many of the sampler give the bins' means and deviations.
  std::int64_t statistics_segments = 64;
};

class SpectrogramRegression {
 public:
  // Reads the segments that the statistics are taken of: a pure function of the
  // data, so that it is the same after a restart and on every process. `model`
  // must outlive it. Errors: those of the reader and of FrameFeatures.
  static absl::StatusOr<std::unique_ptr<SpectrogramRegression>> Create(
      const PretrainingModel& model, const TrainingData& data,
      const SpectrogramRegressionOptions& options);

  // The linear map: "spectrogram_head.weight" [F, D] and "spectrogram_head
  // .bias" [F], which require gradients.
  const NamedTensors& parameters() const { return parameters_; }

  // Forward and backward of a micro-batch, as AccumulateMicroBatch. Of the sums
  // the frames (all of them), loss, feature_penalty, and as cqt_error the mean
  // square error of the predictions; no books.
  absl::StatusOr<PretrainingSums> Accumulate(
      const MicroBatch& micro_batch) const;

  // The same without gradients.
  absl::StatusOr<PretrainingSums> Validate(const MicroBatch& micro_batch) const;

  // The targets of audio [B, S], float32 [B, T, F] on the CPU.
  absl::StatusOr<at::Tensor> Targets(const at::Tensor& audio) const;

 private:
  SpectrogramRegression(const PretrainingModel& model,
                        const SpectrogramRegressionOptions& options,
                        std::vector<std::unique_ptr<FrameFeatures>> features);

  // Not standardised.
  absl::StatusOr<at::Tensor> Extract(const at::Tensor& audio) const;
  absl::Status TakeStatistics(const TrainingData& data);
  void DrawHead();
  absl::StatusOr<PretrainingLoss> Forward(const at::Tensor& audio) const;

  const PretrainingModel model_;
  const SpectrogramRegressionOptions options_;
  const std::vector<std::unique_ptr<FrameFeatures>> features_;
  at::Tensor mean_;   // float32 [F]
  at::Tensor scale_;  // float32 [F]
  NamedTensors parameters_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_SPECTROGRAM_REGRESSION_H_
