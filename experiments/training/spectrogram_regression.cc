#include "experiments/training/spectrogram_regression.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <utility>

#include "absl/types/span.h"
#include "datasets/sampling/segment.h"
#include "models/mert/cuda_parts.h"
#include "models/mert/dropout_sites.h"
#include "models/mert/encoder.h"
#include "models/mert/fast_parts.h"
#include "models/mert/mert_config.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr char kWeight[] = "spectrogram_head.weight";
constexpr char kBias[] = "spectrogram_head.bias";

// Bins that hardly change, as those above the audio's band, are not blown up.
constexpr double kSmallestDeviation = 0.01;  // Of natural logarithms.

std::vector<FrameFeature> FeaturesOf(SpectrogramTarget target) {
  switch (target) {
    case SpectrogramTarget::kLogMel:
      return {FrameFeature::kLogMel};
    case SpectrogramTarget::kCqt:
      return {FrameFeature::kCqt};
    case SpectrogramTarget::kLogMelAndCqt:
      return {FrameFeature::kLogMel, FrameFeature::kCqt};
  }
  return {};
}

at::Tensor Uniform(const RandomStream& random, at::IntArrayRef shape,
                   double bound) {
  at::Tensor tensor = at::empty(shape, at::kFloat);
  random.FillUniform(
      absl::MakeSpan(tensor.mutable_data_ptr<float>(), tensor.numel()), 0);
  return tensor.mul_(2 * bound).sub_(bound);
}

struct Projected {
  at::Tensor x;  // [B, T, D]
  at::Tensor feature_penalty;
};

// The encoder up to where positions are added.
Projected Project(const Mert& encoder, const at::Tensor& audio) {
  MertConfig config = encoder.config();
  config.layers = 0;
  config.feature_gradient_scale = 1;
  const NamedTensors& parameters = encoder.parameters();
  const DropoutPlan no_dropout = DropoutPlan::None(config);
  EncoderParts parts = HasFastParts(parameters)
                           ? FastParts(config, parameters, no_dropout)
                           : CudaParts(config, parameters);
  Projected projected;
  parts.add_positions = [&](const at::Tensor& x) {
    projected.x = x;
    return x;
  };
  const at::Tensor prepared =
      audio.to(parameters.begin()->second.options()).detach().contiguous();
  projected.feature_penalty =
      Encode(config, parameters, prepared, at::Tensor(), no_dropout, parts, {})
          .feature_penalty;
  return projected;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SpectrogramRegression>>
SpectrogramRegression::Create(const PretrainingModel& model,
                              const TrainingData& data,
                              const SpectrogramRegressionOptions& options) {
  std::vector<std::unique_ptr<FrameFeatures>> features;
  for (const FrameFeature feature : FeaturesOf(options.target)) {
    ASSIGN_OR_RETURN(features.emplace_back(), FrameFeatures::Create(feature));
  }
  std::unique_ptr<SpectrogramRegression> regression(
      new SpectrogramRegression(model, options, std::move(features)));
  RETURN_IF_ERROR(regression->TakeStatistics(data));
  RETURN_IF_ERROR(CatchTorchErrors([&] {
    regression->DrawHead();
    return absl::OkStatus();
  }));
  return regression;
}

SpectrogramRegression::SpectrogramRegression(
    const PretrainingModel& model, const SpectrogramRegressionOptions& options,
    std::vector<std::unique_ptr<FrameFeatures>> features)
    : model_(model), options_(options), features_(std::move(features)) {}

absl::StatusOr<at::Tensor> SpectrogramRegression::Extract(
    const at::Tensor& audio) const {
  std::vector<at::Tensor> families;
  for (const auto& features : features_) {
    ASSIGN_OR_RETURN(families.emplace_back(), features->Extract(audio));
  }
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    return at::cat(families, 2).narrow(1, 0, MertFrames(audio.size(1)));
  });
}

