#include "models/mert/mert.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/stack.h>

#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/mert/cuda_parts.h"
#include "models/mert/fast_parts.h"
#include "models/mert/random_weights.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

std::string ShapeOf(const at::Tensor& tensor) {
  return absl::StrCat("[", absl::StrJoin(tensor.sizes(), ", "), "]");
}

absl::Status CheckTypesAndDevices(const NamedTensors& weights) {
  const auto& [first_name, first] = *weights.begin();
  for (const auto& [name, tensor] : weights) {
    if (tensor.scalar_type() != first.scalar_type() ||
        tensor.device() != first.device()) {
      return absl::InvalidArgumentError(absl::StrCat(
          name, " is ", c10::toString(tensor.scalar_type()), " on ",
          tensor.device().str(), " and ", first_name, " ",
          c10::toString(first.scalar_type()), " on ", first.device().str(),
          "; convert the weights to one type on one device"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckAudio(const at::Tensor& audio) {
  if (!audio.defined() || audio.dim() != 2 || audio.size(0) < 1 ||
      !audio.is_floating_point()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "audio is to be floating point [clips, samples] with at least one "
        "clip, and is ",
        audio.defined() ? absl::StrCat(c10::toString(audio.scalar_type()), " ",
                                       ShapeOf(audio))
                        : "undefined"));
  }
  return absl::OkStatus();
}

}  // namespace

Mert::Mert(const MertConfig& config, NamedTensors parameters)
    : config_(config), parameters_(std::move(parameters)) {}

Mert::~Mert() = default;

absl::StatusOr<std::unique_ptr<Mert>> Mert::Create(
    const MertConfig& config, NamedTensors encoder_weights) {
  RETURN_IF_ERROR(CheckMertConfig(config));
  RETURN_IF_ERROR(CheckTensors(encoder_weights, MertEncoderTensors(config)));
  RETURN_IF_ERROR(CheckTypesAndDevices(encoder_weights));
  return CatchTorchErrors([&]() -> absl::StatusOr<std::unique_ptr<Mert>> {
    for (auto& [name, tensor] : encoder_weights) tensor = tensor.contiguous();
    return std::unique_ptr<Mert>(new Mert(config, std::move(encoder_weights)));
  });
}

absl::StatusOr<std::unique_ptr<Mert>> Mert::CreateRandom(
    const MertConfig& config, std::uint64_t seed) {
  RETURN_IF_ERROR(CheckMertConfig(config));
  return CatchTorchErrors([&]() -> absl::StatusOr<std::unique_ptr<Mert>> {
    return Create(config, RandomMertWeights(config, seed));
  });
}

absl::Status Mert::To(c10::Device device, c10::ScalarType dtype) {
  if (dtype != at::kFloat && dtype != at::kDouble && dtype != at::kBFloat16) {
    return absl::InvalidArgumentError(
        absl::StrCat("the encoder computes in float32, float64 or bfloat16, "
                     "not in ",
                     c10::toString(dtype)));
  }
  return CatchTorchErrors([&]() -> absl::Status {
    NamedTensors moved;
    for (const auto& [name, tensor] : parameters_) {
      moved[name] = tensor.detach().to(device, dtype);
    }
    parameters_ = std::move(moved);
    return absl::OkStatus();
  });
}

absl::StatusOr<at::Tensor> Mert::PrepareAudio(const at::Tensor& audio) const {
  RETURN_IF_ERROR(CheckAudio(audio));
  if (MertFrames(audio.size(1)) == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("audio of ", audio.size(1),
                     " samples is too short: MERT needs at "
                     "least ",
                     kMertMinSamples, " samples (17 ms at 24 kHz)"));
  }
  return audio.detach().to(parameters_.begin()->second.options()).contiguous();
}

MertTrainingOutput Mert::Run(const at::Tensor& audio, const at::Tensor& mask,
                             const DropoutPlan& dropout,
                             const HiddenStateSink& sink) const {
  const EncoderParts parts = HasFastParts(parameters_)
                                 ? FastParts(config_, parameters_, dropout)
                                 : CudaParts(config_, parameters_);
  return Encode(config_, parameters_, audio, mask, dropout, parts, sink);
}

absl::StatusOr<at::Tensor> Mert::HiddenStates(const at::Tensor& audio) const {
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    const at::NoGradGuard no_gradients;
    ASSIGN_OR_RETURN(const at::Tensor prepared, PrepareAudio(audio));
    at::Tensor states;  // [layers + 1, B, T, D]
    Run(prepared, at::Tensor(), DropoutPlan::None(config_),
        [&](std::int64_t index, const at::Tensor& state) {
          if (!states.defined()) {
            states = at::empty({config_.layers + 1, state.size(0),
                                state.size(1), state.size(2)},
                               state.options());
          }
          states.select(0, index).copy_(state);
        });
    return states;
  });
}

