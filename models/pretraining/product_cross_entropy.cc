#include "models/pretraining/product_cross_entropy.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_softmax.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// Logits and softmax of this many rows of 1024 classes, 256 KiB each, stay in
// a core's second-level cache.
constexpr std::int64_t kBlockRows = 64;

absl::Status CheckShapes(const at::Tensor& x, const at::Tensor& y,
                         const at::Tensor& targets) {
  if (!x.defined() || !y.defined() || !targets.defined() || x.dim() != 3 ||
      y.dim() != 3 || targets.dim() != 2 || x.size(0) != y.size(0) ||
      x.size(2) != y.size(2) || targets.size(0) != x.size(0) ||
      targets.size(1) != x.size(1) || y.size(1) < 1) {
    return absl::InvalidArgumentError(
        "cross-entropy of a product needs x [K, M, H], y [K, C, H] and targets "
        "[K, M]");
  }
  if ((x.scalar_type() != at::kFloat && x.scalar_type() != at::kDouble) ||
      y.scalar_type() != x.scalar_type() ||
      targets.scalar_type() != at::kLong) {
    return absl::InvalidArgumentError(absl::StrCat(
        "cross-entropy of a product needs x and y float32 or float64 and "
        "targets int64, not ",
        c10::toString(x.scalar_type()), ", ", c10::toString(y.scalar_type()),
        " and ", c10::toString(targets.scalar_type())));
  }
  if (x.device() != y.device() || x.device() != targets.device()) {
    return absl::InvalidArgumentError(
        "cross-entropy of a product needs its arguments on one device");
  }
  return absl::OkStatus();
}

absl::Status CheckTargets(const at::Tensor& targets, std::int64_t classes) {
  const std::int64_t* target = targets.const_data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < targets.numel(); ++i) {
    if (target[i] < 0 || target[i] >= classes) {
      return absl::InvalidArgumentError(absl::StrCat(
          "target ", i % targets.size(1), " of row ", i / targets.size(1),
          " is ", target[i], ", but there are ", classes, " classes"));
    }
  }
  return absl::OkStatus();
}

// What the sum over one k needs and yields; all tensors of k alone.
struct Problem {
  at::Tensor x;                 // [M, H]
  at::Tensor y;                 // [C, H]
  const std::int64_t* targets;  // [M]
  at::Tensor x_gradient;        // [M, H], or undefined
  at::Tensor y_gradient;        // [C, H] of zeros, or undefined
};

template <typename Real>
std::pair<double, std::int64_t> Solve(const Problem& problem) {
  const std::int64_t rows = problem.x.size(0);
  const std::int64_t classes = problem.y.size(0);
  const bool wants_gradient = problem.x_gradient.defined();
  at::Tensor y_gradient = problem.y_gradient;
  const at::Tensor logits_buffer =
      at::empty({kBlockRows, classes}, problem.x.options());
  const at::Tensor softmax_buffer = at::empty_like(logits_buffer);
  double loss = 0;
  std::int64_t correct = 0;
  for (std::int64_t first = 0; first < rows; first += kBlockRows) {
    const std::int64_t count = std::min(kBlockRows, rows - first);
    at::Tensor logits = logits_buffer.narrow(0, 0, count);    // [b, C]
    at::Tensor softmax = softmax_buffer.narrow(0, 0, count);  // [b, C]
    const at::Tensor x = problem.x.narrow(0, first, count);   // [b, H]
    at::mm_out(logits, x, problem.y.t());
    at::_softmax_out(softmax, logits, /*dim=*/1, /*half_to_float=*/false);
    const at::Tensor highest = at::amax(logits, /*dim=*/1);  // [b]

    const Real* logit = logits.const_data_ptr<Real>();
    const Real* maximum = highest.const_data_ptr<Real>();
    Real* probability = softmax.mutable_data_ptr<Real>();
    for (std::int64_t row = 0; row < count; ++row) {
      const std::int64_t at_target =
          row * classes + problem.targets[first + row];
      loss -= std::log(static_cast<double>(probability[at_target]));
      correct += logit[at_target] >= maximum[row] ? 1 : 0;
      probability[at_target] -= 1;  // Now the loss' gradient in the logits.
    }
    if (!wants_gradient) continue;
    at::Tensor x_gradient = problem.x_gradient.narrow(0, first, count);
    at::mm_out(x_gradient, softmax, problem.y);
    at::addmm_out(y_gradient, y_gradient, softmax.t(), x);
  }
  return {loss, correct};
}

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

