#include "experiments/training/pretraining_step.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "experiments/training/compute_type.h"
#include "models/pretraining/mixture.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// The streams of the kinds of randomness of one clip or update are apart.
constexpr std::uint64_t kMixture = StreamId("mixture");
constexpr std::uint64_t kMask = StreamId("mask");
constexpr std::uint64_t kDropout = StreamId("dropout");
constexpr std::uint64_t kLayerDrop = StreamId("layer drop");
constexpr std::uint64_t kValidation = StreamId("validation");

std::vector<RandomStream> StreamsOfRows(const RandomStream& update,
                                        std::uint64_t kind,
                                        const std::vector<std::int64_t>& rows) {
  std::vector<RandomStream> streams;
  streams.reserve(rows.size());
  for (const std::int64_t row : rows) {
    streams.push_back(update.Substream(kind, static_cast<std::uint64_t>(row)));
  }
  return streams;
}

at::Tensor ToTensor(const FrameMask& mask) {
  at::Tensor tensor = at::empty({mask.rows, mask.frames}, at::kBool);
  std::copy(mask.masked.begin(), mask.masked.end(),
            tensor.mutable_data_ptr<bool>());
  return tensor;
}

c10::Device DeviceOf(const PretrainingModel& model) {
  return model.encoder->parameters().begin()->second.device();
}

// Everything but what differs between training and validation.
absl::StatusOr<PretrainingLoss> Forward(const PretrainingModel& model,
                                        const PretrainingRecipe& recipe,
                                        const RandomStream& random,
                                        const MicroBatch& micro_batch,
                                        bool is_training) {
  const c10::Device device = DeviceOf(model);
  const at::Tensor clean = micro_batch.audio.to(device);  // [B, S]
  PretrainingTargets targets;
  targets.codes = micro_batch.codes;
  ASSIGN_OR_RETURN(targets.cqt, model.teacher->Magnitudes(clean));
  ASSIGN_OR_RETURN(
      const FrameMask mask,
      DrawSpanMask(recipe.mask, MertFrames(clean.size(1)),
                   StreamsOfRows(random, kMask, micro_batch.rows)));
  targets.mask = ToTensor(mask);
  Mert::TrainingInput input;
  input.audio = clean;
  input.mask = targets.mask.to(device);
  if (is_training) {
    ASSIGN_OR_RETURN(
        const MixturePlan plan,
        PlanMixture(recipe.mixture, clean.size(1),
                    StreamsOfRows(random, kMixture, micro_batch.rows)));
    ASSIGN_OR_RETURN(input.audio, Mix(clean, plan, recipe.mixture.gain));
    input.sample_streams = StreamsOfRows(random, kDropout, micro_batch.rows);
    input.step_stream = random.Substream(
        kLayerDrop, static_cast<std::uint64_t>(micro_batch.rows.front()));
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<const Mert> encoder,
                   InComputeType(*model.encoder, recipe.dtype));
  ASSIGN_OR_RETURN(const Mert::TrainingOutput output,
                   encoder->Forward(input, is_training));
  return ComputePretrainingLoss(recipe.loss, *model.heads, output.last_hidden,
                                output.feature_penalty, targets);
}

}  // namespace

NamedTensors AllParameters(const PretrainingModel& model) {
  NamedTensors parameters = model.encoder->parameters();
  const NamedTensors& heads = model.heads->parameters();
  parameters.insert(heads.begin(), heads.end());
  return parameters;
}

absl::StatusOr<NamedTensors> SetTrainable(
    const PretrainingModel& model, absl::Span<const ParameterGroup> groups) {
  NamedTensors trainable;
  for (auto& [name, parameter] : AllParameters(model)) {
    ASSIGN_OR_RETURN(const ParameterGroup group, GroupOfParameter(name));
    const bool is_trained =
        std::find(groups.begin(), groups.end(), group) != groups.end();
    parameter.mutable_grad() = at::Tensor();
    parameter.set_requires_grad(is_trained);
    if (is_trained) trainable[name] = parameter;
  }
  return trainable;
}

PretrainingRecipe RecipeOf(const TrainingConfig& config) {
  return {config.seed, config.mixture, config.mask, config.loss, config.dtype};
}

RandomStream StreamOfUpdate(std::uint64_t seed, std::int64_t update) {
  return RandomStream(seed, StreamId("pre-training"))
      .Substream(static_cast<std::uint64_t>(update));
}

absl::StatusOr<PretrainingSums> AccumulateMicroBatch(
    const PretrainingModel& model, const PretrainingRecipe& recipe,
    std::int64_t update, const MicroBatch& micro_batch) {
  return CatchTorchErrors([&]() -> absl::StatusOr<PretrainingSums> {
    ASSIGN_OR_RETURN(
        const PretrainingLoss loss,
        Forward(model, recipe, StreamOfUpdate(recipe.seed, update), micro_batch,
                /*is_training=*/true));
    ASSIGN_OR_RETURN(PretrainingSums sums, ReadSums(loss));
    if (std::isfinite(sums.loss)) loss.sum.backward();
    return sums;
  });
}

absl::StatusOr<PretrainingSums> ValidateMicroBatch(
    const PretrainingModel& model, const PretrainingRecipe& recipe,
    const MicroBatch& micro_batch) {
  return CatchTorchErrors([&]() -> absl::StatusOr<PretrainingSums> {
    const c10::NoGradGuard no_grad;
    ASSIGN_OR_RETURN(
        const PretrainingLoss loss,
        Forward(model, recipe, RandomStream(recipe.seed, kValidation),
                micro_batch, /*is_training=*/false));
    return ReadSums(loss);
  });
}

}  // namespace culturemert