absl::StatusOr<at::Tensor> Mert::Pooled(
    const at::Tensor& audio,
    const std::function<at::Tensor(const at::Tensor& state)>& pool) const {
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    const at::NoGradGuard no_gradients;
    ASSIGN_OR_RETURN(const at::Tensor prepared, PrepareAudio(audio));
    std::vector<at::Tensor> pooled;
    Run(prepared, at::Tensor(), DropoutPlan::None(config_),
        [&](std::int64_t, const at::Tensor& state) {
          pooled.push_back(pool(state));
        });
    return at::stack(pooled);
  });
}

absl::StatusOr<at::Tensor> Mert::HiddenStateMeans(
    const at::Tensor& audio) const {
  return Pooled(audio, [](const at::Tensor& state) { return state.mean(1); });
}

absl::StatusOr<at::Tensor> Mert::HiddenStateMeansAndDeviations(
    const at::Tensor& audio) const {
  return Pooled(audio, [](const at::Tensor& state) {
    const at::Tensor mean = state.mean(at::IntArrayRef({1}), /*keepdim=*/true);
    const at::Tensor variance =
        (state - mean).square().mean(at::IntArrayRef({1}));
    return at::cat({mean.squeeze(1), variance.sqrt()}, 1);
  });
}

absl::StatusOr<MertTrainingOutput> Mert::Forward(const TrainingInput& input,
                                                 bool training) const {
  return CatchTorchErrors([&]() -> absl::StatusOr<TrainingOutput> {
    ASSIGN_OR_RETURN(const at::Tensor audio, PrepareAudio(input.audio));
    const std::int64_t clips = audio.size(0);
    const std::int64_t frames = MertFrames(audio.size(1));
    at::Tensor mask = input.mask;
    if (mask.defined()) {
      if (mask.scalar_type() != at::kBool || mask.dim() != 2 ||
          mask.size(0) != clips || mask.size(1) != frames) {
        return absl::InvalidArgumentError(absl::StrCat(
            "the mask is to be bool [", clips, ", ", frames, "], and is ",
            c10::toString(mask.scalar_type()), " ", ShapeOf(mask)));
      }
      mask = mask.to(audio.device());
    }
    if (training &&
        static_cast<std::int64_t>(input.sample_streams.size()) != clips) {
      return absl::InvalidArgumentError(
          absl::StrCat(input.sample_streams.size(), " random streams for ",
                       clips, " clips; training needs one for each"));
    }
    const DropoutPlan dropout =
        training ? DropoutPlan(config_, input.sample_streams, input.step_stream)
                 : DropoutPlan::None(config_);
    return Run(audio, mask, dropout, {});
  });
}

absl::StatusOr<at::Tensor> NormalizeUtterances(const at::Tensor& audio) {
  RETURN_IF_ERROR(CheckAudio(audio));
  if (audio.size(1) < 1) {
    return absl::InvalidArgumentError("audio of no samples has no mean");
  }
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    const at::NoGradGuard no_gradients;
    const at::Tensor exact = audio.to(at::kDouble);
    const at::Tensor centred = exact - exact.mean({1}, /*keepdim=*/true);
    const at::Tensor variance = centred.square().mean({1}, /*keepdim=*/true);
    return (centred / (variance + 1e-7).sqrt()).to(audio.scalar_type());
  });
}

}  // namespace culturemert
