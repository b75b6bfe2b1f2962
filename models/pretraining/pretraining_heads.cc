#include "models/pretraining/pretraining_heads.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "models/tensors/tensor_spec.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr char kLabelEmbeddings[] = "label_embs_concat";

// Uniform in [lowest, highest): the stream of a tensor is that of its name.
at::Tensor UniformTensor(const TensorSpec& spec, std::uint64_t seed,
                         float lowest, float highest) {
  at::Tensor tensor = at::empty(spec.shape, at::kFloat);
  const auto values = absl::MakeSpan(tensor.mutable_data_ptr<float>(),
                                     static_cast<std::size_t>(tensor.numel()));
  RandomStream(seed, StreamId(spec.name)).FillUniform(values, 0);
  for (float& value : values) value = lowest + (highest - lowest) * value;
  return tensor;
}

absl::Status CheckUniformity(const NamedTensors& tensors) {
  const at::Tensor& first = tensors.begin()->second;
  for (const auto& [name, tensor] : tensors) {
    if (tensor.scalar_type() != first.scalar_type() ||
        tensor.device() != first.device()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the pre-training heads must be of one type on one device, but ",
          name, " is ", c10::toString(tensor.scalar_type()), " on ",
          tensor.device().str(), " and ", tensors.begin()->first, " is ",
          c10::toString(first.scalar_type()), " on ", first.device().str()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

PretrainingHeads::PretrainingHeads(const MertConfig& config,
                                   NamedTensors parameters)
    : config_(config), parameters_(std::move(parameters)) {}

absl::StatusOr<std::unique_ptr<PretrainingHeads>> PretrainingHeads::Create(
    const MertConfig& config, NamedTensors tensors) {
  RETURN_IF_ERROR(CheckMertConfig(config));
  RETURN_IF_ERROR(
      Annotate(CheckTensors(tensors, PretrainingHeadTensors(config)),
               "pre-training heads"));
  RETURN_IF_ERROR(CheckUniformity(tensors));
  return absl::WrapUnique(new PretrainingHeads(config, std::move(tensors)));
}

absl::StatusOr<std::unique_ptr<PretrainingHeads>>
PretrainingHeads::CreateRandom(const MertConfig& config, std::uint64_t seed) {
  RETURN_IF_ERROR(CheckMertConfig(config));
  const auto bound = static_cast<float>(
      1 / std::sqrt(static_cast<double>(config.hidden_size)));
  NamedTensors tensors;
  RETURN_IF_ERROR(CatchTorchErrors([&]() -> absl::Status {
    for (const TensorSpec& spec : PretrainingHeadTensors(config)) {
      tensors[spec.name] = spec.name == kLabelEmbeddings
                               ? UniformTensor(spec, seed, 0, 1)
                               : UniformTensor(spec, seed, -bound, bound);
    }
    return absl::OkStatus();
  }));
  return Create(config, std::move(tensors));
}

absl::Status PretrainingHeads::To(c10::Device device, c10::ScalarType dtype) {
  if (dtype != at::kFloat && dtype != at::kDouble && dtype != at::kBFloat16) {
    return absl::InvalidArgumentError(
        absl::StrCat("the pre-training heads cannot be ", c10::toString(dtype),
                     ", only Float, Double or BFloat16"));
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

}  // namespace culturemert
