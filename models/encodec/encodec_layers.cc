#include "models/encodec/encodec_layers.h"

#include <ATen/ops/_weight_norm.h>
#include <ATen/ops/isfinite.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// Converts the tensors to one type and checks their values.
absl::StatusOr<NamedTensors> Prepared(const NamedTensors& tensors) {
  const at::Tensor& any = tensors.begin()->second;
  const at::ScalarType type =
      any.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  NamedTensors prepared;
  for (const auto& [name, tensor] : tensors) {
    if (tensor.device() != any.device()) {
      return absl::InvalidArgumentError(absl::StrCat(
          name, ": on ", tensor.device().str(), ", but other tensors are on ",
          any.device().str(), "; move all to one device"));
    }
    at::Tensor value = tensor.detach().to(type).contiguous();
    if (!at::isfinite(value).all().item<bool>()) {
      return absl::InvalidArgumentError(absl::StrCat(
          name, ": holds values that are not finite; the file is damaged"));
    }
    prepared.emplace(name, std::move(value));
  }
  return prepared;
}

class Builder {
 public:
  explicit Builder(const NamedTensors& tensors) : tensors_(tensors) {}

  absl::StatusOr<EncodecConvolution> Convolution(absl::string_view layer,
                                                 std::int64_t stride = 1) {
    const std::string prefix = absl::StrCat(layer, ".conv.");
    EncodecConvolution convolution;
    convolution.weight =
        at::_weight_norm(tensors_.at(prefix + "weight_v"),
                         tensors_.at(prefix + "weight_g"), /*dim=*/0)
            .contiguous();
    convolution.bias = tensors_.at(prefix + "bias");
    convolution.stride = stride;
    if (!at::isfinite(convolution.weight).all().item<bool>()) {
      return absl::InvalidArgumentError(
          absl::StrCat(prefix,
                       "weight_v: weight norm divides by the norm of a "
                       "filter, which is 0 or too large"));
    }
    return convolution;
  }

  absl::StatusOr<EncodecStage> Stage(std::int64_t index, std::int64_t ratio) {
    const std::string block = absl::StrCat("encoder.layers.", index);
    EncodecStage stage;
    ASSIGN_OR_RETURN(stage.hidden, Convolution(block + ".block.1"));
    ASSIGN_OR_RETURN(stage.expand, Convolution(block + ".block.3"));
    ASSIGN_OR_RETURN(stage.shortcut, Convolution(block + ".shortcut"));
    ASSIGN_OR_RETURN(
        stage.down,
        Convolution(absl::StrCat("encoder.layers.", index + 2), ratio));
    return stage;
  }

  EncodecLstmLayer Lstm(std::int64_t index, std::int64_t layer) {
    const std::string prefix = absl::StrCat("encoder.layers.", index, ".lstm.");
    const std::string suffix = absl::StrCat("h_l", layer);
    return {tensors_.at(prefix + "weight_i" + suffix),
            tensors_.at(prefix + "weight_h" + suffix),
            tensors_.at(prefix + "bias_i" + suffix),
            tensors_.at(prefix + "bias_h" + suffix)};
  }

 private:
  const NamedTensors& tensors_;
};

absl::StatusOr<EncodecLayers> Build(const EncodecConfig& config,
                                    const NamedTensors& given) {
  ASSIGN_OR_RETURN(const NamedTensors tensors, Prepared(given));
  Builder builder(tensors);
  EncodecLayers layers;
  ASSIGN_OR_RETURN(layers.first, builder.Convolution("encoder.layers.0"));
  std::int64_t index = 1;
  for (const std::int64_t ratio : config.ratios) {
    ASSIGN_OR_RETURN(EncodecStage stage, builder.Stage(index, ratio));
    layers.stages.push_back(std::move(stage));
    index += 3;
  }
  for (std::int64_t layer = 0; layer < config.lstm_layers; ++layer) {
    layers.lstm.push_back(builder.Lstm(index, layer));
  }
  ASSIGN_OR_RETURN(layers.last, builder.Convolution(absl::StrCat(
                                    "encoder.layers.", index + 2)));
  for (std::int64_t book = 0; book < config.books; ++book) {
    layers.books.push_back(
        tensors.at(absl::StrCat("quantizer.layers.", book, ".codebook.embed")));
  }
  return layers;
}

}  // namespace

absl::StatusOr<EncodecLayers> BuildEncodecLayers(const EncodecConfig& config,
                                                 const NamedTensors& tensors) {
  RETURN_IF_ERROR(CheckEncodecConfig(config));
  RETURN_IF_ERROR(CheckTensors(tensors, EncodecTensors(config)));
  return CatchTorchErrors([&] { return Build(config, tensors); });
}

}  // namespace culturemert
