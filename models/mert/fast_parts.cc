#include "models/mert/fast_parts.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/mert/front_end.h"
#include "models/mert/transformer_layer.h"
#include "models/ops/positional_conv.h"

namespace culturemert {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

bool NeedsGradient(const std::vector<at::Tensor>& tensors) {
  return at::GradMode::is_enabled() &&
         std::any_of(
             tensors.begin(), tensors.end(),
             [](const at::Tensor& tensor) { return tensor.requires_grad(); });
}

// What a part keeps between its passes, carried by the graph.
template <typename Activations>
struct Kept : torch::CustomClassHolder {
  MertConfig config;
  DropoutPlan dropout;
  std::int64_t layer = 0;
  std::vector<at::Tensor> tensors;
  at::Tensor input;
  Activations activations;

  Kept(const MertConfig& the_config, DropoutPlan the_dropout)
      : config(the_config), dropout(std::move(the_dropout)) {}
};

template <typename Activations>
void Carry(AutogradContext* context,
           c10::intrusive_ptr<Kept<Activations>> kept) {
  context->saved_data["kept"] = at::IValue::make_capsule(std::move(kept));
}

// Takes it out of the graph, so that it is freed as soon as it has been used.
template <typename Activations>
c10::intrusive_ptr<Kept<Activations>> Take(AutogradContext* context) {
  const auto found = context->saved_data.find("kept");
  TORCH_CHECK(found != context->saved_data.end(),
              "the gradient of one forward pass can be taken only once");
  auto kept = c10::static_intrusive_pointer_cast<Kept<Activations>>(
      found->second.toCapsule());
  context->saved_data.clear();
  return kept;
}

struct FrontEndFunction : Function<FrontEndFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& audio,
                            at::TensorList tensors, const MertConfig& config) {
    auto kept = c10::make_intrusive<Kept<FrontEndActivations>>(
        config, DropoutPlan::None(config));
    kept->tensors = tensors.vec();
    kept->input = audio;
    at::Tensor features =
        FrontEndForward(config, kept->tensors, audio, &kept->activations);
    Carry(context, std::move(kept));
    return features;
  }

  static variable_list backward(AutogradContext* context,
                                const variable_list& output_gradients) {
    const auto kept = Take<FrontEndActivations>(context);
    variable_list gradients =
        FrontEndBackward(kept->config, kept->tensors, kept->input,
                         kept->activations, output_gradients[0]);
    gradients.insert(gradients.begin(), at::Tensor());  // audio
    gradients.emplace_back();                           // config
    return gradients;
  }
};

struct LayerFunction : Function<LayerFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& input,
                            at::TensorList tensors, const MertConfig& config,
                            const DropoutPlan& dropout, std::int64_t layer) {
    auto kept = c10::make_intrusive<Kept<LayerActivations>>(config, dropout);
    kept->layer = layer;
    kept->tensors = tensors.vec();
    at::Tensor output = LayerForward(config, kept->tensors, dropout, layer,
                                     input, &kept->activations);
    Carry(context, std::move(kept));
    return output;
  }

  static variable_list backward(AutogradContext* context,
                                const variable_list& output_gradients) {
    const auto kept = Take<LayerActivations>(context);
    variable_list gradients;
    at::Tensor input_gradient =
        LayerBackward(kept->config, kept->tensors, kept->dropout, kept->layer,
                      kept->activations, output_gradients[0], &gradients);
    gradients.insert(gradients.begin(), std::move(input_gradient));
    gradients.resize(gradients.size() + 3);  // config, dropout, layer
    return gradients;
  }
};

template <typename T>
at::Tensor WithPositions(const MertConfig& config,
                         const NamedTensors& parameters, const at::Tensor& x) {
  const std::string prefix = "encoder.pos_conv_embed.conv.";
  const at::Tensor& v = parameters.find(prefix + "weight_v")->second;
  const at::Tensor& g = parameters.find(prefix + "weight_g")->second;
  const at::Tensor scale = g / WeightNorms(v);
  at::Tensor out = at::empty(x.sizes(), x.options());
  AddPositions<T>(
      {x.size(0), x.size(1), config.hidden_size, config.positional_groups,
       config.positional_kernel},
      {v.const_data_ptr<T>(), scale.const_data_ptr<T>(),
       parameters.find(prefix + "bias")->second.const_data_ptr<T>()},
      x.const_data_ptr<T>(), out.mutable_data_ptr<T>());
  return out;
}

}  // namespace

bool HasFastParts(const NamedTensors& parameters) {
  return std::all_of(parameters.begin(), parameters.end(),
                     [](const auto& named) {
                       const at::Tensor& tensor = named.second;
                       return tensor.device().is_cpu() &&
                              (tensor.scalar_type() == at::kFloat ||
                               tensor.scalar_type() == at::kDouble) &&
                              tensor.is_contiguous();
                     });
}

EncoderParts FastParts(const MertConfig& config, const NamedTensors& parameters,
                       const DropoutPlan& dropout) {
  EncoderParts parts;
  if (config.front_end == FrontEnd::kWaveform) {
    parts.front_end = [&](const at::Tensor& audio) {
      const std::vector<at::Tensor> tensors = FrontEndTensors(parameters);
      if (NeedsGradient(tensors)) {
        return FrontEndFunction::apply(audio, at::TensorList(tensors), config);
      }
      const at::NoGradGuard no_gradients;
      return FrontEndForward(config, tensors, audio, nullptr);
    };
  }
  // Its gradient is LibTorch's: for a graph, plain operations compute it.
  if (!at::GradMode::is_enabled()) {
    parts.add_positions = [&](const at::Tensor& x) {
      const at::Tensor input = x.contiguous();
      return input.scalar_type() == at::kFloat
                 ? WithPositions<float>(config, parameters, input)
                 : WithPositions<double>(config, parameters, input);
    };
  }
  parts.layer = [&](std::int64_t layer, const at::Tensor& x) {
    const at::Tensor input = x.contiguous();
    const std::vector<at::Tensor> tensors = LayerTensors(parameters, layer);
    if (NeedsGradient(tensors) || NeedsGradient({input})) {
      return LayerFunction::apply(input, at::TensorList(tensors), config,
                                  dropout, layer);
    }
    const at::NoGradGuard no_gradients;
    return LayerForward(config, tensors, dropout, layer, input, nullptr);
  };
  return parts;
}

}  // namespace culturemert
