#include "experiments/training/stage_loss.h"

#include <cstddef>
#include <utility>

#include "experiments/training/spectrogram_regression.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

class MaskedPredictionLoss : public StageLoss {
 public:
  MaskedPredictionLoss(const PretrainingModel& model,
                       const PretrainingRecipe& recipe)
      : model_(model), recipe_(recipe) {}

  const NamedTensors& own_parameters() const override { return none_; }

  absl::StatusOr<PretrainingSums> Accumulate(
      std::int64_t update, const MicroBatch& micro_batch) const override {
    return AccumulateMicroBatch(model_, recipe_, update, micro_batch);
  }

  absl::StatusOr<PretrainingSums> Validate(
      const MicroBatch& micro_batch) const override {
    return ValidateMicroBatch(model_, recipe_, micro_batch);
  }

  PretrainingSums NoSums() const override {
    PretrainingSums sums;
    const auto books =
        static_cast<std::size_t>(model_.heads->config().codebooks);
    sums.cross_entropy.resize(books);
    sums.correct.resize(books);
    return sums;
  }

 private:
  const PretrainingModel model_;
  const PretrainingRecipe recipe_;
  const NamedTensors none_;
};

class SpectrogramRegressionLoss : public StageLoss {
 public:
  explicit SpectrogramRegressionLoss(
      std::unique_ptr<SpectrogramRegression> regression)
      : regression_(std::move(regression)) {}

  const NamedTensors& own_parameters() const override {
    return regression_->parameters();
  }

  absl::StatusOr<PretrainingSums> Accumulate(
      std::int64_t /*update*/, const MicroBatch& micro_batch) const override {
    return regression_->Accumulate(micro_batch);
  }

  absl::StatusOr<PretrainingSums> Validate(
      const MicroBatch& micro_batch) const override {
    return regression_->Validate(micro_batch);
  }

  PretrainingSums NoSums() const override { return PretrainingSums(); }

 private:
  const std::unique_ptr<SpectrogramRegression> regression_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<StageLoss>> CreateStageLoss(
    const TrainingConfig& config, const StageConfig& stage,
    const PretrainingModel& model, const TrainingData& data) {
  if (stage.objective == StageObjective::kMaskedPrediction) {
    return std::make_unique<MaskedPredictionLoss>(model, RecipeOf(config));
  }
  SpectrogramRegressionOptions options;
  options.target = stage.spectrogram;
  options.feature_penalty_weight = config.loss.feature_penalty_weight;
  options.seed = config.seed;
  options.dtype = config.dtype;
  ASSIGN_OR_RETURN(std::unique_ptr<SpectrogramRegression> regression,
                   SpectrogramRegression::Create(model, data, options));
  return std::make_unique<SpectrogramRegressionLoss>(std::move(regression));
}

}  // namespace culturemert
