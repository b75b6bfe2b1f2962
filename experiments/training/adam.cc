#include "experiments/training/adam.h"

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "experiments/training/adam_kernels.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// Elements a thread takes at a time. Sums of squares are cut at the same places
// whatever the number of threads.
constexpr std::int64_t kChunk = 1 << 16;

// A run of elements of one tensor.
struct Chunk {
  const at::Tensor* parameter;
  at::Tensor gradient;
  const at::Tensor* first_moment = nullptr;
  const at::Tensor* second_moment = nullptr;
  std::int64_t begin = 0;
  std::int64_t size = 0;
};

void AppendChunks(const Chunk& whole, std::vector<Chunk>& chunks) {
  const std::int64_t size = whole.parameter->numel();
  for (std::int64_t begin = 0; begin < size; begin += kChunk) {
    chunks.push_back(whole);
    chunks.back().begin = begin;
    chunks.back().size = std::min(kChunk, size - begin);
  }
}

void UpdateChunk(const Chunk& chunk, const AdamCoefficients& coefficients) {
  AT_DISPATCH_FLOATING_TYPES(chunk.parameter->scalar_type(), "Adam", [&] {
    AdamUpdate(coefficients, chunk.size,
               chunk.parameter->mutable_data_ptr<scalar_t>() + chunk.begin,
               chunk.gradient.const_data_ptr<scalar_t>() + chunk.begin,
               chunk.first_moment->mutable_data_ptr<scalar_t>() + chunk.begin,
               chunk.second_moment->mutable_data_ptr<scalar_t>() + chunk.begin);
  });
}

void UpdateOnDevice(const Chunk& whole, const AdamCoefficients& coefficients) {
  const at::Tensor gradient = whole.gradient * coefficients.gradient_scale;
  at::Tensor first = *whole.first_moment;
  at::Tensor second = *whole.second_moment;
  first.mul_(coefficients.beta1).add_(gradient, 1 - coefficients.beta1);
  second.mul_(coefficients.beta2)
      .addcmul_(gradient, gradient, 1 - coefficients.beta2);
  at::Tensor parameter = *whole.parameter;
  parameter.mul_(coefficients.kept)
      .addcdiv_(first, second.sqrt().add_(coefficients.epsilon),
                -coefficients.step);
}

double SquaresOfChunk(const Chunk& chunk) {
  double sum = 0;
  AT_DISPATCH_FLOATING_TYPES(chunk.gradient.scalar_type(), "norm", [&] {
    sum = SumOfSquares(chunk.size,
                       chunk.gradient.const_data_ptr<scalar_t>() + chunk.begin);
  });
  return sum;
}

NamedTensors ZerosLike(const NamedTensors& parameters) {
  NamedTensors zeros;
  for (const auto& [name, parameter] : parameters) {
    zeros[name] = at::zeros_like(parameter.detach());
  }
  return zeros;
}

// The tensors' shapes and types as a check of what is to replace them.
absl::Status CheckReplacement(const NamedTensors& present,
                              const NamedTensors& replacement) {
  std::vector<TensorSpec> expected;
  for (const auto& [name, tensor] : present) {
    expected.push_back({name, tensor.sizes().vec()});
  }
  return CheckTensors(replacement, expected);
}

}  // namespace

absl::StatusOr<double> GradientNorm(const NamedTensors& parameters,
                                    double scale) {
  return CatchTorchErrors([&]() -> absl::StatusOr<double> {
    const c10::NoGradGuard no_grad;
    double squares = 0;
    std::vector<Chunk> chunks;
    for (const auto& [name, parameter] : parameters) {
      if (!parameter.grad().defined()) continue;
      const at::Tensor gradient = parameter.grad().contiguous();
      if (gradient.is_cpu()) {
        AppendChunks({&parameter, gradient}, chunks);
      } else {
        const double norm = at::linalg_vector_norm(gradient, 2, std::nullopt,
                                                   false, at::kDouble)
                                .item<double>();
        squares += norm * norm;
      }
    }
    std::vector<double> sums(chunks.size());
    at::parallel_for(0, static_cast<std::int64_t>(chunks.size()), 1,
                     [&](std::int64_t begin, std::int64_t end) {
                       for (std::int64_t i = begin; i < end; ++i) {
                         sums[i] = SquaresOfChunk(chunks[i]);
                       }
                     });
    for (const double sum : sums) squares += sum;
    return scale * std::sqrt(squares);
  });
}

double ClipFactor(double norm, double max_norm) {
  constexpr double kEpsilon = 1e-6;
  if (max_norm == 0) return 1;
  return std::min(1.0, max_norm / (norm + kEpsilon));
}

Adam::Adam(const AdamConfig& config, NamedTensors parameters)
    : config_(config),
      parameters_(std::move(parameters)),
      first_moments_(ZerosLike(parameters_)),
      second_moments_(ZerosLike(parameters_)) {}

absl::Status Adam::Update(double learning_rate, double gradient_scale) {
  return CatchTorchErrors([&]() -> absl::Status {
    const c10::NoGradGuard no_grad;
    const double t = static_cast<double>(updates_ + 1);
    AdamCoefficients coefficients;
    coefficients.beta1 = config_.beta1;
    coefficients.beta2 = config_.beta2;
    coefficients.epsilon = config_.epsilon;
    coefficients.kept = 1 - learning_rate * config_.weight_decay;
    coefficients.step = learning_rate *
                        std::sqrt(1 - std::pow(config_.beta2, t)) /
                        (1 - std::pow(config_.beta1, t));
    coefficients.gradient_scale = gradient_scale;
    std::vector<Chunk> chunks;
    for (const auto& [name, parameter] : parameters_) {
      if (!parameter.grad().defined()) continue;
      const Chunk whole = {&parameter, parameter.grad().contiguous(),
                           &first_moments_.at(name), &second_moments_.at(name)};
      if (parameter.is_cpu()) {
        AppendChunks(whole, chunks);
      } else {
        UpdateOnDevice(whole, coefficients);
      }
    }
    at::parallel_for(0, static_cast<std::int64_t>(chunks.size()), 1,
                     [&](std::int64_t begin, std::int64_t end) {
                       for (std::int64_t i = begin; i < end; ++i) {
                         UpdateChunk(chunks[i], coefficients);
                       }
                     });
    ++updates_;
    return absl::OkStatus();
  });
}

absl::Status Adam::Restore(std::int64_t updates,
                           const NamedTensors& first_moments,
                           const NamedTensors& second_moments) {
  RETURN_IF_ERROR(Annotate(CheckReplacement(first_moments_, first_moments),
                           "first moments"));
  RETURN_IF_ERROR(Annotate(CheckReplacement(second_moments_, second_moments),
                           "second moments"));
  return CatchTorchErrors([&]() -> absl::Status {
    for (auto& [name, moment] : first_moments_) {
      moment.copy_(first_moments.at(name));
    }
    for (auto& [name, moment] : second_moments_) {
      moment.copy_(second_moments.at(name));
    }
    updates_ = updates;
    return absl::OkStatus();
  });
}

}  // namespace culturemert