class ProductCrossEntropyFunction
    : public torch::autograd::Function<ProductCrossEntropyFunction> {
 public:
  // Targets are in range, x and y on the CPU.
  static variable_list forward(AutogradContext* context, const Variable& x,
                               const Variable& y, const at::Tensor& targets,
                               bool wants_gradient) {
    const std::int64_t problems = x.size(0);
    at::Tensor loss = at::empty({problems}, x.options());           // [K]
    at::Tensor correct = at::empty({problems}, targets.options());  // [K]
    at::Tensor x_gradient;                                          // [K, M, H]
    at::Tensor y_gradient;                                          // [K, C, H]
    if (wants_gradient) {
      x_gradient = at::empty(x.sizes(), x.options());
      y_gradient = at::zeros(y.sizes(), y.options());
    }
    const auto solve = [&](auto real) {
      using Real = decltype(real);
      at::parallel_for(0, problems, 1, [&](std::int64_t k, std::int64_t end) {
        at::AutoDispatchBelowADInplaceOrView no_autograd;
        for (; k < end; ++k) {
          Problem problem{
              x.select(0, k),
              y.select(0, k),
              targets.const_data_ptr<std::int64_t>() + k * targets.size(1),
              {},
              {}};
          if (wants_gradient) {
            problem.x_gradient = x_gradient.select(0, k);
            problem.y_gradient = y_gradient.select(0, k);
          }
          const auto [sum, right] = Solve<Real>(problem);
          loss.mutable_data_ptr<Real>()[k] = static_cast<Real>(sum);
          correct.mutable_data_ptr<std::int64_t>()[k] = right;
        }
      });
    };
    if (x.scalar_type() == at::kDouble) {
      solve(double());
    } else {
      solve(float());
    }
    if (wants_gradient) {
      context->save_for_backward({x_gradient, y_gradient});
    }
    context->mark_non_differentiable({correct});
    return {loss, correct};
  }

  static variable_list backward(AutogradContext* context,
                                const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor scale = gradients[0].view({-1, 1, 1});  // [K, 1, 1]
    return {saved[0] * scale, saved[1] * scale, Variable(), Variable()};
  }
};

}  // namespace

absl::StatusOr<ProductCrossEntropyResult> ProductCrossEntropy(
    const at::Tensor& x, const at::Tensor& y, const at::Tensor& targets) {
  RETURN_IF_ERROR(CheckShapes(x, y, targets));
  if (!x.is_cpu()) return ProductCrossEntropyReference(x, y, targets);
  return CatchTorchErrors([&]() -> absl::StatusOr<ProductCrossEntropyResult> {
    const at::Tensor contiguous_targets = targets.contiguous();
    RETURN_IF_ERROR(CheckTargets(contiguous_targets, y.size(1)));
    const bool wants_gradient =
        at::GradMode::is_enabled() && (x.requires_grad() || y.requires_grad());
    const variable_list results = ProductCrossEntropyFunction::apply(
        x, y, contiguous_targets, wants_gradient);
    return ProductCrossEntropyResult{results[0], results[1]};
  });
}

absl::StatusOr<ProductCrossEntropyResult> ProductCrossEntropyReference(
    const at::Tensor& x, const at::Tensor& y, const at::Tensor& targets) {
  RETURN_IF_ERROR(CheckShapes(x, y, targets));
  return CatchTorchErrors([&]() -> absl::StatusOr<ProductCrossEntropyResult> {
    const at::Tensor logits = at::bmm(x, y.transpose(1, 2));  // [K, M, C]
    const at::Tensor places = targets.unsqueeze(-1);          // [K, M, 1]
    const at::Tensor chosen =
        at::log_softmax(logits, -1).gather(-1, places).squeeze(-1);  // [K, M]
    const at::Tensor plain = logits.detach();
    const at::Tensor correct =
        plain.gather(-1, places).squeeze(-1) >= at::amax(plain, -1);  // [K, M]
    return ProductCrossEntropyResult{-chosen.sum(1), correct.sum(1)};
  });
}

}  // namespace culturemert
