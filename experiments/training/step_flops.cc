#include "experiments/training/step_flops.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace culturemert {
namespace {

// Adds up, from the audio to the heads, what each part costs: forward; again
// for the gradients of its weights if they are trained; and again for those of
// its inputs if something before it is.
class Sum {
 public:
  explicit Sum(const StageConfig& stage) : stage_(stage) {}

  bool Trains(ParameterGroup group) const {
    return std::find(stage_.trainable.begin(), stage_.trainable.end(), group) !=
           stage_.trainable.end();
  }

  // Products of activations and weights.
  void AddWeights(double products, bool is_trained) {
    products_ += products * (1 + (is_trained ? 1 : 0) + (is_reached_ ? 1 : 0));
    is_reached_ = is_reached_ || is_trained;
  }
  void AddWeights(double products, ParameterGroup group) {
    AddWeights(products, Trains(group));
  }

  // Products of activations with each other.
  void AddActivations(double products) {
    products_ += products * (is_reached_ ? 3 : 1);
  }

  double flops() const { return 2 * products_; }

 private:
  const StageConfig& stage_;
  bool is_reached_ = false;  // Something so far is trained.
  double products_ = 0;
};

void AddFrontEnd(const MertConfig& model, std::int64_t samples, Sum& sum) {
  const auto channels = static_cast<double>(model.conv_channels);
  if (model.front_end == FrontEnd::kSpectrogram) {
    double inputs = kSpectrogramBands;
    for (int layer = 0; layer < kSpectrogramConvLayers; ++layer) {
      sum.AddWeights(
          static_cast<double>(MertFrames(samples) * kSpectrogramConvKernel) *
              inputs * channels,
          ParameterGroup::kFrontEnd);
      inputs = channels;
    }
    return;
  }
  std::int64_t length = samples;
  double inputs = 1;
  for (const MertConvLayer& layer : kMertConvLayers) {
    length = (length - layer.kernel) / layer.stride + 1;
    sum.AddWeights(
        static_cast<double>(length * layer.kernel) * inputs * channels,
        ParameterGroup::kFrontEnd);
    inputs = channels;
  }
}

void AddTransformer(const MertConfig& model, double frames, Sum& sum) {
  const auto width = static_cast<double>(model.hidden_size);
  const auto inner = static_cast<double>(model.feed_forward_size);
  sum.AddWeights(frames * width * width *
                     static_cast<double>(model.positional_kernel) /
                     static_cast<double>(model.positional_groups),
                 ParameterGroup::kPositional);
  const double layers =
      static_cast<double>(model.layers) * (1 - model.layer_drop);
  const bool is_trained = sum.Trains(ParameterGroup::kTransformer);
  for (std::int64_t layer = 0; layer < model.layers; ++layer) {
    const double part = layers / static_cast<double>(model.layers);
    sum.AddWeights(part * frames * (4 * width * width + 2 * width * inner),
                   is_trained);
    sum.AddActivations(part * 2 * frames * frames * width);
  }
}

void AddHeads(const MertConfig& model, const SpanMaskConfig& mask,
              double frames, Sum& sum) {
  const auto span = static_cast<double>(mask.span_frames);
  const double hidden =
      frames * (1 - std::pow(1 - std::min(1.0, mask.probability / span), span));
  const auto width = static_cast<double>(model.hidden_size);
  const auto books = static_cast<double>(model.codebooks);
  const auto head = static_cast<double>(model.head_size);
  sum.AddWeights(hidden * width * static_cast<double>(model.cqt_bins),
                 ParameterGroup::kProjectionHeads);
  sum.AddWeights(hidden * width * books * head,
                 ParameterGroup::kProjectionHeads);
  sum.AddWeights(hidden * books * head * static_cast<double>(model.codes),
                 ParameterGroup::kLabelEmbeddings);
}

std::int64_t SpectrogramBins(SpectrogramTarget target) {
  constexpr std::int64_t kMelBands = 80;
  constexpr std::int64_t kCqtBins = 336;
  switch (target) {
    case SpectrogramTarget::kLogMel:
      return kMelBands;
    case SpectrogramTarget::kCqt:
      return kCqtBins;
    case SpectrogramTarget::kLogMelAndCqt:
      return kMelBands + kCqtBins;
  }
  return 0;
}

}  // namespace

double UpdateFlops(const MertConfig& model, const TrainingConfig& config,
                   const StageConfig& stage) {
  const StageBatches batches = BatchesOf(config, stage);
  const auto samples =
      static_cast<std::int64_t>(batches.segment_seconds * kMertRateHz);
  const auto frames = static_cast<double>(MertFrames(samples));
  const auto width = static_cast<double>(model.hidden_size);
  Sum sum(stage);
  AddFrontEnd(model, samples, sum);
  sum.AddWeights(frames * static_cast<double>(model.conv_channels) * width,
                 ParameterGroup::kProjection);
  if (stage.objective == StageObjective::kSpectrogramRegression) {
    sum.AddWeights(frames * width *
                       static_cast<double>(SpectrogramBins(stage.spectrogram)),
                   /*is_trained=*/true);
  } else {
    sum.AddWeights(0, ParameterGroup::kMaskToken);
    AddTransformer(model, frames, sum);
    AddHeads(model, config.mask, frames, sum);
  }
  return sum.flops() * static_cast<double>(batches.segments);
}

}  // namespace culturemert