absl::Status SpectrogramRegression::TakeStatistics(const TrainingData& data) {
  return CatchTorchErrors([&]() -> absl::Status {
    at::Tensor sum;
    at::Tensor squares;
    double frames = 0;
    std::vector<float> samples;
    for (std::int64_t number = 0; number < options_.statistics_segments;
         ++number) {
      const Segment segment =
          data.sampler->At(static_cast<std::uint64_t>(number));
      samples.resize(static_cast<std::size_t>(segment.samples));
      RETURN_IF_ERROR(data.audio->Read(segment.recording, segment.first_sample,
                                       absl::MakeSpan(samples)));
      ASSIGN_OR_RETURN(const at::Tensor extracted,
                       Extract(at::from_blob(
                           samples.data(), {1, segment.samples}, at::kFloat)));
      const at::Tensor values = extracted.squeeze(0).to(at::kDouble);
      const at::Tensor sum_here = values.sum(at::IntArrayRef({0}));
      const at::Tensor squares_here = values.square().sum(at::IntArrayRef({0}));
      sum = sum.defined() ? sum + sum_here : sum_here;
      squares = squares.defined() ? squares + squares_here : squares_here;
      frames += static_cast<double>(values.size(0));
    }
    const at::Tensor mean = sum / frames;
    const at::Tensor deviation =
        (squares / frames - mean.square())
            .clamp_min(kSmallestDeviation * kSmallestDeviation)
            .sqrt();
    mean_ = mean.to(at::kFloat);
    scale_ = deviation.reciprocal().to(at::kFloat);
    return absl::OkStatus();
  });
}

void SpectrogramRegression::DrawHead() {
  const std::int64_t width = model_.encoder->config().hidden_size;
  const double bound = 1 / std::sqrt(static_cast<double>(width));
  const at::Tensor& like = model_.encoder->parameters().begin()->second;
  const c10::ScalarType real =
      like.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  const RandomStream random(options_.seed, StreamId("spectrogram head"));
  parameters_[kWeight] =
      Uniform(random.Substream(0), {mean_.size(0), width}, bound)
          .to(like.device(), real);
  parameters_[kBias] = Uniform(random.Substream(1), {mean_.size(0)}, bound)
                           .to(like.device(), real);
  for (auto& [name, parameter] : parameters_) parameter.set_requires_grad(true);
}

absl::StatusOr<at::Tensor> SpectrogramRegression::Targets(
    const at::Tensor& audio) const {
  ASSIGN_OR_RETURN(const at::Tensor extracted, Extract(audio));
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    return (extracted - mean_) * scale_;
  });
}

absl::StatusOr<PretrainingLoss> SpectrogramRegression::Forward(
    const at::Tensor& audio) const {
  ASSIGN_OR_RETURN(const at::Tensor targets, Targets(audio));
  ASSIGN_OR_RETURN(const std::shared_ptr<const Mert> encoder,
                   InComputeType(*model_.encoder, options_.dtype));
  const Projected projected = Project(*encoder, audio);
  const at::Tensor& weight = parameters_.at(kWeight);
  const at::Tensor error =
      at::mse_loss(at::linear(projected.x.to(weight.scalar_type()), weight,
                              parameters_.at(kBias)),
                   targets.to(weight.options()));
  PretrainingLoss loss;
  loss.masked_frames = projected.x.size(0) * projected.x.size(1);
  loss.sum =
      (error + projected.feature_penalty * options_.feature_penalty_weight) *
      static_cast<double>(loss.masked_frames);
  loss.cross_entropy = loss.correct = at::zeros({0}, at::kDouble);
  loss.feature_penalty = projected.feature_penalty.detach();
  loss.cqt_error = error.detach();
  return loss;
}

absl::StatusOr<PretrainingSums> SpectrogramRegression::Accumulate(
    const MicroBatch& micro_batch) const {
  return CatchTorchErrors([&]() -> absl::StatusOr<PretrainingSums> {
    ASSIGN_OR_RETURN(const PretrainingLoss loss, Forward(micro_batch.audio));
    ASSIGN_OR_RETURN(PretrainingSums sums, ReadSums(loss));
    if (std::isfinite(sums.loss)) loss.sum.backward();
    return sums;
  });
}

absl::StatusOr<PretrainingSums> SpectrogramRegression::Validate(
    const MicroBatch& micro_batch) const {
  return CatchTorchErrors([&]() -> absl::StatusOr<PretrainingSums> {
    const c10::NoGradGuard no_grad;
    ASSIGN_OR_RETURN(const PretrainingLoss loss, Forward(micro_batch.audio));
    return ReadSums(loss);
  });
}

}  // namespace culturemert
